// Squares of an image, through the convolutions of an encoder in shared memory: 16 cells a block, on
// the matrix unit.
//
//   each layer: d = W (x' - x), x' - x = relu(clean + d) - relu(clean), inside of the rectangle that
//   the square reaches; the last change goes on as a row (window; outputs, H, W), zeros around it
//
// Method. A tile of 16 rows is one place of the rectangle in each of the 16 cells, whatever their bases
// and wherever their squares lie; a warp has 16 outputs and up to 8 places, whose sums it keeps. A tap
// that no cell has inside of what came before is passed over, where a single one has none it reads
// zeros: of the taps of small rectangles most are outside. Changes stand in shared memory
// [place][cell][channel / 8][high, low][8]; those that a layer makes take the place of what it read.
// Weights go round three stages by cp.async, 8 KiB at a time, once per group of cells.
// The image's layer takes the squares as they are, the taps of a color 16 deep, its weights from the
// cache. Operands are split in two bf16: high high + high low + low high, the low ones left out where
// operands are rounded.
//
// An 8 x 8 square that begins at a multiple of 8, conv4 (64x64 to 32, 32, 64, 64 channels): 6 x 6,
// 4 x 4, 3 x 3 and 3 x 3 places, and 12 x 12, 8 x 8 and 6 x 6 pairs of a place and a tap:
//   operations    a group 432 + 3 * (1,152 + 1,024 + 1,152) m16n8k16: 651 a cell
//   shared bytes  some 250 per m16n8k16: inputs for 16 outputs at a time, weights for 2 to 4 places
//   L2 bytes      28 KiB of weights a cell, 11 of clean values, 8 of rows that are cleared and written
// At 2 clocks for an m16n8k16, of what shared memory hands out, 1,300 clocks a cell; with half of them
// lost at barriers 80 million cells a second on 132 multiprocessors.
//
// Which way a cell goes, and its bits, depend on that cell and its base alone: a sum takes its taps and
// channels in their order, and zeros change none.
#include "squares_layer.cuh"

// The squares' own changes, [cell][color][8][8].
PB_DEVICE void squares_patch(const ChangeSquares &p, const SquaresRoom &room, float *image) {
  const ChangeCells &c = p.cells;
  const int lane = threadIdx.x % 32;
  const int ranges = *c.range_rows;
  const int w = static_cast<int>(c.layers[0].width);
  const int plane = static_cast<int>(c.layers[0].height) * w;
  for (int n = threadIdx.x / 32; n < kSquares; n += kSquareWarps) {
    const int cell = room.cell[n];
    if (cell < 0) continue;
    const ChangeRect &rect = room.rects[0][n];
    float *to = image + n * squares_pitch(p);
    // Four ranges at a time: those of a square have eight units.
    for (int i = c.covers[4ll * cell + 3] + lane / 8; i < ranges && c.ranges[i].row == cell; i += 4) {
      const ChangeRange range = c.ranges[i];
      for (int unit = range.begin + lane % 8; unit < range.end; unit += 8) {
        const int y = unit % plane / w - rect.y0;
        const int x = unit % w - rect.x0;
        to[(unit / plane * kSquareSide + y) * kSquareSide + x] = change_of_unit(c, cell, unit);
      }
    }
  }
}

// Two taps of the image's layer that lie side by side; zeros outside of the square.
PB_DEVICE float2 squares_taps(const float *color, const ChangeRect &rect, int y, int x) {
  const bool row = y >= 0 && y < rect.height();
  const float *at = color + y * kSquareSide + x;
  return make_float2(row && x >= 0 && x < rect.width() ? at[0] : 0.0f,
                     row && x + 1 >= 0 && x + 1 < rect.width() ? at[1] : 0.0f);
}

