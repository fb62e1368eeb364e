// The convolution with kernel 2, stride 2 and no padding from (C, 2 H, 2 W) to (O, H, W), and its transpose
// back, for even W, and H W a multiple of four, any channels: pixels of the small grid see squares
// of the large one that do not overlap, so both are products with weights (O; C 2 2) that take each
// number once. On the matrix unit for numbers of 11 bits (tf32, m16n8k8): with PARTS = 1 operands are
// rounded, with PARTS = 3 they are taken in two parts and sums of 16 products are added in float32,
// halving_tensor.cuh.
//
// A warp makes 16 pixels of the small grid, beside each other in an image and across images, of 16 M rows of the
// product: channels, or the squares of 4 M channels. Inner indices go by 16, a stretch, which is two
// instructions: the squares of four channels, or 16 channels. Which of them, and which pixel, has which place
// in an instruction is free, so a lane (g, t) takes what lies beside each other: it loads two pixels of a channel,
// squares by 16 bytes, weights by 16 bytes as they stand, and stores 16 bytes beside those of its neighbours.
// Pixels go from memory to registers, some stretches ahead of their products; warps with other channels of the
// same pixels, of the transposed form each 16 of them, find them in the cache.
//
// Of many rows weights stay in shared memory, rows of them 16 or 8 banks apart, so that no two lanes of a load
// meet in a bank, while each warp of a block takes tiles of pixels. Of few rows, or where weights do not
// fit, a warp has fewer channels, and loads its weights from the cache beside the pixels. One sum is one
// chain over stretches in order in both forms: the same bits. What follows the sums is a rectifier or nothing,
// bias and gate.
//
// Operations 8 H W C O a row, of which 1.6 clocks of a multiprocessor are an instruction's 1,024; with PARTS = 3
// there are three times as many. A row on 132 multiprocessors at 1.75 GHz, and at 3 TB/s:
//
//   layer                 operations   bytes         memory   PARTS = 3   PARTS = 1
//   32 x 16 x 16 -> 64    1.05 MFLOP   32 + 16 KiB   16 ns    10.6 ns     3.5 ns
//   64 x 8 x 8 -> 64      0.52 MFLOP   16 + 4 KiB    7 ns     5.3 ns      1.8 ns
//
// Multiply-adds would take 17 and 9 ns at 60 TFLOP/s, if nothing had to be loaded for them. A tile's stretch with
// M = 4 and PARTS = 3 is 48 instructions, 8 loads from shared memory, 2 or 4 from memory, 40 numbers taken in
// two parts and 32 additions: 44 of the 114 clocks in which memory gives its pixels.
#include "halving_tensor.cuh"

struct DisjointParams {
  const float *x;  // (rows; C, 2 H, 2 W), or (rows; O, H, W) of the transposed convolution
  const float *w;  // (O, C, 2, 2)
  float *y;
  const int *rows;
  long long c, o, high, wide;  // H and W
  Finish finish;
};

namespace {

// @param UP whether it is the transposed convolution
// @param M tiles of 16 rows of the product of a warp
// @param HELD whether weights stay in shared memory
// @param AHEAD stretches on their way from memory
template <bool UP, int PARTS, int M, bool HELD, int AHEAD>
struct Disjoint {
  static constexpr int kPixels = 16;
  static constexpr int kTaken = UP ? 16 : 4;         // channels of the input in a stretch
  static constexpr int kMade = UP ? 4 * M : 16 * M;  // channels of the result of a warp
  static constexpr int kFours = 2 * M;  // of a lane, four numbers each: weights of a stretch, results of a tile
  static constexpr int kTiles = M == 1 ? 1 : 2;  // whose instructions alternate
  static constexpr int kHeldPitch = 16 * M + 8;  // of weights of the transposed convolution
  static_assert(!UP || M % 2 == 0, "two rows of a square");
  static_assert(4 * kFours <= 32, "a bit for each sum");

  // What a lane has of a stretch.
  struct Stretch {
    float pixels[8], weights[HELD ? 1 : kFours][4];
  };

  const DisjointParams &p;
  float *held;
  int inputs, outputs, output, plane, wide, pixels, stretches, pitch;
  const float *x, *w;  // what this lane loads next, two pixels and weights
  int left;            // channels of the input from there on

  PB_DEVICE Disjoint(const DisjointParams &params, unsigned char *room)
      : p(params), held(reinterpret_cast<float *>(room)), inputs((int)(UP ? p.o : p.c)),
        outputs((int)(UP ? p.c : p.o)), plane((int)(p.high * p.wide)), wide((int)p.wide), pixels(*p.rows * plane),
        stretches((inputs + kTaken - 1) / kTaken), pitch(UP ? kHeldPitch : 16 * (stretches | 1)) {
    output = (HELD ? (int)blockIdx.y : (int)blockIdx.y * warps() + warp()) * kMade;
  }

