// Convolutions of any kernel, stride, padding, sizes and channels, and their gradients, as products:
//
//   conv_generic_down    y (O; OH OW) = finish(w (O; C kh kw) x patches of x)
//   conv_generic_up      y (C; H W) = finish(w transposed x what g each pixel is seen by)
//   conv_generic_wgrad   part c of dw (O; C kh kw): the sums over the rows of chunk c, g times
//                        patches of x
//   conv_generic_join    dw = sum of the parts in their order
//
// Pixels of all rows are one index of the product, so that small grids fill tiles. Of "up", those of
// one phase: rows and columns of pixels that the same taps see, which are fy + stride ty and
// fx + stride tx, so that no zeros are multiplied. Operations 2 O OH OW C kh kw a row each. Bytes: each
// value once.
#include "epilogue.cuh"
#include "product.cuh"

struct ConvParams {
  const float *x;   // what is convolved, (C, H, W) a row
  const float *w;   // (O, C, kh, kw)
  const float *g;   // (O, OH, OW) a row
  float *y;         // or the parts, one after the other
  const int *rows;
  long long c, h, width, o, oh, ow, kh, kw, stride, padding;
  long long chunk;  // rows of a part
  Finish finish;
};

struct JoinParams {
  const float *parts;
  float *y;
  const int *rows;
  long long steps;  // of a row
  long long chunk;  // steps of a part
  long long size;
  float *more;      // what follows in each part
  long long count;  // so much
  long long part;   // from one part to the next
};

constexpr int kJoinWarps = 8;

namespace {

struct Geometry {
  int c, h, w, o, oh, ow, kh, kw, stride, padding;

  PB_DEVICE explicit Geometry(const ConvParams &p)
      : c((int)p.c), h((int)p.h), w((int)p.width), o((int)p.o), oh((int)p.oh), ow((int)p.ow),
        kh((int)p.kh), kw((int)p.kw), stride((int)p.stride), padding((int)p.padding) {}

  PB_DEVICE int taps() const { return kh * kw; }
  PB_DEVICE long long large() const { return (long long)c * h * w; }
  PB_DEVICE long long small() const { return (long long)o * oh * ow; }

  // What tap `k` of (C, kh, kw) sees of a row of x from place (oy, ox).
  PB_DEVICE float seen(const float *x, int k, int oy, int ox) const {
    const int channel = k / taps();
    const int tap = k % taps();
    const int iy = oy * stride - padding + tap / kw;
    const int ix = ox * stride - padding + tap % kw;
    return iy >= 0 && iy < h && ix >= 0 && ix < w ? x[(channel * h + iy) * w + ix] : 0.0f;
  }
};

// Pixels (stride a + fy - padding, stride b + fx - padding) of an image.
struct Phase {
  int fy, fx, high, wide, taps_y, taps_x;

  PB_DEVICE Phase(const Geometry &g, int number)
      : fy(number / g.stride), fx(number % g.stride), high((g.h + g.padding + g.stride - 1) / g.stride),
        wide((g.w + g.padding + g.stride - 1) / g.stride),
        taps_y(g.kh > fy ? (g.kh - fy + g.stride - 1) / g.stride : 0),
        taps_x(g.kw > fx ? (g.kw - fx + g.stride - 1) / g.stride : 0) {}

  PB_DEVICE int taps() const { return taps_y * taps_x; }
};

// Patches of x at the pixels of a tile.
struct DownA {
  static constexpr bool kInnerFirst = false;
  const Geometry &g;
  const float *x;
  int first, pixels;  // of all rows

  PB_DEVICE float operator()(int i, int k) const {
    const int pixel = first + i;
    if (pixel >= pixels) return 0.0f;
    const int place = pixel % (g.oh * g.ow);
    return g.seen(x + pixel / (g.oh * g.ow) * g.large(), k, place / g.ow, place % g.ow);
  }
};

struct DownB {
  static constexpr bool kInnerFirst = true;
  const float *w;
  int inner, outputs;

  PB_DEVICE float operator()(int k, int j) const { return j < outputs ? w[j * inner + k] : 0.0f; }
};

struct UpA {
  static constexpr bool kInnerFirst = false;
  const Geometry &g;
  const Phase &phase;
  const float *from;
  int first, pixels;

