// The convolution of conv_down.cu on the matrix unit for numbers of 11 bits (tf32, m16n8k8), W = 4, 8 or 16:
// weights stay in shared memory while images pass through it. With PARTS = 1 operands are rounded, weights
// once; with PARTS = 3 they are taken in two parts, halving_tensor.cuh, and sums of 16 products are added
// in float32.
//
// A warp makes 16 M pixels of 8 N channels, WM x WN warps are a block. The inner index of an input
// channel is (kh, kw), two rows an instruction: lane t has column t of a pixel's four. The lower two
// rows of a pixel are the upper two of the one below it, so that a lane loads each pair of rows once
// for both. Pairs of weights (kh and kh + 1 of a column) stand in squares that are turned by t, so that no
// two lanes of a load meet in a bank. Chunks of input channels come in turns, the next images' while
// these ones' are multiplied.
//
// Of few rows a block has one group of images, and what it waits for is the way from memory: the forms for
// few rows have tiles that give each multiprocessor a block of 64, two or three chunks on their way at a time,
// and load what gates the result before the first. One sum is one chain over channels and halves of the
// taps in order in every form, however many tiles a warp has: the same bits. Small forms are for weights, or
// devices, for which the shared memory would not do otherwise.
//
// Operations 2 x 16 W W C O a row, of which 1.6 clocks of a multiprocessor are an instruction's 1,024;
// loads from shared memory are 28 for 16 instructions with W = 16, 26 with W = 8, 24 for 8 with W = 4.
// 32 x 32 x 32 -> 32: 4,096 instructions and 7,168 loads a row, 31 ns a row on 132 multiprocessors at
// 1.75 GHz; its bytes 55 ns at 3 TB/s. Twice the tile would need fewer loads, and more registers than there
// are.
#include "halving_tensor.cuh"

namespace {

template <int PARTS, int W, int M, int N, int WM, int WN, int CHANNELS, int STAGES>
struct DownHeld {
  static constexpr int kThreads = 32 * WM * WN;
  static constexpr int kOutputs = 8 * N * WN;
  static constexpr int kPixels = 16 * M * WM;
  static constexpr int kImages = kPixels > W * W ? kPixels / (W * W) : 1;
  static constexpr int kRows = kPixels > W * W ? W : kPixels / W;
  static constexpr int kBands = W / kRows;
  static constexpr int kChannels = CHANNELS;  // of a chunk
  static constexpr bool kFew = STAGES > 2;
  static constexpr int kAhead = kThreads < 256 ? 16 : 8;  // weights on their way at a time
  static constexpr int kTogether = kFew ? 4 : 1;          // so that loads of one meet products of another
  static constexpr int kInRows = 2 * kRows + 2;
  static constexpr int kPitch = W == 4 ? 24 : 2 * W + 4;
  static constexpr int kPlane = kInRows * kPitch;
  static constexpr int kImage = kChannels * kPlane;
  static constexpr int kStage = kImages * kImage + 4;
  static constexpr int kHeld = kTaps * kOutputs;  // weights of an input channel

  // Pairs of input rows of eight pixels beside each other, or of two rows of four, at which a warp reads.
  static constexpr int kPairs = W == 16 ? 2 * (M + 1) : W == 8 ? 2 * M + 1 : 4 * M;

  static_assert(kOutputs >= 16 && kPixels % W == 0, "");
  static_assert(W == 4 || 16 * M <= W * W, "a warp in one image");
  static_assert(4 * M * N <= 32, "a bit for each sum");

  const HalvingParams &p;
  float *weights, *stages;
  int rows, inputs, outputs, output, chunks, groups;

  PB_DEVICE DownHeld(const HalvingParams &params, unsigned char *room)
      : p(params), rows(*params.rows), inputs((int)params.c), outputs((int)params.o),
        output((int)blockIdx.y * kOutputs), chunks((inputs + kChannels - 1) / kChannels),
        groups((rows + kImages - 1) / kImages * kBands) {
    weights = reinterpret_cast<float *>(room);
    stages = weights + chunks * kChannels * kHeld;
  }

  static PB_DEVICE int warp() { return (int)threadIdx.x / 32; }
  static PB_DEVICE int lane() { return (int)threadIdx.x % 32; }

  static constexpr PB_DEVICE int pair(int m, int h, int kp) {
    return W == 16 ? 2 * (m + kp) + h : W == 8 ? 2 * m + h + kp : 4 * m + 2 * h + kp;
  }
  static constexpr PB_DEVICE int place(int pair) {
    return W == 16  ? pair / 2 * 2 * kPitch + pair % 2 * 16
           : W == 8 ? pair * 2 * kPitch
                    : pair / 4 * kImage + pair % 4 * 2 * kPitch;
  }