  static PB_DEVICE int lane() { return (int)threadIdx.x % 32; }
  static PB_DEVICE int g() { return lane() / 4; }
  static PB_DEVICE int t() { return lane() % 4; }
  static PB_DEVICE int warp() { return (int)threadIdx.x / 32; }
  static PB_DEVICE int warps() { return (int)blockDim.x / 32; }

  PB_DEVICE int tiles() const { return (pixels + kPixels - 1) / kPixels; }

  // Weights of this block's outputs as they stand, a square after the other, zeros where there are none.
  PB_DEVICE void hold() const {
    const int across = UP ? kMade : 4 * stretches;
    const int all = across * (UP ? 16 * stretches : kMade);
    const float *from = p.w + 4 * output * (UP ? 1 : inputs);
#pragma unroll 1
    for (int i = (int)threadIdx.x; i < all; i += (int)blockDim.x) {
      const int o = i / across;
      const int c = i % across;
      const bool there = UP ? o < inputs && output + c < outputs : output + o < outputs && c < inputs;
      cp_async_16_zero(held + o * pitch + 4 * c, there ? from + 4 * (o * (int)p.c + c) : p.w, there);
    }
    cp_async_commit();
  }

  // Squares of weights of a stretch: `four` is eight rows of the product, or four of 16 channels of the input and
  // eight of the result.
  PB_DEVICE void load_held(int stretch, int four, float (&v)[4]) const {
    const int o = UP ? kTaken * stretch + four % 4 * 4 + t() : 8 * four + g();
    const int c = UP ? four / 4 * 8 + g() : kTaken * stretch + t();
    load_run<4>(held + o * pitch + 4 * c, v);
  }

  // Loads the next stretch.
  PB_DEVICE void load(Stretch &s) {
#pragma unroll
    for (int i = 0; i < (UP ? 4 : 2); i++) {
      float4 v = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
      if constexpr (UP) {
        if (4 * i < left) {
          const float2 two = *reinterpret_cast<const float2 *>(x + 4 * i * plane);
          v.x = two.x, v.y = two.y;
        }
        s.pixels[2 * i] = v.x, s.pixels[2 * i + 1] = v.y;
      } else {
        if (0 < left) v = *reinterpret_cast<const float4 *>(x + 2 * i * wide);
        s.pixels[4 * i] = v.x, s.pixels[4 * i + 1] = v.y, s.pixels[4 * i + 2] = v.z, s.pixels[4 * i + 3] = v.w;
      }
    }
    if constexpr (!HELD) {
#pragma unroll
      for (int four = 0; four < kFours; four++) {
        const bool is = UP ? four % 4 * 4 < left && output + four / 4 * 8 + g() < outputs
                           : 0 < left && output + 8 * four + g() < outputs;
        s.weights[four][0] = s.weights[four][1] = s.weights[four][2] = s.weights[four][3] = 0.0f;
        if (is) load_run<4>(w + (UP ? four % 4 * 16 * outputs + four / 4 * 32 : 32 * four * inputs), s.weights[four]);
      }
      w += UP ? 64 * outputs : 16;
    }
    x += 16 * plane;
    left -= kTaken;
  }

  // Loads the first stretches of a tile of pixels.
  PB_DEVICE void begin(int tile, Stretch (&ahead)[AHEAD]) {
    // A pixel that is not there gives a column that is not stored, of any numbers.
    const int pixel = min(kPixels * tile + (UP ? g() % 2 * 8 + g() / 2 * 2 : 2 * g()), pixels - 2);
    const int place = pixel % plane;
    left = tile < tiles() ? inputs - t() : 0;
    x = p.x + (long long)(pixel / plane) * inputs * plane * (UP ? 1 : 4) + t() * plane * (UP ? 1 : 4) +
        (UP ? place : place / wide * 4 * wide + place % wide * 2);
    if constexpr (!HELD) w = p.w + 4 * (UP ? t() * outputs + output + g() : (output + g()) * inputs + t());
#pragma unroll
    for (int i = 0; i < AHEAD; i++) load(ahead[i]);
  }

  using Sums = float[M / kTiles][kTiles][2][4];

  PB_DEVICE void add(const Stretch &s, int stretch, Sums &sums) const {
    Fragment<PARTS, 2> right[2][2];
#pragma unroll
    for (int k = 0; k < 2; k++) {
#pragma unroll
      for (int n = 0; n < 2; n++) {
#pragma unroll
        for (int i = 0; i < 2; i++) right[k][n].set(i, s.pixels[UP ? 4 * k + 2 * i + n : 4 * k + 2 * n + i]);
      }
    }
#pragma unroll
    for (int pair = 0; pair < M / kTiles; pair++) {
      float weights[2 * kTiles][4];
#pragma unroll
      for (int i = 0; i < 2 * kTiles; i++) {
        if constexpr (HELD) {
          load_held(stretch, 2 * kTiles * pair + i, weights[i]);
        } else {
#pragma unroll
          for (int j = 0; j < 4; j++) weights[i][j] = s.weights[2 * kTiles * pair + i][j];
        }
      }
      float part[kTiles][2][4] = {};
#pragma unroll
      for (int k = 0; k < 2; k++) {
        Fragment<PARTS, 4> left[kTiles];
#pragma unroll
        for (int m = 0; m < kTiles; m++) {
#pragma unroll
          for (int i = 0; i < 4; i++) {
            left[m].set(i, UP ? weights[2 * k + i / 2][2 * m + i % 2] : weights[2 * m + i % 2][2 * k + i / 2]);
          }
        }
        multiply_add<PARTS>(PARTS == 1 ? sums[pair] : part, left, right[k]);
      }
      if constexpr (PARTS == 3) add_all(sums[pair], part);
    }
  }

