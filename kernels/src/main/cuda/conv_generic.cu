// Convolutions of any kernel, stride, padding, sizes and channels, and their gradients, as products:
//
//   conv_generic_down    y (O; OH OW) = finish(w (O; C kh kw) x patches of x)
//   conv_generic_up      y (C; H W) = finish(w transposed x what g each pixel is seen by)
//   conv_generic_wgrad   part c of dw (O; C kh kw): the sums over the rows of chunk c, g times
//                        patches of x
//   conv_generic_join    dw = sum of the parts in their order
//
// Pixels of all rows are one index of the product, so that small grids fill tiles. Operations
// 2 O OH OW C kh kw a row each, "up" also multiplies zeros: stride^2 times as many. Bytes: each value
// once.
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
};

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

  // The element of a row of g that (iy, ix) sees with tap `k` of (O, kh, kw).
  PB_DEVICE float seeing(const float *g, int k, int iy, int ix) const {
    const int channel = k / taps();
    const int tap = k % taps();
    const int y = iy + padding - tap / kw;
    const int x = ix + padding - tap % kw;
    if (y < 0 || x < 0 || y % stride != 0 || x % stride != 0) return 0.0f;
    const int oy = y / stride;
    const int ox = x / stride;
    return oy < oh && ox < ow ? g[(channel * oh + oy) * ow + ox] : 0.0f;
  }
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
  const float *from;
  int first, pixels;

  PB_DEVICE float operator()(int i, int k) const {
    const int pixel = first + i;
    if (pixel >= pixels) return 0.0f;
    const int place = pixel % (g.h * g.w);
    return g.seeing(from + pixel / (g.h * g.w) * g.small(), k, place / g.w, place % g.w);
  }
};

struct UpB {
  static constexpr bool kInnerFirst = false;
  const Geometry &g;
  const float *w;
  int channel;  // of the first column

  PB_DEVICE float operator()(int k, int j) const {
    const int c = channel + j;
    return c < g.c ? w[(k / g.taps() * g.c + c) * g.taps() + k % g.taps()] : 0.0f;
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

// Stores a tile of (pixels of all rows, channels) into rows of (channels, pixels).
template <int N>
PB_DEVICE void store(const ConvParams &p, int first, int channel, int pixels, int plane, int channels,
                     const float (&sums)[4][N]) {
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const int pixel = first + 4 * ((int)threadIdx.x / 16) + i;
#pragma unroll
    for (int j = 0; j < N; j++) {
      const int c = channel + N * ((int)threadIdx.x % 16) + j;
      if (pixel < pixels && c < channels) {
        const long long row = pixel / plane;
        const int element = c * plane + pixel % plane;
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
  store<N>(p, first, channel, pixels, plane, g.o, sums);
}

template <int N>
PB_DEVICE void up(const ConvParams &p) {
  PB_SHARED(shared);
  const Geometry g(p);
  const int plane = g.h * g.w;
  const int pixels = p.rows[0] * plane;
  const int first = (int)blockIdx.x * kProductRows;
  const int channel = (int)blockIdx.y * 16 * N;
  if (first >= pixels) return;
  const UpA a{g, p.g, first, pixels};
  const UpB b{g, p.w, channel};
  float sums[4][N] = {};
  multiply<N>(*reinterpret_cast<ProductTile<N> *>(shared), a, b, 0, g.o * g.taps(), sums);
  store<N>(p, first, channel, pixels, plane, g.c, sums);
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

PB_KERNEL(conv_generic_join, JoinParams, 256, 2) {
  const int at = (int)(blockIdx.x * blockDim.x + threadIdx.x);
  if (at >= p.size) return;
  float sum = 0.0f;
  for (int c = 0; c * p.chunk < p.rows[0] * p.steps; c++) sum += p.parts[c * p.size + at];
  p.y[at] = sum;
}
