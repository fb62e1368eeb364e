// A layer of squares after the image's (change_squares.cu): its products, and what is made of its
// sums.
#pragma once

#include "squares_room.cuh"

// 16 inputs by 16 outputs, high and low.
struct SquaresWeights {
  unsigned high[4], low[4];

  PB_DEVICE SquaresWeights(const unsigned char *from, int lane) {
    const uint4 h = *reinterpret_cast<const uint4 *>(from + 16 * lane);
    const uint4 l = *reinterpret_cast<const uint4 *>(from + 512 + 16 * lane);
    high[0] = h.x, high[1] = h.y, high[2] = h.z, high[3] = h.w;
    low[0] = l.x, low[1] = l.y, low[2] = l.z, low[3] = l.w;
  }

  PB_DEVICE void multiply(float (&sums)[2][4], const unsigned (&by)[4]) const {
    mma_bf16_16816(sums[0], by, high);
    mma_bf16_16816(sums[1], by, high + 2);
  }

  PB_DEVICE void multiply_low(float (&sums)[2][4], const unsigned (&by)[4]) const {
    mma_bf16_16816(sums[0], by, low);
    mma_bf16_16816(sums[1], by, low + 2);
  }
};

// Whether the layer makes place `place` in the n-th cell, and where that is.
struct SquaresPixel {
  int y, x;
  bool is;

  PB_DEVICE SquaresPixel(const SquaresRoom &room, int layer, int place, int n) {
    const ChangeRect &rect = room.rects[layer + 1][n];
    const int wide = room.wide[layer + 1];
    y = rect.y0 + place / wide;
    x = rect.x0 + place % wide;
    is = y < rect.y1 && x < rect.x1;
  }
};

// The clean values of a lane's four outputs in its two cells.
PB_DEVICE void squares_clean(const ChangeSquares &p, const SquaresRoom &room, int layer, int place, int pair,
                             float4 (&clean)[2]) {
  const RegionLayer &l = p.cells.layers[layer];
  const int lane = threadIdx.x % 32;
  const int outputs = static_cast<int>(l.outputs);
#pragma unroll
  for (int h = 0; h < 2; h++) {
    const int n = (lane >> 2) + 8 * h;
    const SquaresPixel pixel(room, layer, place, n);
    const long long row = 1ll * room.base[n] * change_out_height(l) + pixel.y;
    const float *from = l.clean + (row * change_out_width(l) + pixel.x) * outputs + 16 * pair + 4 * (lane & 3);
    clean[h] = pixel.is ? *reinterpret_cast<const float4 *>(from) : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
  }
}

PB_DEVICE float4 squares_bent(const float4 &clean, const float4 &sums) {
  return make_float4(change_rectified(clean.x, sums.x), change_rectified(clean.y, sums.y),
                     change_rectified(clean.z, sums.z), change_rectified(clean.w, sums.w));
}

// Where 16 outputs of a cell's pixel lie in shared memory: as eight high and eight low ones and again, or
// as sums that are not yet bent.
PB_DEVICE int squares_place(int place, int n, int channels, int pair) {
  return kSquareChanges + (place * kSquares + n) * squares_pixel(channels) + 64 * pair;
}

// A change that the next layer takes.
PB_DEVICE void squares_keep(const float4 &moved, int lane, unsigned char *pixel) {
  uint2 high, low;
  change_split_pair(moved.x, moved.y, high.x, low.x);
  change_split_pair(moved.z, moved.w, high.y, low.y);
  unsigned char *to = pixel + 32 * (lane >> 1 & 1) + 8 * (lane & 1);
  *reinterpret_cast<uint2 *>(to) = high;
  *reinterpret_cast<uint2 *>(to + 16) = low;
}

