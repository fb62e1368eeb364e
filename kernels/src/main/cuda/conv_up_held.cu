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
// Of few rows a block has one group of images, and what it waits for is the way from memory: the forms for
// few rows have tiles that give each multiprocessor a block of 64, up to four chunks on their way at a time,
// load what gates the result before the first, and have two or four warps for the outputs of a pixel, a row
// of outputs each, or one. One sum is one chain over channels in eights, columns and rows of taps in order
// in every form, whatever a warp has: the same bits.
//
// Operations 2 x 16 W W C O a row, of which 1.6 clocks of a multiprocessor are an instruction's 1,024; loads
// from shared memory are 112 for 64 instructions with W = 16, 100 with W = 8, 124 with W = 4. 16 x 16 x 32 -> 32:
// 4,096 instructions and 7,168 loads a row, 31 ns a row on 132 multiprocessors at 1.75 GHz; its bytes 55 ns at 3 TB/s.
#include "halving_tensor.cuh"

namespace {

// @param PHASES warps of the outputs of a pixel: 1, 2 (a row of outputs each) or 4
template <int PARTS, int W, int MP, int NP, int PHASES, int CHANNELS, int STAGES>
struct UpHeld {
  static constexpr int kThreads = 32 * MP * NP * PHASES;
  static constexpr int kOutputs = 16 * NP;
  static constexpr int kPixels = 32 * MP;
  static constexpr int kImages = kPixels > W * W ? kPixels / (W * W) : 1;
  static constexpr int kRows = kPixels > W * W ? W : kPixels / W;
  static constexpr int kBands = W / kRows;
  static constexpr int kChannels = CHANNELS;  // of a chunk
  static constexpr int kInRows = kRows + 2;
  static constexpr int kPitch = W == 4 ? 12 : W + 4;
  static constexpr int kPlane = kInRows * kPitch;
  static constexpr int kImage = kChannels * kPlane;
  static constexpr int kStage = kImages * kImage + 4;
  static constexpr int kOctet = kTaps * 8 * kOutputs;  // weights of eight input channels

  static constexpr int kHigh = PHASES == 1 ? 2 : 1;  // outputs of a pixel that a warp has: rows, columns
  static constexpr int kWide = PHASES == 4 ? 1 : 2;

  // Eight pixels beside each other, or two rows of four, at which a warp's tiles read.
  static constexpr int kHalves = W == 16 ? 2 * (2 + kHigh) : W == 8 ? 4 + kHigh : 2 * (3 + kHigh);

  static_assert(kPlane % 32 == 8 || kPlane % 32 == 24, "lanes in banks of their own");
  static_assert(kChannels % 8 == 0, "");

  static constexpr int kAhead = kThreads < 256 ? 16 : 8;  // weights on their way at a time
  static constexpr int kTogether = PHASES == 4 ? 2 : 1;   // so that loads of one meet products of another

  using Sums = float[kHigh][kWide][2][2][4];

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

  static PB_DEVICE int warp() { return (int)threadIdx.x / 32 / PHASES; }
  static PB_DEVICE int top() { return PHASES == 1 ? 0 : (int)threadIdx.x / 32 / (PHASES / 2) % 2; }
  static PB_DEVICE int left() { return PHASES < 4 ? 0 : (int)threadIdx.x / 32 % 2; }
  static PB_DEVICE int lane() { return (int)threadIdx.x % 32; }

  // The half of tile m that is moved by dy rows, from the first that a warp needs.
  static constexpr PB_DEVICE int half(int m, int h, int dy) {
    return W == 16 ? 2 * (m + dy) + h : W == 8 ? 2 * m + h + dy : (3 + kHigh) * m + 2 * h + dy;
  }
  static constexpr PB_DEVICE int place(int half) {
    return W == 16  ? half / 2 * kPitch + half % 2 * 8
           : W == 8 ? half * kPitch
                    : half / (3 + kHigh) * kImage + half % (3 + kHigh) * kPitch;
  }