  // Where results `four` of a lane stand: four pixels beside each other of a channel, or two squares' upper or
  // lower halves.
  struct Place {
    int row, channel, element;
    bool is;
  };

  PB_DEVICE Place place(int tile, int four) const {
    const int pixel = kPixels * tile + (UP ? four % 2 * 8 + 2 * t() : 4 * t());
    const int channel = output + (UP ? four / 4 : four) * 8 + g();
    const int at = pixel % plane;
    const int element = UP ? (4 * (at / wide) + four / 2 % 2 * 2) * wide + at % wide * 2 : at;
    return {pixel / plane, channel, channel * plane * (UP ? 4 : 1) + element, pixel < pixels && channel < outputs};
  }

  PB_DEVICE int size() const { return outputs * plane * (UP ? 4 : 1); }

  // A bit for each sum, whether its gate is open: loaded before the sums need registers.
  PB_DEVICE unsigned gates(int tile) const {
    unsigned open = 0;
    if (p.finish.gate == nullptr) return open;
#pragma unroll
    for (int four = 0; four < kFours; four++) {
      const Place to = place(tile, four);
      if (to.is) open |= open_gates<4>(p.finish, (long long)to.row * size() + to.element, 4 * four);
    }
    return open;
  }

  PB_DEVICE void store(int tile, unsigned open, const Sums &sums) const {
#pragma unroll
    for (int four = 0; four < kFours; four++) {
      const Place to = place(tile, four);
      if (!to.is) continue;
      const float(&s)[2][4] = sums[four / 2 / kTiles][four / 2 % kTiles];
      constexpr int kOn = UP ? 2 : 1;  // to the next pixel but one, or the next column of a square
      const int first = four % 2 * (UP ? 1 : 2);
      float v[4] = {s[0][first], UP ? s[0][first + kOn] : s[1][first], UP ? s[1][first] : s[0][first + kOn],
                    s[1][first + kOn]};
      const float bias = p.finish.bias != nullptr ? p.finish.bias[to.channel] : 0.0f;
      finish_loaded<4>(p.finish, bias, open, 4 * four, v);
      store_run<4>(p.y + (long long)to.row * size() + to.element, v);
    }
  }

  PB_DEVICE void run() {
    const int step = HELD ? (int)gridDim.x * warps() : (int)gridDim.x;
    int tile = HELD ? (int)blockIdx.x * warps() + warp() : (int)blockIdx.x;
    if (!HELD && output >= outputs) return;
    if constexpr (HELD) hold();
    Stretch ahead[AHEAD];
    begin(tile, ahead);
    if constexpr (HELD) {
      cp_async_wait<0>();
      __syncthreads();
    }
#pragma unroll 1
    while (tile < tiles()) {
      const unsigned open = gates(tile);
      Sums sums = {};
#pragma unroll 1
      for (int s = 0; s < stretches; s += AHEAD) {
#pragma unroll
        for (int i = 0; i < AHEAD; i++) {
          if (HELD && s + i >= stretches) break;
          add(ahead[i], s + i, sums);
          load(ahead[i]);
        }
      }
      const int made = tile;
      tile += step;
      store(made, open, sums);
      begin(tile, ahead);
    }
  }
};

}  // namespace

#define PB_DISJOINT(name, up, parts, m, held, ahead, threads, blocks) \
  PB_KERNEL(name, DisjointParams, threads, blocks) {                  \
    PB_SHARED(shared);                                               \
    Disjoint<up, parts, m, held, ahead>(p, shared).run();             \
  }

PB_DISJOINT(conv_disjoint_down_tf32, false, 1, 4, true, 3, 192, 2)
PB_DISJOINT(conv_disjoint_down_few_tf32, false, 1, 1, false, 4, 64, 4)
PB_DISJOINT(conv_disjoint_down_tf32x3, false, 3, 4, true, 2, 192, 2)
PB_DISJOINT(conv_disjoint_down_few_tf32x3, false, 3, 1, false, 4, 64, 4)
PB_DISJOINT(conv_disjoint_up_tf32, true, 1, 4, true, 3, 192, 2)
PB_DISJOINT(conv_disjoint_up_few_tf32, true, 1, 2, false, 3, 64, 4)
PB_DISJOINT(conv_disjoint_up_tf32x3, true, 3, 4, true, 3, 192, 2)
PB_DISJOINT(conv_disjoint_up_few_tf32x3, true, 3, 2, false, 2, 64, 4)
