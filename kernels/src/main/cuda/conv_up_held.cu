// The transposed convolution of conv_up.cu on the matrix unit for numbers of 11 bits (tf32, m16n8k8), W = 4, 8
// or 16: weights stay in shared memory while images pass through it. With PARTS = 1 operands are rounded,
// weights once; with PARTS = 3 they are taken in two parts, halving_tensor.cuh, and sums of 16 products are
// added in float32.
//
// A block makes 32 MP pixels of the small grid, all four outputs of each, of 16 NP channels; a warp 32
// pixels of 16. The inner index is input channels, eight an instruction. What an output takes of its
// neighbour in the small grid is the same pixels a row or column on, so of the nine places of a
// neighbour a lane loads each once and multiplies it with all the taps that meet it there: for
// one column (dx) the numbers of all rows are in registers, and each tap's weights are loaded once for
// both tiles of 16 pixels. Planes of inputs stand 8 or 24 banks apart, pairs of weights (channels t
// and t + 4 of eight) in squares that are turned by t, so that no two lanes of a load meet in a bank.
// Chunks of input channels come in turns, the next image's while this one's are multiplied.
//
// Operations 2 x 16 W W C O a row, of which 1.6 clocks of a multiprocessor are an instruction's 1,024;
// loads from shared memory are 112 for 64 instructions with W = 16, 100 with W = 8, 124 with W = 4.
// 16 x 16 x 32 -> 32: 4,096 instructions and 7,168 loads a row, 31 ns a row on 132 multiprocessors at
// 1.75 GHz; its bytes 55 ns at 3 TB/s.
#include "halving_tensor.cuh"

namespace {

template <int PARTS, int W, int MP, int NP>
struct UpHeld {
  static constexpr int kThreads = 32 * MP * NP;
  static constexpr int kOutputs = 16 * NP;
  static constexpr int kPixels = 32 * MP;
  static constexpr int kImages = kPixels > W * W ? kPixels / (W * W) : 1;
  static constexpr int kRows = kPixels > W * W ? W : kPixels / W;
  static constexpr int kBands = W / kRows;
  static constexpr int kChannels = W == 4 ? 8 : 16;  // of a chunk
  static constexpr int kInRows = kRows + 2;
  static constexpr int kPitch = W == 4 ? 12 : W + 4;
  static constexpr int kPlane = kInRows * kPitch;
  static constexpr int kImage = kChannels * kPlane;
  static constexpr int kStage = kImages * kImage + 4;
  static constexpr int kOctet = kTaps * 8 * kOutputs;  // weights of eight input channels

  // Eight pixels beside each other, or two rows of four, at which a warp's tiles read.
  static constexpr int kHalves = W == 16 ? 8 : W == 8 ? 6 : 10;

  static_assert(kPlane % 32 == 8 || kPlane % 32 == 24, "lanes in banks of their own");

  const HalvingParams &p;
  float *weights, *stages;
  int rows, inputs, outputs, output, chunks, groups;

  PB_DEVICE UpHeld(const HalvingParams &params, unsigned char *room)
      : p(params), rows(*params.rows), inputs((int)params.o), outputs((int)params.c),
        output((int)blockIdx.y * kOutputs), chunks((inputs + kChannels - 1) / kChannels),
        groups((rows + kImages - 1) / kImages * kBands) {
    weights = reinterpret_cast<float *>(room);
    stages = weights + (inputs + 7) / 8 * kOctet;
  }

  static PB_DEVICE int warp() { return (int)threadIdx.x / 32; }
  static PB_DEVICE int lane() { return (int)threadIdx.x % 32; }

  // The half of tile m that is moved by dy rows.
  static constexpr PB_DEVICE int half(int m, int h, int dy) {
    return W == 16 ? 2 * (m + dy) + h : W == 8 ? 2 * m + h + dy : 5 * m + 2 * h + dy;
  }
  static constexpr PB_DEVICE int place(int half) {
    return W == 16 ? half / 2 * kPitch + half % 2 * 8 : W == 8 ? half * kPitch : half / 5 * kImage + half % 5 * kPitch;
  }