  PB_DEVICE void hold() {
    const int items = (inputs + 7) / 8 * 128 * kOutputs / 4;
#pragma unroll kAhead
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
          stages + step % STAGES * kStage, p.x, group / kBands * kImages, rows, step % chunks * kChannels, inputs,
          group % kBands * kRows - 1);
    }
    cp_async_commit();
  }

  PB_DEVICE void add(const float *stage, const float *held, Sums &sums) const {
    const int g = lane() / 4;
    const int t = lane() % 4;
    const int pair = warp() / NP;
    const int at = W == 16  ? 2 * pair * kPitch + g
                   : W == 8 ? 4 * pair / kRows * kImage + 4 * pair % kRows * kPitch + g
                            : 2 * pair * kImage + g / 4 * kPitch + g % 4;
    const float *x = stage + at + t * kPlane + 3 + top() * kPitch + left();
    const float *w = held + t * 2 * kOutputs + (4 * (3 - top()) + 3 - left()) * 8 * kOutputs;
    const int column[2] = {2 * ((warp() % NP * 16 + g) ^ (4 * t)), 2 * ((warp() % NP * 16 + 8 + g) ^ (4 * t))};
#pragma unroll
    for (int dx = 0; dx <= kWide; dx++) {
      Fragment<PARTS, 2> a[kHalves];
#pragma unroll
      for (int i = 0; i < kHalves; i++) {
        a[i].set(0, x[place(i) + dx]);
        a[i].set(1, x[place(i) + dx + 4 * kPlane]);
      }
#pragma unroll
      for (int px = 0; px < kWide; px++) {
        if (dx < px || dx > px + 1) continue;
        const int kw = px - 2 * dx;  // of the column that is dx - 1 on, from the warp's first
#pragma unroll
        for (int py = 0; py < kHigh; py++) {
          float part[2][2][4] = {};
#pragma unroll
          for (int dy = py; dy < py + 2; dy++) {
            const int kh = py - 2 * dy;
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

  // Where sums i of a lane stand, from its first one.
  static constexpr PB_DEVICE int place(int i, int py) {
    return (i / 2 * 8 + i % 2) * 4 * W * W + py * 2 * W;
  }

  // Where the sums of a pixel stand, of which a lane has four.
  struct Place {
    int row;
    long long at;
  };

  PB_DEVICE int channel() const { return output + warp() % NP * 16 + 2 * (lane() % 4); }

  PB_DEVICE Place first(int group, int m, int h) const {
    const int pixel = warp() / NP * 32 + 16 * m + 8 * h + lane() / 4;
    const int row = group / kBands * kImages + pixel / (W * kRows);
    const int y = group % kBands * kRows + pixel / W % kRows;
    return {row, ((long long)row * outputs + channel()) * (4 * W * W) + (2 * y + top()) * 2 * W +
                     2 * (pixel % W) + left()};
  }

  // A bit for each sum, whether its gate is open, where a warp has few: loaded before the sums need registers.
  PB_DEVICE unsigned gates(int group) const {
    unsigned open = 0;
    if (PHASES == 1 || p.finish.gate == nullptr) return open;
    float gate[4][4][kWide] = {};  // of a row of outputs
#pragma unroll
    for (int q = 0; q < 4; q++) {
      const Place to = first(group, q / 2, q % 2);
      if (to.row >= rows) continue;
#pragma unroll
      for (int i = 0; i < 4; i++) {
        if (channel() + i / 2 * 8 + i % 2 < outputs) load_gate<kWide>(p.finish, to.at + place(i, 0), gate[q][i]);
      }
    }
#pragma unroll
    for (int b = 0; b < 16 * kWide; b++) {
      if (gate[b / (4 * kWide)][b / kWide % 4][b % kWide] > 0.0f) open |= 1u << b;
    }
    return open;
  }

  PB_DEVICE void store(int group, unsigned open, const Sums &sums) const {
    float bias[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const int c = channel() + i / 2 * 8 + i % 2;
      bias[i] = p.finish.bias != nullptr && c < outputs ? p.finish.bias[c] : 0.0f;
    }
#pragma unroll
    for (int q = 0; q < 4; q++) {
      const Place to = first(group, q / 2, q % 2);
      if (to.row >= rows) continue;
      float gate[4][kHigh][kWide] = {};
      if (p.finish.gate != nullptr) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
          if (channel() + i / 2 * 8 + i % 2 >= outputs) continue;
#pragma unroll
          for (int py = 0; py < kHigh; py++) {
            if constexpr (PHASES == 1) {
              load_gate<kWide>(p.finish, to.at + place(i, py), gate[i][py]);
            } else {
#pragma unroll
              for (int px = 0; px < kWide; px++) {
                gate[i][py][px] = (open >> ((4 * q + i) * kWide + px) & 1) != 0 ? 1.0f : 0.0f;
              }
            }
          }
        }
      }
#pragma unroll
      for (int i = 0; i < 4; i++) {
        if (channel() + i / 2 * 8 + i % 2 >= outputs) continue;
#pragma unroll
        for (int py = 0; py < kHigh; py++) {
          float v[kWide];
#pragma unroll
          for (int px = 0; px < kWide; px++) v[px] = sums[py][px][q / 2][i / 2][2 * (q % 2) + i % 2];
          finish_linear<kWide>(p.finish, to.at + place(i, py), bias[i], gate[i][py], p.y, v);
        }
      }
    }
  }

  PB_DEVICE void run() {
    if ((int)blockIdx.x >= groups) return await_predecessors();
    for (int i = 0; i < STAGES; i++) {
      clear_borders<W>(stages + i * kStage, kImages * kChannels * kInRows, kPitch);
    }
    hold();
    await_predecessors();
    for (int i = 0; i < STAGES - 1; i++) copy(i);
    int step = 0;
    for (int group = (int)blockIdx.x; group < groups; group += (int)gridDim.x) {
      const unsigned open = gates(group);
      Sums sums = {};
#pragma unroll 1
      for (int chunk = 0; chunk < chunks; chunk++, step++) {
        cp_async_wait<STAGES - 2>();
        __syncthreads();
        copy(step + STAGES - 1);
        const float *stage = stages + step % STAGES * kStage;
        const float *held = weights + chunk * (kChannels / 8) * kOctet;
        const int octets = (inputs + 7) / 8 - chunk * (kChannels / 8);
#pragma unroll kTogether
        for (int i = 0; i < kChannels / 8 && i < octets; i++) {
          add(stage + 8 * i * kPlane, held + i * kOctet, sums);
        }
      }
      store(group, open, sums);
    }
  }
};

}  // namespace

#define PB_UP_HELD(name, parts, w, mp, np, phases, channels, stages, blocks)  \
  PB_KERNEL(name, HalvingParams, 32 * mp * np * phases, blocks) {            \
    PB_SHARED(shared);                                                       \
    UpHeld<parts, w, mp, np, phases, channels, stages>(p, shared).run();     \
  }

PB_UP_HELD(conv_up_held_16_tf32, 1, 16, 8, 2, 1, 16, 2, 1)
PB_UP_HELD(conv_up_held_8_tf32, 1, 8, 8, 2, 1, 16, 2, 1)
PB_UP_HELD(conv_up_held_4_tf32, 1, 4, 8, 2, 1, 8, 2, 1)
PB_UP_HELD(conv_up_held_16_few_tf32, 1, 16, 4, 1, 2, 16, 3, 2)
PB_UP_HELD(conv_up_held_8_few_tf32, 1, 8, 2, 1, 4, 16, 4, 1)
PB_UP_HELD(conv_up_held_4_few_tf32, 1, 4, 1, 1, 4, 16, 4, 1)
PB_UP_HELD(conv_up_held_16_tf32x3, 3, 16, 4, 2, 1, 16, 2, 1)
PB_UP_HELD(conv_up_held_8_tf32x3, 3, 8, 4, 2, 1, 16, 2, 1)
PB_UP_HELD(conv_up_held_4_tf32x3, 3, 4, 4, 2, 1, 8, 2, 1)
PB_UP_HELD(conv_up_held_16_few_tf32x3, 3, 16, 4, 1, 2, 16, 3, 1)
PB_UP_HELD(conv_up_held_8_few_tf32x3, 3, 8, 2, 1, 4, 16, 4, 1)
PB_UP_HELD(conv_up_held_4_few_tf32x3, 3, 4, 1, 1, 4, 16, 4, 1)