// A change of the last layer, in the row that goes on.
PB_DEVICE void squares_carry(const RegionLayer &l, const float4 &moved, int lane, int pair,
                             const SquaresPixel &pixel, float *row) {
  const int plane = change_out_height(l) * change_out_width(l);
  float *to = row + (16 * pair + 4 * (lane & 3)) * plane + pixel.y * change_out_width(l) + pixel.x;
  to[0] = moved.x;
  to[plane] = moved.y;
  to[2 * plane] = moved.z;
  to[3 * plane] = moved.w;
}

// Of the four taps from `at` on, those inside of 0 .. size.
PB_DEVICE int squares_inside(int at, int size) {
  const int from = change_most(0, -at);
  const int to = change_least(4, size - at);
  return from < to ? (1 << to) - (1 << from) : 0;
}

// What a warp does of a layer: 16 outputs of up to eight places.
struct SquaresTask {
  int pair, share, shares, places;

  PB_DEVICE SquaresTask(const SquaresRoom &room, const RegionLayer &l, int layer) {
    const int pairs = static_cast<int>(l.outputs) / 16;
    const int warp = threadIdx.x / 32;
    pair = warp % pairs;
    share = warp / pairs;
    shares = kSquareWarps / pairs;
    const int all = room.high[layer + 1] * room.wide[layer + 1];
    places = all / shares;
    if (place(places) < all) places++;
    if (share >= shares) places = 0;
  }

  // The i-th place; those of a warp lie askew, for those at the edges have fewer taps.
  PB_DEVICE int place(int i) const { return i * shares + (share + i) % shares; }
};

// The sums of a warp's places.
template <bool EXACT>
PB_DEVICE void squares_products(const ChangeSquares &p, const SquaresRoom &room, int layer, const SquaresTask &task,
                                int &stage, unsigned char *shared,
                                float (&sums)[kSquarePlaces][2][4]) {
  const RegionLayer &l = p.cells.layers[layer];
  const int lane = threadIdx.x % 32;
  const int channels = static_cast<int>(l.channels);
  const int row = 64 * static_cast<int>(l.outputs);
  const int pixel = kSquares * squares_pixel(channels);
  const int wide = room.wide[layer];
  const int n = lane & 15;
  const ChangeRect &in = room.rects[layer][n];
  const ChangeRect &out = room.rects[layer + 1][n];
  const int y0 = 2 * out.y0 - 1 - in.y0;
  const int x0 = 2 * out.x0 - 1 - in.x0;
  int at = squares_place(0, n, channels, 0) + (y0 * wide + x0) * pixel + (lane >> 4) * 32;
  // Of each place its taps in any cell and, above, those in this lane's; and how far on the first tap lies,
  // a byte each.
  unsigned taps[kSquarePlaces];
  unsigned apart[kSquarePlaces / 4] = {};
#pragma unroll
  for (int i = 0; i < kSquarePlaces; i++) {
    const int y = task.place(i) / room.wide[layer + 1];
    const int x = task.place(i) % room.wide[layer + 1];
    const bool is = i < task.places && y < out.height() && x < out.width();
    const int rows = is ? squares_inside(2 * y + y0, in.height()) : 0;
    const int columns = squares_inside(2 * x + x0, in.width());
    unsigned own = 0;
#pragma unroll
    for (int ky = 0; ky < 4; ky++) own |= rows >> ky & 1 ? columns << 4 * ky : 0;
    unsigned any = own;
#pragma unroll
    for (int step = 8; step > 0; step /= 2) any |= __shfl_xor_sync(0xffffffffu, any, step);
    taps[i] = own << 16 | any;
    apart[i / 4] |= static_cast<unsigned>(2 * (y * wide + x) & 255) << 8 * (i % 4);
  }
  const int zeros = static_cast<int>(room.zeros - shared);
  const int steps = squares_steps(l);
  int tap = 0;
  int left = channels;
  for (int start = 0; start < channels; start += steps) {
    cp_async_wait<1>();
    __syncthreads();
    squares_copy(p, layer, start + 2 * steps, stage == 0 ? kSquareStages - 1 : stage - 1, shared);
    int weights = kSquareRing + stage * kSquareStage + task.pair * 1024;
    const int end = weights + steps * row;
#pragma unroll 1
    for (; weights < end; weights += row) {
      const SquaresWeights w(shared + weights, lane);
#pragma unroll
      for (int i = 0; i < kSquarePlaces; i++) {
        if ((taps[i] >> tap & 1) == 0) continue;
        const int place = static_cast<int>(apart[i / 4] >> 8 * (i % 4) & 255) * pixel;
        const unsigned char *from = shared + (taps[i] >> (16 + tap) & 1 ? at + place : zeros);
        unsigned more[4];
        ldmatrix_x4(more, from);
        w.multiply(sums[i], more);
        if (EXACT) {
          w.multiply_low(sums[i], more);
          unsigned less[4];
          ldmatrix_x4(less, from + 16);
          w.multiply(sums[i], less);
        }
      }
      at += 64;
      left -= 16;
      if (left == 0) {
        left = channels;
        tap++;
        at += (tap % 4 > 0 ? 1 : room.wide[layer] - 3) * pixel - 4 * channels;
      }
    }
    stage = stage + 1 == kSquareStages ? 0 : stage + 1;
  }
}

