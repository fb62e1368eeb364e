// The change of a rectified transposed convolution (k4 s2 p1) that is the first of a chain: its
// operands are not rounded, for they may be one number, whose rounding would be an error of all
// that comes of it.
//
//   out = relu(a[base] + W in) - relu(a[base])
//
// As change_up.cu, but in and the weights are split, a pixel of in being CIN high and CIN low bf16
// (change_split_pack writes them): W in = high high + (high low + low high), two sums in float32 of
// 16 bits each. A warp keeps one phase's weights of 16 outputs, high and low, in 2 CIN registers a
// lane; a block holds 32 outputs, those of blockIdx.y. The exact forms are for any layer of a chain of
// which nothing is rounded: their clean values are float32, and their output is split like in.
//
// A cell (H = 4, 64 to 64 | H = 8, 64 to 32):
//   operations    3 * 2 * 1,048,576 | 3 * 2 * 2,097,152, or 1,536 | 3,072 m16n8k16
//   shared bytes  171 per m16n8k16
//   L2 bytes      2 * 4 + 8 + 8 KiB | 16 + 16 + 16 KiB: in, clean, out; exact 2 * 4 + 16 + 16 | 16 + 32 + 32
// At 1.6 clocks for an m16n8k16 2,460 | 4,920 clocks a cell, 94 | 47 million a second at most. A patch
// of few channels needs few of these products: a kernel for it alone could do with less.
#include "staged_images.cuh"

namespace {

// Four clean values that lie side by side.
template <bool EXACT>
struct CleanOf {
  using Four = uint2;
};
template <>
struct CleanOf<true> {
  using Four = float4;
};

// EXACT: clean values in float32, and the output split too.
template <int CIN, int COUT, int HIN, int CELLS, int STAGES, bool EXACT>
struct ChangeUpFirst {
  using Cells = StagedImages<4 * CIN, HIN, CELLS, STAGES>;
  static constexpr int kTiles = 2;
  static constexpr int kSteps = 4 * CIN / 16;
  static constexpr int kCellTiles = HIN * HIN / 16;
  static constexpr int kAll = CELLS * kCellTiles;
  static constexpr int kOut = 4 * HIN * HIN * COUT;
  static constexpr int kParts = EXACT ? 2 : 1;       // of an output
  using Clean = typename CleanOf<EXACT>::Four;
  static constexpr int kEight = HIN < 16 ? 32 * COUT : 16 * COUT;

  static_assert(CIN % 16 == 0 && CIN <= 64, "the weights of a warp must fit its registers");
  static_assert(HIN * HIN % 16 == 0 && kAll % kTiles == 0 && COUT % 32 == 0, "whole tiles");

  unsigned high[kSteps][4];
  unsigned low[kSteps][4];
  const ChangeUpParams &p;
  const Cells images;
  int lane, group, py, px;

  PB_DEVICE ChangeUpFirst(const ChangeUpParams &params, unsigned char *shared)
      : p(params), images{(const unsigned char *)params.in, params.base, shared, *params.cells} {
    const int warp = threadIdx.x >> 5;
    lane = threadIdx.x & 31;
    py = warp >> 1 & 1;
    px = warp & 1;
    group = blockIdx.y * 2 + (warp >> 2);
  }

  PB_DEVICE void load_weights() {
    const uint4 *from =
        (const uint4 *)p.weights + ((2 * py + px) * (COUT / 16) + group) * kSteps * 64 + 2 * lane;
#pragma unroll
    for (int k = 0; k < kSteps; k++) {
      const uint4 h = from[k * 64];
      const uint4 l = from[k * 64 + 1];
      high[k][0] = h.x, high[k][1] = h.y, high[k][2] = h.z, high[k][3] = h.w;
      low[k][0] = l.x, low[k][1] = l.y, low[k][2] = l.z, low[k][3] = l.w;
    }
  }

