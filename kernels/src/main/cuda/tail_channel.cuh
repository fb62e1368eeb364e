// The change of one channel of 16 x 16 pixels through two transposed convolutions, as the warps of
// tail_channel.cu take it: two rows of one parity and both parities of columns each, then pairs of
// rows of the image.
#pragma once

#include "image_change.cuh"
#include "patch_cell.cuh"
#include "tail.cuh"
#include "tail_shared.cuh"

namespace {

constexpr int kChannelWarps = 16;
constexpr int kSumsPlane = 32 * 256 + 32;  // bytes: what four planes store at once meets each bank once
constexpr int kChannelSums = 4 * kSumsPlane;
constexpr int kChannelChunk = 32;  // cells
constexpr int kPitch = 10;  // of a channel's rows: what eight lanes read of two rows meets each bank once
constexpr int kChannelRoom = 18 * kPitch;  // with a row of zeros before and after
constexpr int kChanges = 1;  // of a cell's marks: some unit moves
constexpr int kNoNumber = 2;  // to what is not a number

PB_DEVICE int channel_of(const PatchCell &cell) { return cell.first >> 8 & 31; }

// Shared memory.
struct ChannelRoom {
  unsigned char image[2][kChannelSums];
  float4 active[4 * 16 * 4 * 32];  // [phase][row][8 outputs][lane]
  // By px, as A fragments: pairs of a pixel and the one beside it, of columns n and n + 8, their high
  // parts and their low ones.
  uint4 change[2][2][kChannelRoom];
  uint4 weights[2][256];
  uint4 image_weights[128];
  PatchCell cells[2][kChannelChunk];
  int4 marks[2][2];  // of each eighth of a channel
  float sums[2][kChannelWarps];

  // The cell of turn n.
  PB_DEVICE const PatchCell &cell(int n) const {
    return cells[(n / kChannelChunk) & 1][n % kChannelChunk];
  }
};

static_assert(sizeof(ChannelRoom) == kTailChannelShared, "what the host is told");

// What a warp works on.
struct ChannelStrip {
  int lane, py, row, pair;