  PB_DEVICE void hold() {
    const int items = chunks * kChannels * kHeld / 4;
#pragma unroll kAhead
    for (int i = (int)threadIdx.x; i < items; i += kThreads) {
      const int rest = i / 32;
      const int co = i % 16 + rest % (kOutputs / 16) * 16;
      const int h = i / 16 % 2;
      const int kp = rest / (kOutputs / 16) % 2;
      const int c = rest / (kOutputs / 8);
      float4 four = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
      if (c < inputs && output + co < outputs) {
        four = *reinterpret_cast<const float4 *>(p.w + ((output + co) * inputs + c) * kTaps + 8 * kp + 4 * h);
      }
      float *to = weights + c * kHeld + kp * 8 * kOutputs + h;
      to[2 * co] = held<PARTS>(four.x);
      to[2 * (kOutputs + (co ^ 4))] = held<PARTS>(four.y);
      to[2 * (2 * kOutputs + (co ^ 8))] = held<PARTS>(four.z);
      to[2 * (3 * kOutputs + (co ^ 12))] = held<PARTS>(four.w);
    }
  }

  // Chunk `step` of this block's images, one group after the other.
  PB_DEVICE void copy(int step) const {
    const int group = (int)blockIdx.x + step / chunks * (int)gridDim.x;
    if (group < groups) {
      copy_rows<kThreads, kImages, kChannels, kInRows, 2 * W, kPitch>(
          stages + step % STAGES * kStage, p.x, group / kBands * kImages, rows, step % chunks * kChannels, inputs,
          group % kBands * kRows * 2 - 1);
    }
    cp_async_commit();
  }

  PB_DEVICE void add(const float *stage, const float *held, float (&sums)[M][N][4]) const {
    const int g = lane() / 4;
    const int t = lane() % 4;
    const int first = warp() / WN * M * 16;  // pixel of the block
    const int at = W == 4 ? first / 16 * kImage + g / 4 * 2 * kPitch + 2 * (g % 4)
                          : first / (W * kRows) * kImage + first / W % kRows * 2 * kPitch + 2 * g;
    const float *x = stage + at + t + 3;
    const float *w = held + t * 2 * kOutputs;
    const int column = warp() % WN * 8 * N + g;
    Fragment<PARTS, 2> a[kPairs];
#pragma unroll
    for (int i = 0; i < kPairs; i++) {
      a[i].set(0, x[place(i)]);
      a[i].set(1, x[place(i) + kPitch]);
    }
    float part[M][N][4] = {};
#pragma unroll
    for (int kp = 0; kp < 2; kp++) {
      Fragment<PARTS, 2> b[N];
#pragma unroll
      for (int n = 0; n < N; n++) {
        set_held(b[n], *reinterpret_cast<const float2 *>(w + kp * 8 * kOutputs + 2 * ((column + 8 * n) ^ (4 * t))));
      }
      Fragment<PARTS, 4> left[M];
#pragma unroll
      for (int m = 0; m < M; m++) join(left[m], a[pair(m, 0, kp)], a[pair(m, 1, kp)]);
      multiply_add<PARTS>(PARTS == 1 ? sums : part, left, b);
    }
    if constexpr (PARTS == 3) add_all(sums, part);
  }

  // Where sum i of a lane stands, at pixel g or g + 8, from its first one.
  static constexpr PB_DEVICE int place(int i, int h) { return (i / 2 * 8 + i % 2) * W * W + 8 * h; }

  // Where the sums of a lane stand.
  struct Place {
    int row, channel;
    long long at;
  };

  PB_DEVICE Place first(int group) const {
    const int channel = output + warp() % WN * 8 * N + 2 * (lane() % 4);
    const int pixel = warp() / WN * M * 16 + lane() / 4;
    const int row = group / kBands * kImages + pixel / (W * kRows);
    return {row, channel,
            ((long long)row * outputs + channel) * (W * W) + group % kBands * kRows * W + pixel % (W * kRows)};
  }

  PB_DEVICE int tile(int m) const { return W == 4 ? m * outputs * W * W : 16 * m; }

  // A bit for each sum, whether its gate is open: loaded before the sums need registers.
  PB_DEVICE unsigned gates(int group) const {
    unsigned open = 0;
    if (p.finish.gate == nullptr) return open;
    const Place to = first(group);
    float gate[M][2 * N][2][1] = {};
#pragma unroll
    for (int m = 0; m < M; m++) {
      if (to.row + (W == 4 ? m : 0) >= rows) continue;
#pragma unroll
      for (int i = 0; i < 2 * N; i++) {
        if (to.channel + i / 2 * 8 + i % 2 >= outputs) continue;
#pragma unroll
        for (int h = 0; h < 2; h++) load_gate<1>(p.finish, to.at + tile(m) + place(i, h), gate[m][i][h]);
      }
    }
#pragma unroll
    for (int b = 0; b < 4 * M * N; b++) {
      if (gate[b / (4 * N)][b / 2 % (2 * N)][b % 2][0] > 0.0f) open |= 1u << b;
    }
    return open;
  }

