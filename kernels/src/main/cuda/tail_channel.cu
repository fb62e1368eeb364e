// The effect on an image of a patch of one channel, or of a part of one, of what a decoder's last but
// one layer reads: 32 x 16 x 16 through a transposed convolution (k4 s2 p1, to 32 x 32 x 32, rectified)
// and another one (to 64 x 64 x 1, sigmoid). What a patch makes of a unit is as in change_pixels.cu;
// lanes, taps and the image are as in tail.cuh; all is exact to a few roundings of float32.
//
// Both layers take numbers as two of bf16, 16 bits in all. Of one channel only four taps meet in an
// output, two of a row of the change, so an m16n8k16 product makes 16 pixels of 8 outputs at once: its
// k are the taps (beside, own) of rows v = 0 and 1, for the high and the low part of the weight, and the
// same again for the low part of the change. Its sums stand in the lanes as A fragments of the second
// layer's products, three for one there.
//
// Operations a cell: 256 products m16n8k16 of the first layer and 768 of the second, 32,768 times 6
// for the rectifier and two parts, 4,096 pixels as in image_change.cuh. With loads and stores about
// 12,500 instructions of a warp, 3,100 clocks of a multiprocessor's four schedulers; beside them the
// products, 1,640 clocks at 1.6, and shared memory at 128 bytes a clock: clean pre-activations 1,024,
// weights 384, taps 1,024, the rest 400. With two barriers a cell 4,900 clocks are to be expected:
// 47 M cells/s on 132 multiprocessors at 1.75 GHz.
// Bytes a cell: 2,048 of the two channels, 2,048 of weights from the L2, 4 of the result. And once
// per base 131,072 of clean pre-activations and 16,384 of the image: with 32 cells a base 9.2 KB a
// cell, 330 M cells/s at 3 TB/s; with one cell a base 18 M.
//
// One block of 16 warps a multiprocessor. Clean pre-activations of a base lie in shared memory, each
// lane's own, and the image's in registers, as long as the cells of a base follow each other; the
// former are replaced while the last cell of a base goes onto the image. A warp has four rows of a
// phase, and of the image two pairs of rows. What a cell changes is found out while the one before
// it goes through the layers.
#include "patch_cell.cuh"
#include "tail_block.cuh"

struct TailChannelParams {
  const float *clean;          // [bases][32][16][16], before the rectifier if there is one
  const float *sources;        // [sources][32][16][16]
  const int *base;             // of each cell
  const int *source;           // of each cell
  const int *ranges;           // of each cell: the cell, its first unit and the end, within one channel
  const float *numbers;        // of each cell: keep, shift, take, low, high
  const uint4 *weights;        // packed by tail_channel_pack.cu
  const uint4 *image_weights;  // likewise
  const float4 *active;        // likewise, per base
  const float4 *image;         // packed by tail_pack_image, per base
  const float4 *logits;        // likewise
  float *effect;               // of each cell
  int *skipped;                // of each cell: 1 where nothing changes, else 0; or null
  const int *rows;             // cells
  long long rectifies;
#ifdef PB_PATCH_OP
  PatchCells own;
#endif
};

namespace {

constexpr int kChannelWarps = 16;
constexpr int kChannelRows = 4;    // of a warp
constexpr int kChannelChunk = 32;  // cells
constexpr int kPitch = 10;  // of a channel's rows: what eight lanes read of two rows meets each bank once
constexpr int kChannelRoom = 18 * kPitch;  // with a row of zeros before and after
constexpr int kChanges = 1;  // of a cell's marks: some unit moves
constexpr int kNoNumber = 2;  // to what is not a number

PB_DEVICE int channel_of(const PatchCell &cell) { return cell.first >> 8 & 31; }

// Shared memory after the taps.
struct ChannelRoom {
  float4 active[4 * 16 * 4 * 32];  // [phase][row][8 outputs][lane]
  // By px, as A fragments: pairs of a pixel and the one beside it, of columns n and n + 8, their high
  // parts and their low ones.
  uint4 change[2][2][kChannelRoom];
  uint4 weights[2][256];
  uint4 image_weights[128];
  PatchCell cells[2][kChannelChunk];
  int4 marks[2][2];  // of each eighth of a channel
  float sums[kChannelWarps];