  PB_DEVICE ChannelStrip(int warp, int lane) : lane(lane), py(warp & 1), row(warp & ~1), pair(2 * warp) {}
  // Where the pre-activations of its two rows are, those of this lane.
  PB_DEVICE int active(int px) const { return ((2 * py + px) * 16 + row) * 128 + lane; }
};

// What a row of 32 pixels gives to the row of the image that is this lane's ky: sums of its even and
// its odd columns n and n + 8, [kx / 2][kx % 2 + 2 (n + 8)].
PB_DEVICE void put_row(const float (&even)[2][4], const float (&odd)[2][4], int lane, unsigned char *to) {
  const bool first = lane < 4;
  const bool last = lane >= 28;
  const float left[2] = {__shfl_sync(kAll, odd[1][1], (lane + 28) & 31),
                         __shfl_sync(kAll, odd[1][3], (lane + 28) & 31)};
  const float right[2] = {__shfl_sync(kAll, even[0][0], (lane + 4) & 31),
                          __shfl_sync(kAll, even[0][2], (lane + 4) & 31)};
  const float before[2] = {first ? 0.0f : left[0], first ? left[0] : left[1]};
  const float after[2] = {last ? right[1] : right[0], last ? 0.0f : right[1]};
#pragma unroll
  for (int h = 0; h < 2; h++) {
    *reinterpret_cast<float4 *>(to + 128 * h) =
        make_float4(even[0][2 * h + 1] + before[h], even[1][2 * h] + odd[0][2 * h],
                    odd[0][2 * h + 1] + even[1][2 * h + 1], odd[1][2 * h] + after[h]);
  }
}

// A warp's rows through both layers.
PB_DEVICE void channel_rows(const ChannelStrip &strip, const ChannelRoom &room, int cell, unsigned char *image) {
  const int lane = strip.lane;
  const int from = (strip.row + strip.py + (lane & 1)) * kPitch + (lane >> 2);
  unsigned change[2][2][4];
  float c[2][2][2][4];
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const int r = i >> 1;
    const int px = i & 1;
    const uint4 four = room.change[cell][px][from + r * kPitch];
    change[r][px][0] = four.x;
    change[r][px][1] = four.y;
    change[r][px][2] = four.z;
    change[r][px][3] = four.w;
#pragma unroll
    for (int j = 0; j < 8; j++) c[r][px][j >> 2][j & 3] = 0.0f;
  }
  const uint4 *image_weights = room.image_weights + lane;
#pragma unroll
  for (int k = 0; k < 2; k++) {
    const uint4 high = image_weights[32 * k];
    const uint4 low = image_weights[64 + 32 * k];
    const unsigned first[2] = {high.x, high.y};
    const unsigned second[2] = {high.z, high.w};
    const unsigned first_low[2] = {low.x, low.y};
    const unsigned second_low[2] = {low.z, low.w};
#pragma unroll
    for (int px = 0; px < 2; px++) {
      const uint4 two = room.weights[cell][(2 * strip.py + px) * 64 + 32 * k + lane];
      const unsigned w[2][2] = {{two.x, two.y}, {two.z, two.w}};
      const float4 *const active = room.active + strip.active(px);
#pragma unroll
      for (int r = 0; r < 2; r++) {
        unsigned a[4], rest[4];
        // Register i of A: columns 8 (i & 1) further, outputs 8 (i >> 1) further; its halves are two outputs.
#pragma unroll
        for (int h = 0; h < 2; h++) {
          float sums[4] = {0.0f, 0.0f, 0.0f, 0.0f};
          mma_bf16_16816(sums, change[r][px], w[h]);
          const float4 clean = active[r * 128 + (2 * k + h) * 32];
#pragma unroll
          for (int x = 0; x < 2; x++) {
            const float one = bent(x == 0 ? clean.x : clean.z, sums[2 * x]);
            const float two = bent(x == 0 ? clean.y : clean.w, sums[2 * x + 1]);
            const unsigned pair = pack_bf16(one, two);
            const float2 kept = unpack_bf16(pair);
            a[2 * h + x] = pair;
            rest[2 * h + x] = pack_bf16(one - kept.x, two - kept.y);
          }
        }
        mma_bf16_16816(c[r][px][0], rest, first);
        mma_bf16_16816(c[r][px][1], rest, second);
        mma_bf16_16816(c[r][px][0], a, first_low);
        mma_bf16_16816(c[r][px][1], a, second_low);
        mma_bf16_16816(c[r][px][0], a, first);
        mma_bf16_16816(c[r][px][1], a, second);
      }
    }
  }
  unsigned char *const to = image + (lane & 3) * kSumsPlane + (2 * strip.row + strip.py) * 256 + (lane >> 2) * 16;
#pragma unroll
  for (int r = 0; r < 2; r++) put_row(c[r][0], c[r][1], lane, to + 512 * r);
}

// Those of a warp's rows and of this lane, of another base.
PB_DEVICE void renew_active(const ChannelStrip &strip, ChannelRoom &room, const float4 *renewed) {
#pragma unroll 1
  for (int i = 0; i < 16; i++) {
    const int at = strip.active(i >> 3) + 32 * (i & 7);
    cp_async_16(room.active + at, renewed + at);
  }
}

// The change of the logits of four pixels: columns 4 c to 4 c + 3 of row 2 u + odd of lane 16 odd + c.
PB_DEVICE float4 logits_of(const unsigned char *image, int u, int lane) {
  const int odd = lane >> 4;
  const int other = u - 1 + 2 * odd;
  const unsigned char *const at = image + (lane & 15) * 16;
  float4 d = *reinterpret_cast<const float4 *>(at + (1 + odd) * kSumsPlane + u * 256);
  if (other >= 0 && other < 32) {
    const float4 far = *reinterpret_cast<const float4 *>(at + (odd == 0 ? 3 : 0) * kSumsPlane + other * 256);
    d = make_float4(d.x + far.x, d.y + far.y, d.z + far.z, d.w + far.w);
  }
  return d;
}

}  // namespace