  PB_DEVICE void store(int group, unsigned open, const float (&sums)[M][N][4]) const {
    const Place to = first(group);
    float bias[2 * N];
#pragma unroll
    for (int i = 0; i < 2 * N; i++) {
      const int c = to.channel + i / 2 * 8 + i % 2;
      bias[i] = p.finish.bias != nullptr && c < outputs ? p.finish.bias[c] : 0.0f;
    }
#pragma unroll
    for (int m = 0; m < M; m++) {
      if (to.row + (W == 4 ? m : 0) >= rows) continue;
#pragma unroll
      for (int i = 0; i < 2 * N; i++) {
        if (to.channel + i / 2 * 8 + i % 2 >= outputs) continue;
#pragma unroll
        for (int h = 0; h < 2; h++) {
          const float gate[1] = {(open >> (m * 4 * N + 2 * i + h) & 1) != 0 ? 1.0f : 0.0f};
          float v[1] = {sums[m][i / 2][2 * h + i % 2]};
          finish_linear<1>(p.finish, to.at + tile(m) + place(i, h), bias[i], gate, p.y, v);
        }
      }
    }
  }

  PB_DEVICE void run() {
    if ((int)blockIdx.x >= groups) return await_predecessors();
    for (int i = 0; i < STAGES; i++) {
      clear_borders<2 * W>(stages + i * kStage, kImages * kChannels * kInRows, kPitch);
    }
    hold();
    await_predecessors();
    for (int i = 0; i < STAGES - 1; i++) copy(i);
    int step = 0;
    for (int group = (int)blockIdx.x; group < groups; group += (int)gridDim.x) {
      const unsigned open = gates(group);
      float sums[M][N][4] = {};
#pragma unroll 1
      for (int chunk = 0; chunk < chunks; chunk++, step++) {
        cp_async_wait<STAGES - 2>();
        __syncthreads();
        copy(step + STAGES - 1);
        const float *stage = stages + step % STAGES * kStage;
        const float *held = weights + chunk * kChannels * kHeld;
#pragma unroll kTogether
        for (int c = 0; c < kChannels; c++) add(stage + c * kPlane, held + c * kHeld, sums);
      }
      store(group, open, sums);
    }
  }
};

}  // namespace

#define PB_DOWN_HELD(name, parts, w, m, n, wm, wn, channels, stages)   \
  PB_KERNEL(name, HalvingParams, 32 * wm * wn, 1) {                    \
    PB_SHARED(shared);                                                 \
    DownHeld<parts, w, m, n, wm, wn, channels, stages>(p, shared).run(); \
  }

PB_DOWN_HELD(conv_down_held_16_tf32, 1, 16, 2, 4, 16, 1, 4, 2)
PB_DOWN_HELD(conv_down_held_8_tf32, 1, 8, 2, 4, 8, 2, 8, 2)
PB_DOWN_HELD(conv_down_held_4_tf32, 1, 4, 2, 2, 8, 2, 2, 2)
PB_DOWN_HELD(conv_down_held_16_few_tf32, 1, 16, 2, 2, 4, 2, 8, 4)
PB_DOWN_HELD(conv_down_held_8_few_tf32, 1, 8, 1, 2, 4, 2, 8, 4)
PB_DOWN_HELD(conv_down_held_4_few_tf32, 1, 4, 1, 1, 2, 2, 8, 3)
PB_DOWN_HELD(conv_down_held_16_small_tf32, 1, 16, 2, 2, 4, 1, 4, 2)
PB_DOWN_HELD(conv_down_held_8_small_tf32, 1, 8, 2, 2, 4, 1, 8, 2)
PB_DOWN_HELD(conv_down_held_4_small_tf32, 1, 4, 1, 2, 4, 1, 2, 2)
PB_DOWN_HELD(conv_down_held_16_tf32x3, 3, 16, 2, 4, 8, 1, 4, 2)
PB_DOWN_HELD(conv_down_held_8_tf32x3, 3, 8, 2, 4, 4, 2, 8, 2)
PB_DOWN_HELD(conv_down_held_4_tf32x3, 3, 4, 2, 2, 8, 2, 2, 2)
PB_DOWN_HELD(conv_down_held_16_few_tf32x3, 3, 16, 2, 2, 4, 2, 8, 4)
PB_DOWN_HELD(conv_down_held_8_few_tf32x3, 3, 8, 1, 2, 4, 2, 8, 4)
PB_DOWN_HELD(conv_down_held_4_few_tf32x3, 3, 4, 1, 1, 2, 2, 8, 3)
PB_DOWN_HELD(conv_down_held_16_small_tf32x3, 3, 16, 2, 2, 4, 1, 4, 2)
PB_DOWN_HELD(conv_down_held_8_small_tf32x3, 3, 8, 2, 2, 4, 1, 8, 2)
PB_DOWN_HELD(conv_down_held_4_small_tf32x3, 3, 4, 1, 2, 4, 1, 2, 2)
