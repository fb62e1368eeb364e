// The tail of a decoder in difference mode as tail_streamed.cu does it, for changes and weights that
// may not be rounded: both layers multiply operands of two bf16 each, high high + low high + high low
// with sums in float32, and the rectifier bends at clean pre-activations in float32.
//
// Operations a cell: 9.44 MFLOP in three products each; 6,144 + 768 m16n8k16, at 1.6 clocks 11,060
// clocks of a multiprocessor: 20.9 M cells/s on 132 of them at 1.75 GHz.
// Bytes a cell: 32,768 of the change from device memory; 131,072 of clean pre-activations and 32,768
// of the image from the L2, which a base's cells share: at 20 M cells/s 3.3 TB/s of the L2. Products
// with a direction read 16,384 bytes of it more, a tenth of that: at most 5 % slower is to be expected.
//
// One block of 8 warps a multiprocessor, which goes as tail_turns.cuh says; each warp takes half of the
// rows of one phase: its weights, high and low, are 128 registers a lane. The clean pre-activations do
// not fit into shared memory; each lane copies those that it will bend at two rows ahead, over the end of
// a cell into the next one. What a turn copies forms a group with the row in which it does: the next
// cell's input with that of row 0, for which the turn's row 2 waits.
#include "tail_split.cuh"
#include "tail_turns.cuh"

namespace {

struct Exact {
  static constexpr int kThreads = 256;
  static constexpr int kActiveBytes = kThreads / 32 * 2 * kExactRow;
  static constexpr int kInputBytes = kSplitTile;
  static constexpr bool kEven = true;
  static constexpr bool kEachCell = true;

  const Strip &strip;
  float4 *const active;  // of row i, four and four of a lane's: rows i and i + 1 by turns
  SplitWeights w;

  PB_DEVICE Exact(const TailParams &p, const Strip &strip, unsigned char *all)
      : strip(strip),
        active(reinterpret_cast<float4 *>(all + ((int)threadIdx.x >> 5) * (2 * kExactRow)) + strip.lane) {
    load_weights(p.weights, strip.phase, strip.lane, w);
  }
  PB_DEVICE void begin(const TailParams &p, int base) {
    for (int i = 0; i < 2; i++) strip.copy_active(p.active, base, i, active + i * 128);
  }
  PB_DEVICE void copy(const TailParams &p, unsigned char *to, int cell) {
    copy_split_tile<kThreads>(to, p.change, cell);
  }
  PB_DEVICE const float4 *row(int i) const {
    cp_async_wait<1>();
    return active + (i & 1) * 128;
  }
  PB_DEVICE void renew(const TailParams &p, int i, int base, int next, bool renews) {
    const bool here = i + 2 < strip.rows;
    if (here || renews) {
      strip.copy_active(p.active, here ? base : next, here ? i + 2 : i + 2 - strip.rows, active + (i & 1) * 128);
    }
    cp_async_commit();
  }
  PB_DEVICE void end() {}
};

}  // namespace

PB_KERNEL(tail_exact_squares, TailParams, 256, 1) {
  PB_SHARED(shared);
  tail_turns<Exact, Adds::kSquares>(p, shared);
}
PB_KERNEL(tail_exact_sizes, TailParams, 256, 1) {
  PB_SHARED(shared);
  tail_turns<Exact, Adds::kSizes>(p, shared);
}
PB_KERNEL(tail_exact_products, TailProducts, 256, 1) {
  PB_SHARED(shared);
  tail_turns<Exact, Adds::kProducts>(p, shared);
}