  PB_DEVICE float operator()(int i, int k) const {
    const int pixel = first + i;
    if (pixel >= pixels) return 0.0f;
    const int place = pixel % (phase.high * phase.wide);
    const int tap = k % phase.taps();
    const int oy = place / phase.wide - tap / phase.taps_x;
    const int ox = place % phase.wide - tap % phase.taps_x;
    if (oy < 0 || oy >= g.oh || ox < 0 || ox >= g.ow) return 0.0f;
    const float *row = from + pixel / (phase.high * phase.wide) * g.small();
    return row[(k / phase.taps() * g.oh + oy) * g.ow + ox];
  }
};

struct UpB {
  static constexpr bool kInnerFirst = false;
  const Geometry &g;
  const Phase &phase;
  const float *w;
  int channel;  // of the first column

  PB_DEVICE float operator()(int k, int j) const {
    const int c = channel + j;
    if (c >= g.c) return 0.0f;
    const int tap = k % phase.taps();
    const int kh = phase.fy + g.stride * (tap / phase.taps_x);
    const int kw = phase.fx + g.stride * (tap % phase.taps_x);
    return w[((k / phase.taps() * g.c + c) * g.kh + kh) * g.kw + kw];
  }
};

// Rows are outputs, the inner index the pixels of the rows of a chunk.
struct WeightA {
  static constexpr bool kInnerFirst = true;
  const Geometry &g;
  const float *from;
  int first;

  PB_DEVICE float operator()(int i, int k) const {
    const int plane = g.oh * g.ow;
    return first + i < g.o ? from[k / plane * g.small() + (first + i) * plane + k % plane] : 0.0f;
  }
};

struct WeightB {
  static constexpr bool kInnerFirst = true;
  const Geometry &g;
  const float *x;
  int first;

  PB_DEVICE float operator()(int k, int j) const {
    if (first + j >= g.c * g.taps()) return 0.0f;
    const int plane = g.oh * g.ow;
    const int place = k % plane;
    return g.seen(x + k / plane * g.large(), first + j, place / g.ow, place % g.ow);
  }
};

// Stores a tile of (pixels of all rows, channels) into rows of (channels, pixels): column (row, place) of
// `at(pixel)`, nothing where the place is negative.
template <int N, class At>
PB_DEVICE void store(const ConvParams &p, int first, int channel, int pixels, int plane, int channels,
                     const At &at, const float (&sums)[4][N]) {
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const int pixel = first + 4 * ((int)threadIdx.x / 16) + i;
    const int2 to = pixel < pixels ? at(pixel) : make_int2(0, -1);
#pragma unroll
    for (int j = 0; j < N; j++) {
      const int c = channel + N * ((int)threadIdx.x % 16) + j;
      if (to.y >= 0 && c < channels) {
        const long long row = to.x;
        const int element = c * plane + to.y;
        float v[1] = {sums[i][j]};
        finish<1, false>(p.finish, row, channels * plane, element, c, v);
        p.y[row * channels * plane + element] = v[0];
      }
    }
  }
}

template <int N>
PB_DEVICE void down(const ConvParams &p) {
  PB_SHARED(shared);
  const Geometry g(p);
  const int plane = g.oh * g.ow;
  const int pixels = p.rows[0] * plane;
  const int first = (int)blockIdx.x * kProductRows;
  const int channel = (int)blockIdx.y * 16 * N;
  if (first >= pixels) return;
  const int inner = g.c * g.taps();
  const DownA a{g, p.x, first, pixels};
  const DownB b{p.w + (long long)channel * inner, inner, g.o - channel};
  float sums[4][N] = {};
  multiply<N>(*reinterpret_cast<ProductTile<N> *>(shared), a, b, 0, inner, sums);
  const auto at = [plane](int pixel) { return make_int2(pixel / plane, pixel % plane); };
  store<N>(p, first, channel, pixels, plane, g.o, at, sums);
}