  // Tiles t, t + 1 of a batch that has arrived.
  PB_DEVICE void multiply(int batch, const unsigned char *from, int t) const {
    const unsigned char *row[kTiles];
    unsigned short *out[kTiles];
    Clean clean[kTiles][2];
    bool there[kTiles];
#pragma unroll
    for (int m = 0; m < kTiles; m++) {
      const int c = (t + m) / kCellTiles;
      const int start = (t + m) % kCellTiles * 16;
      there[m] = images.there(batch, c);
      const long long base = there[m] ? Cells::base_of(from, c) : 0;
      const int pixel = start + (lane & 15);
      row[m] = from + c * Cells::kCell + Cells::place(pixel / HIN + py, pixel % HIN + px) + (lane >> 4) * 16;
      const int first = place(start + (lane >> 2));
      const int to = EXACT ? first / COUT * 2 * COUT + first % COUT : first;
      out[m] = p.out + ((long long)batch * CELLS + c) * (kParts * kOut) + to;
      const auto *a = (const Clean *)p.clean + (base * kOut + first) / 4;
      clean[m][0] = a[0];
      clean[m][1] = a[kEight / 4];
    }
    if (!there[0] && !there[1]) return;
    float sums[kTiles][2][4] = {};
    float rest[kTiles][2][4] = {};
#pragma unroll
    for (int k = 0; k < kSteps; k++) {
      unsigned a[kTiles][4], b[kTiles][4];
#pragma unroll
      for (int m = 0; m < kTiles; m++) {
        ldmatrix_x4(a[m], row[m] + offset(k));
        ldmatrix_x4(b[m], row[m] + offset(k) + 2 * CIN);
      }
#pragma unroll
      for (int i = 0; i < 2 * kTiles; i++) mma_bf16_16816(sums[i / 2][i % 2], a[i / 2], &high[k][i % 2 * 2]);
#pragma unroll
      for (int i = 0; i < 2 * kTiles; i++) mma_bf16_16816(rest[i / 2][i % 2], a[i / 2], &low[k][i % 2 * 2]);
#pragma unroll
      for (int i = 0; i < 2 * kTiles; i++) mma_bf16_16816(rest[i / 2][i % 2], b[i / 2], &high[k][i % 2 * 2]);
    }
#pragma unroll
    for (int m = 0; m < kTiles; m++) {
      if (!there[m]) continue;
#pragma unroll
      for (int h = 0; h < 2; h++) {
        const float *sum[2] = {&sums[m][0][2 * h], &sums[m][1][2 * h]};
        const float *more[2] = {&rest[m][0][2 * h], &rest[m][1][2 * h]};
        unsigned short *to = out[m] + h * kParts * kEight;
        if constexpr (EXACT) {
          const float4 &a = clean[m][h];
          uint2 top, bottom;
          split(a.x, a.y, sum[0], more[0], top.x, bottom.x);
          split(a.z, a.w, sum[1], more[1], top.y, bottom.y);
          *(uint2 *)to = top;
          *(uint2 *)(to + COUT) = bottom;
        } else {
          const uint2 &a = clean[m][h];
          *(uint2 *)to = make_uint2(moved(a.x, sum[0], more[0]), moved(a.y, sum[1], more[1]));
        }
      }
    }
  }

  PB_DEVICE static unsigned moved(unsigned clean, const float *sums, const float *rest) {
    const float2 a = unpack_f16(clean);
    return pack_bf16(change_bent(a.x, sums[0] + rest[0]), change_bent(a.y, sums[1] + rest[1]));
  }

  PB_DEVICE static void split(float first, float second, const float *sums, const float *rest, unsigned &high,
                              unsigned &low) {
    change_split_pair(change_bent(first, sums[0] + rest[0]), change_bent(second, sums[1] + rest[1]), high, low);
  }

  // Of step k's 16 inputs of a tap, from the high ones of the first tap's first channel.
  PB_DEVICE static constexpr int offset(int k) {
    const int tap = k / (CIN / 16);
    return Cells::place(tap >> 1, tap & 1) + k % (CIN / 16) * 32;
  }

  // Of a lane's outputs for input pixel `pixel`, in a cell.
  PB_DEVICE int place(int pixel) const {
    const int y = 2 * (pixel / HIN) + py;
    const int x = 2 * (pixel % HIN) + px;
    return (y * 2 * HIN + x) * COUT + group * 16 + (lane & 3) * 4;
  }

  PB_DEVICE void run() {
    images.each([&] { load_weights(); }, [&](int batch, const unsigned char *from) {
#pragma unroll 1
      for (int t = 0; t < kAll; t += kTiles) multiply(batch, from, t);
    });
  }
};

}  // namespace

// Blocks (x: batches, y: 32 outputs).
#define PB_CHANGE_UP_FIRST(name, cin, cout, hin, count, stages, exact)   \
  PB_KERNEL(name, ChangeUpParams, 256, 1) {                              \
    PB_SHARED(bytes);                                                    \
    ChangeUpFirst<cin, cout, hin, count, stages, exact>(p, bytes).run(); \
  }

PB_CHANGE_UP_FIRST(change_up_first_64_64_4, 64, 64, 4, 4, 3, false)
PB_CHANGE_UP_FIRST(change_up_first_64_32_8, 64, 32, 8, 2, 3, false)
PB_CHANGE_UP_FIRST(change_up_exact_64_64_4, 64, 64, 4, 4, 3, true)
PB_CHANGE_UP_FIRST(change_up_exact_64_32_8, 64, 32, 8, 2, 3, true)