// The image's layer: a place and 16 outputs at a time, the places spread over the warps.
PB_DEVICE void squares_image(const ChangeSquares &p, const SquaresRoom &room, const float *image,
                             unsigned char *shared) {
  const RegionLayer &l = p.cells.layers[0];
  const int lane = threadIdx.x % 32;
  const int pairs = static_cast<int>(l.outputs) / 16;
  const int items = room.high[1] * room.wide[1] * pairs;
  const int colors = static_cast<int>(l.channels);
  float4 ahead[2];
  int item = threadIdx.x / 32;
  if (item < items) squares_clean(p, room, 0, item / pairs, item % pairs, ahead);
  for (; item < items; item += kSquareWarps) {
    const int place = item / pairs;
    const int pair = item % pairs;
    const float4 clean[2] = {ahead[0], ahead[1]};
    const int next = item + kSquareWarps;
    if (next < items) squares_clean(p, room, 0, next / pairs, next % pairs, ahead);
    float sums[2][4] = {};
    for (int color = 0; color < colors; color++) {
      unsigned more[4], less[4];
#pragma unroll
      for (int h = 0; h < 2; h++) {
        const int n = (lane >> 2) + 8 * h;
        const ChangeRect &in = room.rects[0][n];
        const ChangeRect &out = room.rects[1][n];
        const int y = 2 * (out.y0 + place / room.wide[1]) - 1 + (lane >> 1 & 1) - in.y0;
        const int x = 2 * (out.x0 + place % room.wide[1]) - 1 + 2 * (lane & 1) - in.x0;
        const float *from = image + n * squares_pitch(p) + color * kSquareSide * kSquareSide;
        const float2 first = squares_taps(from, in, y, x);
        const float2 second = squares_taps(from, in, y + 2, x);
        change_split_pair(first.x, first.y, more[h], less[h]);
        change_split_pair(second.x, second.y, more[h + 2], less[h + 2]);
      }
      const SquaresWeights w(p.weights[0] + (color * pairs + pair) * 1024, lane);
      w.multiply(sums, more);
      w.multiply_low(sums, more);
      w.multiply(sums, less);
    }
#pragma unroll
    for (int h = 0; h < 2; h++) {
      const int n = (lane >> 2) + 8 * h;
      if (!SquaresPixel(room, 0, place, n).is) continue;
      const float4 made = make_float4(sums[0][2 * h], sums[0][2 * h + 1], sums[1][2 * h], sums[1][2 * h + 1]);
      squares_keep(squares_bent(clean[h], made), lane,
                   shared + squares_place(place, n, static_cast<int>(l.outputs), pair));
    }
  }
}

// The cells of a group, their rectangles in each layer, and how large these are at most.
PB_DEVICE void squares_group(const ChangeSquares &p, SquaresRoom &room, int first, int past) {
  const ChangeCells &c = p.cells;
  const int n = threadIdx.x;
  const int layers = static_cast<int>(c.regional);
  if (n < 32) {
    const bool is = n < kSquares && first + n < past;
    const int cell = is ? p.list[first + n] : -1;
    ChangeRect rect = is ? change_kept(c.covers + 4ll * cell).rect : ChangeRect{0, 0, 0, 0};
    if (n == 0) room.first = first;
    if (n < kSquares) {
      room.cell[n] = cell;
      room.base[n] = is ? c.base[cell] : 0;
      room.rects[0][n] = rect;
    }
    for (int i = 0; i < layers; i++) {
      if (is) rect = change_reach(c.layers[i], rect);
      int high = rect.height();
      int wide = rect.width();
      for (int step = 16; step > 0; step /= 2) {
        high = change_most(high, __shfl_xor_sync(0xffffffffu, high, step));
        wide = change_most(wide, __shfl_xor_sync(0xffffffffu, wide, step));
      }
      if (n < kSquares) room.rects[i + 1][n] = rect;
      if (n == 0) {
        room.high[i + 1] = high;
        room.wide[i + 1] = wide;
      }
    }
  }
}

// Cells that each block takes at a time: all blocks take as many turns.
PB_DEVICE int squares_share(const ChangeSquares &p) {
  const int count = *p.count;
  const int blocks = gridDim.x;
  const int turns = change_most(1, (count + blocks * kSquares - 1) / (blocks * kSquares));
  return change_most((count + blocks * turns - 1) / (blocks * turns), kSquares / 2);
}

PB_KERNEL(change_squares, ChangeSquares, 32 * kSquareWarps, 2) {
  PB_SHARED(shared);
  const ChangeCells &c = p.cells;
  SquaresRoom &room = *reinterpret_cast<SquaresRoom *>(shared);
  // Where nothing but the first stage is under way yet.
  float *image = reinterpret_cast<float *>(shared + kSquareRing + kSquareStage);
  const RegionLayer &last = c.layers[c.regional - 1];
  const int size = static_cast<int>(last.outputs) * change_out_height(last) * change_out_width(last);
  for (int i = threadIdx.x; i < kSquareZeros / 4; i += blockDim.x) {
    reinterpret_cast<unsigned *>(room.zeros)[i] = 0;
  }
  for (int first = blockIdx.x * squares_share(p); first < *p.count;
       first = room.first + gridDim.x * squares_share(p)) {
    const int past = change_least(*p.count, first + squares_share(p));
    __syncthreads();
    squares_copy(p, 1, 0, 0, shared);
    squares_group(p, room, first, past);
    for (int i = threadIdx.x; i < kSquares * squares_pitch(p); i += blockDim.x) image[i] = 0.0f;
    float4 *rows = reinterpret_cast<float4 *>(p.carried + 1ll * first * size);
    for (int i = threadIdx.x; i < (past - first) * (size / 4); i += blockDim.x) {
      rows[i] = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    }
    __syncthreads();
    squares_patch(p, room, image);
    __syncthreads();
    squares_image(p, room, image, shared);
    __syncthreads();
    squares_copy(p, 1, squares_steps(c.layers[1]), 1, shared);
    int stage = 0;
    for (int i = 1; i < c.regional; i++) squares_layer(p, room, i, stage, shared);
  }
}