template <int N>
PB_DEVICE void up(const ConvParams &p) {
  PB_SHARED(shared);
  const Geometry g(p);
  const int phases = g.stride * g.stride;
  const Phase phase(g, (int)blockIdx.x % phases);
  const int pixels = p.rows[0] * phase.high * phase.wide;
  const int first = (int)blockIdx.x / phases * kProductRows;
  const int channel = (int)blockIdx.y * 16 * N;
  if (first >= pixels) return;
  const UpA a{g, phase, p.g, first, pixels};
  const UpB b{g, phase, p.w, channel};
  float sums[4][N] = {};
  multiply<N>(*reinterpret_cast<ProductTile<N> *>(shared), a, b, 0, g.o * phase.taps(), sums);
  const auto at = [&](int pixel) {
    const int place = pixel % (phase.high * phase.wide);
    const int y = g.stride * (place / phase.wide) + phase.fy - g.padding;
    const int x = g.stride * (place % phase.wide) + phase.fx - g.padding;
    const bool is = y >= 0 && y < g.h && x >= 0 && x < g.w;
    return make_int2(pixel / (phase.high * phase.wide), is ? y * g.w + x : -1);
  };
  store<N>(p, first, channel, pixels, g.h * g.w, g.c, at, sums);
}

}  // namespace

PB_KERNEL(conv_generic_down, ConvParams, 256, 2) { down<4>(p); }

PB_KERNEL(conv_generic_down_thin, ConvParams, 256, 2) { down<1>(p); }

PB_KERNEL(conv_generic_up, ConvParams, 256, 2) { up<4>(p); }

PB_KERNEL(conv_generic_up_thin, ConvParams, 256, 2) { up<1>(p); }

PB_KERNEL(conv_generic_wgrad, ConvParams, 256, 2) {
  PB_SHARED(shared);
  const Geometry g(p);
  const int columns = g.c * g.taps();
  const int across = (columns + 63) / 64;
  const int output = (int)blockIdx.x / across * kProductRows;
  const int column = (int)blockIdx.x % across * 64;
  const int first = (int)(blockIdx.y * p.chunk);
  const int rows = p.rows[0] - first < p.chunk ? p.rows[0] - first : (int)p.chunk;
  if (rows <= 0 && blockIdx.y > 0) return;
  const WeightA a{g, p.g + first * g.small(), output};
  const WeightB b{g, p.x + first * g.large(), column};
  float sums[4][4] = {};
  multiply<4>(*reinterpret_cast<ProductTile<4> *>(shared), a, b, 0, rows * g.oh * g.ow, sums);
  float *part = p.y + (long long)blockIdx.y * g.o * columns;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const int o = output + 4 * ((int)threadIdx.x / 16) + i;
#pragma unroll
    for (int j = 0; j < 4; j++) {
      const int at = column + 4 * ((int)threadIdx.x % 16) + j;
      if (o < g.o && at < columns) part[(long long)o * columns + at] = sums[i][j];
    }
  }
}

// A warp adds a share of the parts of 32 neighbours, eight parts in flight; the shares are added in
// their order.
PB_KERNEL(conv_generic_join, JoinParams, 256, 2) {
  PB_SHARED(shared);
  float *const shares = reinterpret_cast<float *>(shared);
  const int lane = (int)threadIdx.x & 31;
  const int warp = (int)threadIdx.x >> 5;
  const long long at = 32ll * blockIdx.x + lane;
  const long long size = p.size + p.count;
  const int parts = (int)((p.rows[0] * p.steps + p.chunk - 1) / p.chunk);
  const int share = (parts + kJoinWarps - 1) / kJoinWarps;
  const int end = (warp + 1) * share < parts ? (warp + 1) * share : parts;
  float sum = 0.0f;
  if (at < size) {
    int c = warp * share;
    for (; c + 8 <= end; c += 8) {
      float part[8];
#pragma unroll
      for (int i = 0; i < 8; i++) part[i] = p.parts[(c + i) * p.part + at];
#pragma unroll
      for (int i = 0; i < 8; i++) sum += part[i];
    }
    for (; c < end; c++) sum += p.parts[c * p.part + at];
  }
  shares[threadIdx.x] = sum;
  __syncthreads();
  if (warp > 0 || at >= size) return;
  for (int w = 1; w < kJoinWarps; w++) sum += shares[32 * w + lane];
  (at < p.size ? p.y + at : p.more + at - p.size)[0] = sum;
}