  // The cell of turn n.
  PB_DEVICE const PatchCell &cell(int n) const {
    return cells[(n / kChannelChunk) & 1][n % kChannelChunk];
  }
};

PB_DEVICE void stage_channel_cells(const TailChannelParams &p, int at, int end, PatchCell *cells) {
  const int i = (int)threadIdx.x >> 3;
  const int cell = at + i;
  if (i >= kChannelChunk || cell >= end) return;
  stage_cell(p, cell, (int)threadIdx.x & 7, cells[i]);
}

// A thread's unit of a cell's channel, before and in the source.
struct ChannelUnit {
  float own, other;
  bool inside;
};

PB_DEVICE ChannelUnit read_unit(const TailChannelParams &p, const PatchCell &cell) {
  const int unit = channel_of(cell) * 256 + (int)threadIdx.x;
  if (unit < cell.first || unit >= cell.end) return {0.0f, 0.0f, false};
  return {__ldg(p.clean + cell.base * 8192ll + unit), __ldg(p.sources + cell.source * 8192ll + unit), true};
}

PB_DEVICE float move_unit(const TailChannelParams &p, int at, const PatchCell &cell, const ChannelUnit &u) {
  const int unit = channel_of(cell) * 256 + (int)threadIdx.x;
  return u.inside ? patch_moved(p, at, cell, limits(cell), unit, u.own, u.other) : 0.0f;
}

// Eight warps put a cell's change in its place, and mark whether there is any. Of what is too large
// for bf16 too, nothing can be said.
PB_DEVICE void put_change(ChannelRoom &room, int odd, float moved) {
  const int i = (int)threadIdx.x;
  const int x = i & 15;
  const float high = from_bf16(to_bf16(moved));
  const unsigned own = pack_bf16(high, moved - high);
  const unsigned left = __shfl_up_sync(kAll, own, 1);
  const unsigned right = __shfl_down_sync(kAll, own, 1);
#pragma unroll
  for (int px = 0; px < 2; px++) {
    const unsigned beside = px == 0 ? (x == 0 ? 0 : left) : (x == 15 ? 0 : right);
    uint4 &four = room.change[odd][px][((i >> 4) + 1) * kPitch + (x & 7)];
    (x < 8 ? four.x : four.y) = __byte_perm(beside, own, 0x5410);
    (x < 8 ? four.z : four.w) = __byte_perm(beside, own, 0x7632);
  }
  const bool some = __any_sync(kAll, moved != 0.0f);
  const bool lost = __any_sync(kAll, !(fabsf(high) <= kLargest));
  int *const marks = reinterpret_cast<int *>(room.marks[odd]);
  if ((i & 31) == 0) marks[i >> 5] = (some ? kChanges : 0) | (lost ? kNoNumber : 0);
}

// The other eight copy the first layer's weights of a cell's channel.
PB_DEVICE void copy_weights(const TailChannelParams &p, ChannelRoom &room, int odd, int channel) {
  const int i = (int)threadIdx.x - 256;
  cp_async_16(&room.weights[odd][i], p.weights + channel * 256 + i);
}

// Where the pre-activations of a warp's rows are, those of this lane.
PB_DEVICE int active_at(const Strip &strip) { return (strip.phase * 16 + strip.row) * 128 + strip.lane; }

// A warp's rows through both layers.
PB_DEVICE void channel_rows(const Strip &strip, const ChannelRoom &room, int odd, unsigned char *taps) {
  const int g = strip.lane >> 2;
  const int v = strip.lane & 1;
  const uint4 *const from = room.change[odd][strip.phase & 1] + (strip.row + (strip.phase >> 1) + v) * kPitch + g;
  unsigned change[kChannelRows][4];
  float c[kChannelRows][2][4];
#pragma unroll
  for (int r = 0; r < kChannelRows; r++) {
    const uint4 four = from[r * kPitch];
    change[r][0] = four.x;
    change[r][1] = four.y;
    change[r][2] = four.z;
    change[r][3] = four.w;
#pragma unroll
    for (int i = 0; i < 8; i++) c[r][i >> 2][i & 3] = 0.0f;
  }
  const uint4 *const weights = room.weights[odd] + strip.phase * 64 + strip.lane;
  const uint4 *image_weights = room.image_weights + strip.lane;
  const float4 *const active = room.active + active_at(strip);
#pragma unroll
  for (int k = 0; k < 2; k++) {
    const uint4 high = image_weights[32 * k];
    const uint4 low = image_weights[64 + 32 * k];
    const uint4 two = weights[32 * k];
    const unsigned w[2][2] = {{two.x, two.y}, {two.z, two.w}};
    const unsigned first[2] = {high.x, high.y};
    const unsigned second[2] = {high.z, high.w};
    const unsigned first_low[2] = {low.x, low.y};
    const unsigned second_low[2] = {low.z, low.w};
#pragma unroll
    for (int r = 0; r < kChannelRows; r++) {
      unsigned a[4], rest[4];
      // Register i of A: columns 8 (i & 1) further, outputs 8 (i >> 1) further; its halves are two outputs.
#pragma unroll
      for (int h = 0; h < 2; h++) {
        float sums[4] = {0.0f, 0.0f, 0.0f, 0.0f};
        mma_bf16_16816(sums, change[r], w[h]);
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
      mma_bf16_16816(c[r][0], rest, first);
      mma_bf16_16816(c[r][1], rest, second);
      mma_bf16_16816(c[r][0], a, first_low);
      mma_bf16_16816(c[r][1], a, second_low);
      mma_bf16_16816(c[r][0], a, first);
      mma_bf16_16816(c[r][1], a, second);
    }
  }
  unsigned char *const to = taps + strip.taps();
#pragma unroll
  for (int r = 0; r < kChannelRows; r++) {
#pragma unroll
    for (int j = 0; j < 2; j++) {
      const auto &t = c[r][j];
      *reinterpret_cast<float4 *>(to + r * 512 + j * kHalfPlane) = make_float4(t[0], t[1], t[2], t[3]);
    }
  }
}

// Those of a warp's rows and of this lane, of another base.
PB_DEVICE void renew_active(const Strip &strip, ChannelRoom &room, const float4 *renewed) {
  const int at = active_at(strip);
#pragma unroll 1
  for (int i = 0; i < 4 * kChannelRows; i++) cp_async_16(room.active + at + 32 * i, renewed + at + 32 * i);
}

template <bool kSizes>
PB_DEVICE void tail_channel(const TailChannelParams &p, unsigned char *shared) {
  ChannelRoom &room = *reinterpret_cast<ChannelRoom *>(shared + kTaps);
  const int begin = (int)((long long)*p.rows * (int)blockIdx.x / (int)gridDim.x);
  const int end = (int)((long long)*p.rows * ((int)blockIdx.x + 1) / (int)gridDim.x);
  if (begin >= end) return;
  const int warp = __shfl_sync(kAll, (int)threadIdx.x >> 5, 0);
  const int lane = (int)threadIdx.x & 31;
  const Strip strip(warp, kChannelWarps / 4, lane);

  uint4 *const change = &room.change[0][0][0];
  for (int i = (int)threadIdx.x; i < 4 * kChannelRoom; i += 32 * kChannelWarps) change[i] = make_uint4(0, 0, 0, 0);
  if (threadIdx.x < 128) room.image_weights[threadIdx.x] = p.image_weights[threadIdx.x];
  stage_channel_cells(p, begin, end, room.cells[0]);
  __syncthreads();
  renew_active(strip, room, p.active + room.cell(0).base * 8192ll);
  if (warp < 8) {
    put_change(room, 0, move_unit(p, begin, room.cell(0), read_unit(p, room.cell(0))));
  } else {
    copy_weights(p, room, 0, channel_of(room.cell(0)));
  }
  cp_async_commit();

  int held = -1;
  float4 sides[2];
#pragma unroll 1
  for (int n = 0; ; n++) {
    const int odd = n & 1;
    cp_async_wait<0>();
    __syncthreads();
    if (warp == 0 && n > 0) write_effect<kChannelWarps>(room.sums, p.effect, begin + n - 1);
    if (begin + n == end) return;
    if (n % kChannelChunk == 0) {
      stage_channel_cells(p, begin + n + kChannelChunk, end, room.cells[(n / kChannelChunk + 1) & 1]);
    }
    const int4 &some = room.marks[odd][0];
    const int4 &rest = room.marks[odd][1];
    const int marks = some.x | some.y | some.z | some.w | rest.x | rest.y | rest.z | rest.w;
    if (threadIdx.x == 0 && p.skipped != nullptr) p.skipped[begin + n] = marks != 0 ? 0 : 1;
    const int base = room.cell(n).base;
    const unsigned image = (unsigned)base * kFours + strip.pair * 32 + lane;
    if (base != held) {
      held = base;
#pragma unroll
      for (int i = 0; i < 2; i++) sides[i] = __ldg(p.image + (image + i * 32));
    }
    const bool more = begin + n + 1 < end;
    ChannelUnit unit = {0.0f, 0.0f, false};
    const float4 *renewed = nullptr;
    if (more) {
      const PatchCell &next = room.cell(n + 1);
      if (next.base != base) renewed = p.active + next.base * 8192ll;
      if (warp < 8) {
        unit = read_unit(p, next);
      } else {
        copy_weights(p, room, odd ^ 1, channel_of(next));
      }
    }
    if (marks != 0) channel_rows(strip, room, odd, shared);
    if (renewed != nullptr) renew_active(strip, room, renewed);
    if (more && warp < 8) put_change(room, odd ^ 1, move_unit(p, begin + n + 1, room.cell(n + 1), unit));
    __syncthreads();
    float sum = 0.0f;
    if (marks != 0) {
#pragma unroll
      for (int i = 0; i < 2; i++) {
        const float4 d = logits_of_rows(shared, strip.pair + i, lane);
        sum = measure_four<kSizes>(sides[i], p.logits + (image + i * 32), d, sum);
      }
      sum = sum_of_warp(sum);
    }
    // The rectifier would hide it.
    if (lane == 0) room.sums[warp] = (marks & kNoNumber) != 0 ? __uint_as_float(0x7fffffffu) : sum;
    cp_async_commit();
  }
}

}  // namespace

PB_KERNEL(tail_channel_squares, TailChannelParams, 512, 1) {
  PB_SHARED(shared);
  tail_channel<false>(p, shared);
}
PB_KERNEL(tail_channel_sizes, TailChannelParams, 512, 1) {
  PB_SHARED(shared);
  tail_channel<true>(p, shared);
}