  PB_DEVICE void hold() {
    const int items = (inputs + 7) / 8 * 128 * kOutputs / 4;
#pragma unroll 8
    for (int i = (int)threadIdx.x; i < items; i += kThreads) {
      const int rest = i / 32;
      const int co = i % 16 + rest % NP * 16;
      const int h = i / 16 % 2;
      const int q = rest / NP % 4;
      const int t = rest / (4 * NP) % 4;
      const int octet = rest / (16 * NP);
      const int ci = octet * 8 + t + 4 * h;
      float4 four = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
      if (ci < inputs && output + co < outputs) {
        four = *reinterpret_cast<const float4 *>(p.w + (ci * outputs + output + co) * kTaps + 4 * q);
      }
      float *to = weights + octet * kOctet + (16 * q + t) * 2 * kOutputs + 2 * (co ^ (4 * t)) + h;
      to[0] = held<PARTS>(four.x);
      to[8 * kOutputs] = held<PARTS>(four.y);
      to[16 * kOutputs] = held<PARTS>(four.z);
      to[24 * kOutputs] = held<PARTS>(four.w);
    }
  }

  // Chunk `step` of this block's images, one group after the other.
  PB_DEVICE void copy(int step) const {
    const int group = (int)blockIdx.x + step / chunks * (int)gridDim.x;
    if (group < groups) {
      copy_rows<kThreads, kImages, kChannels, kInRows, W, kPitch>(
          stages + step % 2 * kStage, p.x, group / kBands * kImages, rows, step % chunks * kChannels, inputs,
          group % kBands * kRows - 1);
    }
    cp_async_commit();
  }

  PB_DEVICE void add(const float *stage, const float *held, float (&sums)[2][2][2][2][4]) const {
    const int g = lane() / 4;
    const int t = lane() % 4;
    const int pair = warp() / NP;
    const int at = W == 16  ? 2 * pair * kPitch + g
                   : W == 8 ? 4 * pair / kRows * kImage + 4 * pair % kRows * kPitch + g
                            : 2 * pair * kImage + g / 4 * kPitch + g % 4;
    const float *x = stage + at + t * kPlane + 3;
    const float *w = held + t * 2 * kOutputs;
    const int column[2] = {2 * ((warp() % NP * 16 + g) ^ (4 * t)), 2 * ((warp() % NP * 16 + 8 + g) ^ (4 * t))};
#pragma unroll
    for (int dx = 0; dx < 3; dx++) {
      Fragment<PARTS, 2> a[kHalves];
#pragma unroll
      for (int i = 0; i < kHalves; i++) {
        a[i].set(0, x[place(i) + dx]);
        a[i].set(1, x[place(i) + dx + 4 * kPlane]);
      }
#pragma unroll
      for (int px = 0; px < 2; px++) {
        const int kw = px + 3 - 2 * dx;  // of the column that is dx - 1 on
        if (kw < 0 || kw > 3) continue;
#pragma unroll
        for (int py = 0; py < 2; py++) {
          float part[2][2][4] = {};
#pragma unroll
          for (int dy = py; dy < py + 2; dy++) {
            const int kh = py + 3 - 2 * dy;
            Fragment<PARTS, 2> b[2];
#pragma unroll
            for (int n = 0; n < 2; n++) {
              set_held(b[n], *reinterpret_cast<const float2 *>(w + (4 * kh + kw) * 8 * kOutputs + column[n]));
            }
            Fragment<PARTS, 4> left[2];
#pragma unroll
            for (int m = 0; m < 2; m++) join(left[m], a[half(m, 0, dy)], a[half(m, 1, dy)]);
            multiply_add<PARTS>(PARTS == 1 ? sums[py][px] : part, left, b);
          }
          if constexpr (PARTS == 3) add_all(sums[py][px], part);
        }
      }
    }
  }

  // Where the pair of sums i of a lane stands, from its first one.
  static constexpr PB_DEVICE int place(int i, int py) {
    return (i / 2 * 8 + i % 2) * 4 * W * W + py * 2 * W;
  }

