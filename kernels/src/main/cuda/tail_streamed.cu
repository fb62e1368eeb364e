// The tail of a decoder in difference mode: the change of 16 x 16 x 32 units goes through a
// transposed convolution (k4 s2 p1, to 32 x 32 x 32, rectified) and another one (to 64 x 64 x colors,
// sigmoid), and of the image's change only the sum of squares (or of sizes) is written: 4 bytes a
// cell. Neither the 32 x 32 x 32 activation nor the image reaches device memory. tail.cuh says how.
//
// Operations a cell, colors = 1: 2 x 4,194,304 + 2 x 524,288 of multiply-adds, 9.44 MFLOP (with the
// borders; 8.89 inside the image): 2,816 m16n8k16 products, since the second layer keeps 16 bits of its
// operands (three products for one). A multiprocessor ends one in at best 1.6 clocks by mma.sync, so
// 4,510 clocks a cell; 132 of them at 1.75 GHz: 51 M cells/s.
// Bytes a cell: 16,384 of the change, and per base 65,536 of clean pre-activations and 32,768 of the
// image, which stay in shared memory and the L2 while the cells of a base follow each other: with
// many cells a base 16.4 KB a cell, 183 M cells/s at 3 TB/s; with one cell a base 26 M.
// Products with a direction of each cell's own: 16,384 bytes of it more from the L2, as many as of the
// image's sides, at 25 M cells/s 0.8 TB/s with these; asked for a row of products ahead. For signs, loads
// and addresses 300 instructions of 19,000 more: 2 % slower is to be expected.
// Shared memory, the other bound, in 128-byte clocks a cell: ldmatrix 1,280, taps 1,024, clean
// pre-activations 512, shuffles 128, the tile 128: about 3,100.
//
// One block of 12 warps a multiprocessor, which goes as tail_turns.cuh says; each warp takes a third of
// the rows of one phase. The clean pre-activations of a base lie in shared memory, each lane's own, and
// are replaced row by row while the last cell of the base is worked on.
#include "tail_turns.cuh"

namespace {

struct Streamed {
  static constexpr int kThreads = 384;
  static constexpr int kActiveBytes = 64 * kActiveRow;
  static constexpr int kInputBytes = kTileRoom;
  static constexpr bool kEven = false;
  static constexpr bool kEachCell = false;

  const Strip &strip;
  uint4 *const active;
  Weights w;

  PB_DEVICE Streamed(const TailParams &p, const Strip &strip, unsigned char *all)
      : strip(strip),
        active(reinterpret_cast<uint4 *>(all + (strip.phase * 16 + strip.row) * kActiveRow) + strip.lane) {
    load_weights(p.weights, strip.phase, strip.lane, w);
  }
  PB_DEVICE void begin(const TailParams &p, int base) {
#pragma unroll 1
    for (int i = 0; i < strip.rows; i++) strip.copy_active(p.active, base, i, active + i * 64);
  }
  PB_DEVICE void copy(const TailParams &p, unsigned char *to, int cell) { copy_tile<kThreads>(to, p.change, cell); }
  PB_DEVICE const uint4 *row(int i) const { return active + i * 64; }
  PB_DEVICE void renew(const TailParams &p, int i, int, int next, bool renews) {
    if (renews) strip.copy_active(p.active, next, i, active + i * 64);
  }
  PB_DEVICE void end() {
    cp_async_commit();
    cp_async_wait<0>();
  }
};

}  // namespace

PB_KERNEL(tail_streamed_squares, TailParams, 384, 1) {
  PB_SHARED(shared);
  tail_turns<Streamed, Adds::kSquares>(p, shared);
}
PB_KERNEL(tail_streamed_sizes, TailParams, 384, 1) {
  PB_SHARED(shared);
  tail_turns<Streamed, Adds::kSizes>(p, shared);
}
PB_KERNEL(tail_streamed_products, TailProducts, 384, 1) {
  PB_SHARED(shared);
  tail_turns<Streamed, Adds::kProducts>(p, shared);
}