PB_DEVICE void squares_layer(const ChangeSquares &p, const SquaresRoom &room, int layer, int &stage,
                             unsigned char *shared) {
  const RegionLayer &l = p.cells.layers[layer];
  const int lane = threadIdx.x % 32;
  const int outputs = static_cast<int>(l.outputs);
  const SquaresTask task(room, l, layer);
  {
    float sums[kSquarePlaces][2][4] = {};
    if (l.rounds) {
      squares_products<false>(p, room, layer, task, stage, shared, sums);
    } else {
      squares_products<true>(p, room, layer, task, stage, shared, sums);
    }
    __syncthreads();
#pragma unroll
    for (int i = 0; i < kSquarePlaces; i++) {
      if (i >= task.places) break;
#pragma unroll
      for (int h = 0; h < 2; h++) {
        const int at = squares_place(task.place(i), (lane >> 2) + 8 * h, outputs, task.pair) + 16 * (lane & 3);
        *reinterpret_cast<float4 *>(shared + at) =
            make_float4(sums[i][0][2 * h], sums[i][0][2 * h + 1], sums[i][1][2 * h], sums[i][1][2 * h + 1]);
      }
    }
  }
  const bool ends = layer + 1 == p.cells.regional;
  const bool bends = l.activation != kChangeNone;
  const long long size = l.outputs * change_out_height(l) * change_out_width(l);
  float4 ahead[2];
  if (task.places > 0) squares_clean(p, room, layer, task.place(0), task.pair, ahead);
#pragma unroll 1
  for (int i = 0; i < task.places; i++) {
    const int place = task.place(i);
    const float4 clean[2] = {ahead[0], ahead[1]};
    if (i + 1 < task.places) squares_clean(p, room, layer, task.place(i + 1), task.pair, ahead);
    float4 sums[2];
#pragma unroll
    for (int h = 0; h < 2; h++) {
      const int at = squares_place(place, (lane >> 2) + 8 * h, outputs, task.pair) + 16 * (lane & 3);
      sums[h] = *reinterpret_cast<const float4 *>(shared + at);
    }
    __syncwarp();
#pragma unroll
    for (int h = 0; h < 2; h++) {
      const int n = (lane >> 2) + 8 * h;
      const SquaresPixel pixel(room, layer, place, n);
      if (!pixel.is) continue;
      const float4 moved = bends ? squares_bent(clean[h], sums[h]) : sums[h];
      if (ends) {
        squares_carry(l, moved, lane, task.pair, pixel, p.carried + (room.first + n) * size);
      } else {
        squares_keep(moved, lane, shared + squares_place(place, n, outputs, task.pair));
      }
    }
  }
}