  PB_DEVICE void store(int group, const float (&sums)[2][2][2][2][4]) const {
    const int size = outputs * 4 * W * W;
    const int channel = output + warp() % NP * 16 + 2 * (lane() % 4);
    float bias[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const int c = channel + i / 2 * 8 + i % 2;
      bias[i] = p.finish.bias != nullptr && c < outputs ? p.finish.bias[c] : 0.0f;
    }
#pragma unroll
    for (int m = 0; m < 2; m++) {
#pragma unroll
      for (int h = 0; h < 2; h++) {
        const int pixel = warp() / NP * 32 + 16 * m + 8 * h + lane() / 4;
        const int row = group / kBands * kImages + pixel / (W * kRows);
        if (row >= rows) continue;
        const int y = group % kBands * kRows + pixel / W % kRows;
        const long long at =
            (long long)row * size + channel * 4 * W * W + 2 * y * 2 * W + 2 * (pixel % W);
        float gate[4][2][2] = {};
        if (p.finish.gate != nullptr) {
#pragma unroll
          for (int i = 0; i < 4; i++) {
            if (channel + i / 2 * 8 + i % 2 >= outputs) continue;
#pragma unroll
            for (int py = 0; py < 2; py++) load_gate<2>(p.finish, at + place(i, py), gate[i][py]);
          }
        }
#pragma unroll
        for (int i = 0; i < 4; i++) {
          if (channel + i / 2 * 8 + i % 2 >= outputs) continue;
#pragma unroll
          for (int py = 0; py < 2; py++) {
            float v[2] = {sums[py][0][m][i / 2][2 * h + i % 2], sums[py][1][m][i / 2][2 * h + i % 2]};
            finish_linear<2>(p.finish, at + place(i, py), bias[i], gate[i][py], p.y, v);
          }
        }
      }
    }
  }

  PB_DEVICE void run() {
    if ((int)blockIdx.x >= groups) return;
    clear_borders<W>(stages, kImages * kChannels * kInRows, kPitch);
    clear_borders<W>(stages + kStage, kImages * kChannels * kInRows, kPitch);
    copy(0);
    hold();
    int step = 0;
    for (int group = (int)blockIdx.x; group < groups; group += (int)gridDim.x) {
      float sums[2][2][2][2][4] = {};
#pragma unroll 1
      for (int chunk = 0; chunk < chunks; chunk++, step++) {
        cp_async_wait<0>();
        __syncthreads();
        copy(step + 1);
        const float *stage = stages + step % 2 * kStage;
        const float *held = weights + chunk * (kChannels / 8) * kOctet;
#pragma unroll 1
        for (int i = 0; i < kChannels / 8 && (chunk * (kChannels / 8) + i) * 8 < inputs; i++) {
          add(stage + 8 * i * kPlane, held + i * kOctet, sums);
        }
      }
      store(group, sums);
    }
  }
};

}  // namespace

#define PB_UP_HELD(name, parts, w, mp, np, blocks)           \
  PB_KERNEL(name, HalvingParams, 32 * mp * np, blocks) {     \
    PB_SHARED(shared);                                       \
    UpHeld<parts, w, mp, np>(p, shared).run();               \
  }

PB_UP_HELD(conv_up_held_16_tf32, 1, 16, 8, 2, 1)
PB_UP_HELD(conv_up_held_8_tf32, 1, 8, 8, 2, 1)
PB_UP_HELD(conv_up_held_4_tf32, 1, 4, 8, 2, 1)
PB_UP_HELD(conv_up_held_16_few_tf32, 1, 16, 4, 1, 3)
PB_UP_HELD(conv_up_held_8_few_tf32, 1, 8, 4, 1, 3)
PB_UP_HELD(conv_up_held_4_few_tf32, 1, 4, 4, 1, 3)
PB_UP_HELD(conv_up_held_16_tf32x3, 3, 16, 4, 2, 1)
PB_UP_HELD(conv_up_held_8_tf32x3, 3, 8, 4, 2, 1)
PB_UP_HELD(conv_up_held_4_tf32x3, 3, 4, 4, 2, 1)
PB_UP_HELD(conv_up_held_16_few_tf32x3, 3, 16, 4, 1, 2)
PB_UP_HELD(conv_up_held_8_few_tf32x3, 3, 8, 4, 1, 2)
PB_UP_HELD(conv_up_held_4_few_tf32x3, 3, 4, 4, 1, 2)
