// The weight gradient of convolutions with kernel 2, stride 2 and no padding (conv_disjoint.cu), from x (C, 2 H,
// 2 W) and g (O, H, W): part c of dw (O, C, 2, 2), the sums over the bands of chunk c, each band 16 pixels of g
// of a row. `conv_generic_join` adds the parts in their order. On the matrix unit for numbers of 11 bits (tf32,
// m16n8k8): with PARTS = 1 operands are rounded, with PARTS = 3 they are taken in two parts and the sums of a
// band are added in float32, halving_tensor.cuh.
//
// The rows of the product are outputs, its columns the squares of channels, its inner index pixels. A warp makes
// all squares of 8 channels for 64 outputs; the two warps of a share have 16 channels, and the four shares
// of a block take bands in turn: their sums are added in the order of the shares, through shared memory.
// Which pixel, and which part of a square, has which place in an instruction is free, so a lane (g, t) loads pixels
// 4 t to 4 t + 3 of an output by 16 bytes, two squares' upper or lower halves by 16 bytes, and stores a
// square of dw. Nothing else stands in shared memory: from memory to registers each number comes once for
// 64 outputs or 8 channels, the next band's beside this one's products.
//
// Operations 8 H W C O a row, of which 1.6 clocks of a multiprocessor are an instruction's 1,024; with PARTS = 3
// there are three times as many. A row on 132 multiprocessors at 1.75 GHz, and at 3 TB/s:
//
//   layer                 operations   bytes         memory   PARTS = 3   PARTS = 1
//   32 x 16 x 16 -> 64    1.05 MFLOP   32 + 16 KiB   16 ns    10.6 ns     3.5 ns
//   64 x 8 x 8 -> 64      0.52 MFLOP   16 + 4 KiB    7 ns     5.3 ns      1.8 ns
//
// and the parts, written and read, 16 O C bytes each: 1 to 2 us of the cache for as many as fill a device.
// A warp's band with PARTS = 3 is 96 instructions and 12 loads of 16 bytes.
#include "conv_wgrad.cuh"
#include "halving_tensor.cuh"

struct DisjointGradParams : WeightGradParams {
  long long high, wide;  // of g
};

namespace {

template <int PARTS>
struct DisjointGrad {
  static constexpr int kWarps = 8;
  static constexpr int kAcross = 2;  // warps of a share
  static constexpr int kShares = kWarps / kAcross;
  static constexpr int kChannels = 8;  // of a warp
  static constexpr int kOutputs = 64;
  static constexpr int kPixels = 16;  // of a band
  static constexpr int kFours = 16;   // squares of a lane

  // What a lane has of a band: eight outputs, and two channels' halves of two pairs of squares.
  struct Band {
    float g[8][4], x[2][2][4];
  };

  const DisjointGradParams &p;
  float *shared;
  int channels, outputs, channel, output, plane, wide, bands, from, end;

  PB_DEVICE DisjointGrad(const DisjointGradParams &params, unsigned char *room)
      : p(params), shared(reinterpret_cast<float *>(room)), channels((int)p.c), outputs((int)p.o),
        plane((int)(p.high * p.wide)), wide((int)p.wide), bands((plane + kPixels - 1) / kPixels) {
    const int across = (channels + kAcross * kChannels - 1) / (kAcross * kChannels);
    channel = ((int)blockIdx.x % across * kAcross + warp() % kAcross) * kChannels;
    output = (int)blockIdx.x / across * kOutputs;
    from = (int)(blockIdx.y * p.chunk);
    const int all = *p.rows * bands;
    end = from + (int)p.chunk < all ? from + (int)p.chunk : all;
  }

  static PB_DEVICE int lane() { return (int)threadIdx.x % 32; }
  static PB_DEVICE int g() { return lane() / 4; }
  static PB_DEVICE int t() { return lane() % 4; }
  static PB_DEVICE int warp() { return (int)threadIdx.x / 32; }
  static PB_DEVICE int share() { return warp() / kAcross; }

  // Where this lane's numbers of a band stand.
  struct Places {
    const float *g, *x[2];
    bool is;
  };

  PB_DEVICE Places places(int band) const {
    const long long row = band / bands;
    const int pixel = band % bands * kPixels + 4 * t();
    Places at;
    at.is = band < end && pixel < plane;
    at.g = p.g + (row * outputs + output + g()) * plane + pixel;
#pragma unroll
    for (int k = 0; k < 2; k++) {
      const int square = (pixel + 2 * k) / wide * 4 * wide + (pixel + 2 * k) % wide * 2;
      at.x[k] = p.x + (row * channels + channel + g() / 2) * plane * 4 + square + g() % 2 * 2 * wide;
    }
    return at;
  }

  static PB_DEVICE void load(const float *from, bool is, float (&v)[4]) {
    v[0] = v[1] = v[2] = v[3] = 0.0f;
    if (is) load_run<4>(from, v);
  }

  PB_DEVICE void load_g(const Places &at, int i, Band &band) const {
    load(at.g + 8 * i * plane, at.is && output + 8 * i + g() < outputs, band.g[i]);
  }

  PB_DEVICE void load_x(const Places &at, Band &band) const {
#pragma unroll
    for (int q = 0; q < 2; q++) {
#pragma unroll
      for (int k = 0; k < 2; k++) {
        load(at.x[k] + 16 * q * plane, at.is && channel + 4 * q + g() / 2 < channels, band.x[q][k]);
      }
    }
  }

  using Sums = float[4][1][4][4];

