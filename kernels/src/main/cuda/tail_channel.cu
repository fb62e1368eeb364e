// The effect on an image of a patch of one channel, or of a part of one, of what a decoder's last but
// one layer reads: 32 x 16 x 16 through a transposed convolution (k4 s2 p1, to 32 x 32 x 32, rectified)
// and another one (to 64 x 64 x 1, sigmoid). What a patch makes of a unit is as in change_pixels.cu,
// phases and taps as in tail.cuh; all is exact to a few roundings of float32.
//
// Both layers take numbers as two of bf16, 16 bits in all. Of one channel only four taps meet in an
// output, two of a row of the change, so an m16n8k16 product makes 16 pixels of 8 outputs at once: its
// k are the taps (beside, own) of rows v = 0 and 1, for the high and the low part of the weight, and the
// same again for the low part of the change. Its sums stand in the lanes as A fragments of the second
// layer's products, three for one there. What those give to one row of the image is added up over a
// row's pixels by shuffles, so that a cell takes 32 KB of shared memory: plane ky holds it at [y][x].
//
// Operations a cell: 256 products m16n8k16 of the first layer and 768 of the second, 32,768 times 6
// for the rectifier and two parts, 4,096 pixels as in image_change.cuh. With loads and stores about
// 13,500 instructions of a warp, 3,400 clocks of a multiprocessor's four schedulers; beside them the
// products, 1,640 clocks at 1.6, and shared memory at 128 bytes a clock: clean pre-activations 1,024,
// weights 640, taps 512, the rest 400. With one barrier a cell 4,500 clocks are to be expected:
// 51 M cells/s on 132 multiprocessors at 1.75 GHz.
// Bytes a cell: 2,048 of the two channels, 4,096 of weights from the L2, 4 of the result. And once
// per base 131,072 of clean pre-activations and 16,384 of the image: with 32 cells a base 11 KB a
// cell, 270 M cells/s at 3 TB/s; with one cell a base 18 M.
// Products with a direction of each cell's own: of it 16,384 bytes more a cell, from the L1 (28 KB are
// left beside shared memory) where cells that follow each other share it, else from the L2, at 50 M
// cells/s 0.8 TB/s. A sign more for each pixel, loads and their addresses: 250 instructions of 13,500. A
// lane asks for its eight numbers behind a turn's products, while few registers are in use, and needs
// them behind the next barrier. 2 to 5 % slower is to be expected: 48 M cells/s where squares are 51 M.
//
// One block of 16 warps a multiprocessor. Clean pre-activations of a base lie in shared memory, each
// lane's own, and its pixels' sides in registers, as long as the cells of a base follow each other. A
// warp has two rows of one parity, of both parities of columns, and of the image two pairs of rows. In
// turn n it measures the image of cell n - 1, brings cell n through both layers and finds out what cell
// n + 1 changes, each in buffers of its own, so that a turn has one barrier.
#include "tail_channel.cuh"
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
  const float4 *logits;        // [bases][64][16], clean
  float *effect;               // of each cell
  int *skipped;                // of each cell: 1 where nothing changes, else 0; or null
  const int *rows;             // cells
  long long rectifies;
#ifdef PB_PATCH_OP
  PatchCells own;
#endif
};

struct TailChannelProducts : TailChannelParams {
  const float4 *directions;  // [directions][64][16]
  const int *direction;      // of each cell
};

namespace {

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

template <Adds kAdds, class Params>
PB_DEVICE void tail_channel(const Params &p, unsigned char *shared) {
  ChannelRoom &room = *reinterpret_cast<ChannelRoom *>(shared);
  const int begin = (int)((long long)*p.rows * (int)blockIdx.x / (int)gridDim.x);
  const int end = (int)((long long)*p.rows * ((int)blockIdx.x + 1) / (int)gridDim.x);
  if (begin >= end) return;
  const int warp = __shfl_sync(kAll, (int)threadIdx.x >> 5, 0);
  const int lane = (int)threadIdx.x & 31;
  const ChannelStrip strip(warp, lane);

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

  // Of the cell before.
  int base = -1;
  int marks = 0;
  const float4 *logits = nullptr;
  float4 sides[2];
  float4 toward[2] = {};
#pragma unroll 1
  for (int n = 0; ; n++) {
    const int odd = n & 1;
    cp_async_wait<0>();
    __syncthreads();
    if (warp == 0 && n > 1) write_effect<kChannelWarps>(room.sums[odd], p.effect, begin + n - 2);
    if (begin + n > end) return;
    if (n > 0) {
      float sum = 0.0f;
      if (marks != 0) {
#pragma unroll
        for (int i = 0; i < 2; i++) {
          const float4 d = logits_of(room.image[odd ^ 1], strip.pair + i, lane);
          sum = measure_four<kAdds>(sides[i], logits + 32 * i, d, toward[i], sum);
        }
        sum = sum_of_warp(sum);
      }
      // The rectifier would hide it.
      if (lane == 0) room.sums[odd ^ 1][warp] = (marks & kNoNumber) != 0 ? __uint_as_float(0x7fffffffu) : sum;
    }
    if (begin + n == end) continue;
    if (n % kChannelChunk == 0) {
      stage_channel_cells(p, begin + n + kChannelChunk, end, room.cells[(n / kChannelChunk + 1) & 1]);
    }
    const int4 &some = room.marks[odd][0];
    const int4 &rest = room.marks[odd][1];
    marks = some.x | some.y | some.z | some.w | rest.x | rest.y | rest.z | rest.w;
    if (threadIdx.x == 0 && p.skipped != nullptr) p.skipped[begin + n] = marks != 0 ? 0 : 1;
    if (room.cell(n).base != base) {
      base = room.cell(n).base;
      logits = p.logits + (base * 1024ll + strip.pair * 32 + lane);
#pragma unroll
      for (int i = 0; i < 2; i++) sides[i] = sides_of(__ldg(logits + 32 * i));
    }
    [[maybe_unused]] int direction = 0;
    if constexpr (kAdds == Adds::kProducts) direction = __ldg(p.direction + begin + n);
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
    if (marks != 0) channel_rows(strip, room, odd, room.image[odd]);
    if constexpr (kAdds == Adds::kProducts) {
      const float4 *const from = p.directions + (direction * 1024ll + strip.pair * 32 + lane);
#pragma unroll
      for (int i = 0; i < 2; i++) toward[i] = __ldg(from + 32 * i);
    }
    if (renewed != nullptr) renew_active(strip, room, renewed);
    if (more && warp < 8) put_change(room, odd ^ 1, move_unit(p, begin + n + 1, room.cell(n + 1), unit));
    cp_async_commit();
  }
}

}  // namespace

// Where these are compiled for an op of one's own, PB_ONE leaves out those that a program does not
// launch: each takes long.
#if !defined(PB_ONE) || defined(PB_ONE_tail_channel_squares)
PB_KERNEL(tail_channel_squares, TailChannelParams, 512, 1) {
  PB_SHARED(shared);
  tail_channel<Adds::kSquares>(p, shared);
}
#endif
#if !defined(PB_ONE) || defined(PB_ONE_tail_channel_sizes)
PB_KERNEL(tail_channel_sizes, TailChannelParams, 512, 1) {
  PB_SHARED(shared);
  tail_channel<Adds::kSizes>(p, shared);
}
#endif
#if !defined(PB_ONE) || defined(PB_ONE_tail_channel_products)
PB_KERNEL(tail_channel_products, TailChannelProducts, 512, 1) {
  PB_SHARED(shared);
  tail_channel<Adds::kProducts>(p, shared);
}
#endif