  // Adds the products of a band, and loads the next one in its place.
  PB_DEVICE void add(Band &band, int next, Sums &sums) const {
    const Places at = places(next);
    Fragment<PARTS, 2> right[2][4];
#pragma unroll
    for (int k = 0; k < 2; k++) {
#pragma unroll
      for (int n = 0; n < 4; n++) {
#pragma unroll
        for (int i = 0; i < 2; i++) right[k][n].set(i, band.x[n / 2][k][2 * i + n % 2]);
      }
    }
    load_x(at, band);
#pragma unroll
    for (int m = 0; m < 4; m++) {
      float part[1][4][4] = {};
#pragma unroll
      for (int k = 0; k < 2; k++) {
        Fragment<PARTS, 4> left[1];
#pragma unroll
        for (int i = 0; i < 4; i++) left[0].set(i, band.g[2 * m + i % 2][2 * k + i / 2]);
        multiply_add<PARTS>(PARTS == 1 ? sums[m] : part, left, right[k]);
      }
      if constexpr (PARTS == 3) add_all(sums[m], part);
      load_g(at, 2 * m, band);
      load_g(at, 2 * m + 1, band);
    }
  }

  PB_DEVICE bool sums_g() const { return p.summed == kSumsOfG && channel == 0; }
  PB_DEVICE bool sums_x() const { return p.summed == kSumsOfX && output == 0; }

  // A lane's share of the sums over pixels: of eight outputs, or of two channels.
  PB_DEVICE void add_channels(const Band &band, float (&of)[8]) const {
    if (sums_g()) {
#pragma unroll
      for (int i = 0; i < 8; i++) of[i] += (band.g[i][0] + band.g[i][1]) + (band.g[i][2] + band.g[i][3]);
    }
    if (sums_x()) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        const float(&v)[4] = band.x[i / 2][i % 2];
        of[i / 2] += (v[0] + v[1]) + (v[2] + v[3]);
      }
    }
  }

  PB_DEVICE void store_channels(const float (&of)[8]) const {
    float *to = p.sums + (long long)blockIdx.y * p.part;
#pragma unroll
    for (int i = 0; i < 8; i++) {
      float sum = of[i];
      sum += __shfl_xor_sync(0xffffffffu, sum, 1);
      sum += __shfl_xor_sync(0xffffffffu, sum, 2);
      if (sums_g() && t() == 0 && output + 8 * i + g() < outputs) to[output + 8 * i + g()] = sum;
      sum += __shfl_xor_sync(0xffffffffu, sum, 4);
      const int c = channel + 4 * i + g() / 2;
      if (sums_x() && i < 2 && lane() % 8 == 0 && c < channels) to[c] = sum;
    }
  }

  // Square i of a lane: of output 8 (i / 2) + g and channel 4 (i % 2) + t.
  static PB_DEVICE void square(const Sums &sums, int i, float (&v)[4]) {
#pragma unroll
    for (int k = 0; k < 4; k++) v[k] = sums[i / 4][0][i % 2 * 2 + k % 2][i / 2 % 2 * 2 + k / 2];
  }

  // The places of a lane in shared memory.
  PB_DEVICE float *place(int share) const {
    return shared + (((share - 1) * kAcross + warp() % kAcross) * (kFours + 2) * 32 + lane()) * 4;
  }

  PB_DEVICE void run() {
    // The first part is there for no rows too.
    if (from >= end && blockIdx.y > 0) return;
    Sums sums = {};
    float of[8] = {};
    Band band;
    const Places at = places(from + share());
    load_x(at, band);
#pragma unroll
    for (int i = 0; i < 8; i++) load_g(at, i, band);
#pragma unroll 1
    for (int b = from + share(); b < end; b += kShares) {
      add_channels(band, of);
      add(band, b + kShares, sums);
    }
    if (share() > 0) {
      float *to = place(share());
#pragma unroll
      for (int i = 0; i < kFours; i++) {
        float v[4];
        square(sums, i, v);
        store_run<4>(to + 128 * i, v);
      }
#pragma unroll
      for (int i = 0; i < 8; i++) to[128 * (kFours + i / 4) + i % 4] = of[i];
    }
    __syncthreads();
    if (share() > 0) return;
#pragma unroll
    for (int i = 0; i < kFours; i++) {
      float v[4];
      square(sums, i, v);
#pragma unroll 1
      for (int s = 1; s < kShares; s++) {
        float more[4];
        load_run<4>(place(s) + 128 * i, more);
#pragma unroll
        for (int k = 0; k < 4; k++) v[k] += more[k];
      }
      const int o = output + i / 2 * 8 + g();
      const int c = channel + i % 2 * 4 + t();
      if (o < outputs && c < channels) {
        store_run<4>(p.parts + (long long)blockIdx.y * p.part + 4 * (o * channels + c), v);
      }
    }
    if (!sums_g() && !sums_x()) return;
    for (int s = 1; s < kShares; s++) {
#pragma unroll
      for (int i = 0; i < 8; i++) of[i] += place(s)[128 * (kFours + i / 4) + i % 4];
    }
    store_channels(of);
  }
};

}  // namespace

PB_KERNEL(conv_disjoint_wgrad_tf32, DisjointGradParams, 256, 1) {
  PB_SHARED(shared);
  DisjointGrad<1>(p, shared).run();
}

PB_KERNEL(conv_disjoint_wgrad_tf32x3, DisjointGradParams, 256, 1) {
  PB_SHARED(shared);
  DisjointGrad<3>(p, shared).run();
}
