// A convolution of the change inside a rectangle, from many channels to many.
//
// Operations: 2 * taps that lie in the rectangle * channels in * channels out, for each output pixel
// that sees it.
#ifndef PB_CHANGE_CONV_H
#define PB_CHANGE_CONV_H

#include "change.h"

namespace {

// Two taps that see neighbouring inputs: pixel p of a row takes left * x[p] + right * x[p + 1]. Each
// broadcast serves both.
struct Pair {
  const float *x;
  const float *left;
  const float *right;
  int from;  // the inputs that lie inside the rectangle
  int to;
};

// How far apart things lie for all pairs of a row.
struct Steps {
  ptrdiff_t pixel;  // x, one output pixel of this row on
  ptrdiff_t slots;  // of the inputs that change
  ptrdiff_t co;     // weights, one slot on
};

// Inputs kFrom .. kTo - 1 of 0 .. P.
template <class E, int kFrom, int kTo, int P, int V>
PB_INLINE void add_inputs(const Steps &t, const float *x, const float *left, const float *right,
                          vec (&d)[P][V]) {
  const ptrdiff_t step = t.pixel;
  for (ptrdiff_t c = 0; c < t.slots; c++) {
    vec a[V];
    vec b[V];
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) {
      a[v] = load(left + v * kLanes);
      b[v] = load(right + v * kLanes);
    }
#pragma GCC unroll 16
    for (int q = kFrom; q < kTo; q++) {
      const vec value = broadcast(x[q * step]);
#pragma GCC unroll 4
      for (int v = 0; v < V; v++) {
        if (q < P) d[q][v] = E::multiply_add(value, a[v], d[q][v]);
        if (q > 0) d[q - 1][v] = E::multiply_add(value, b[v], d[q - 1][v]);
      }
    }
    x++;
    left += t.co;
    right += t.co;
  }
}

// Inputs kFrom .. of which those before `to` lie in the rectangle.
template <class E, int kFrom, int P, int V>
PB_INLINE void add_until(const Steps &t, int to, const float *x, const float *left,
                         const float *right, vec (&d)[P][V]) {
  if (to > P) {
    add_inputs<E, kFrom, P + 1>(t, x, left, right, d);
  } else if (to == P || P > 4) {
    add_inputs<E, kFrom, P>(t, x, left, right, d);
  } else {
    add_inputs<E, kFrom, P - 1>(t, x, left, right, d);
  }
}

// Adds a pair to pixels `at`.. of a row and channels `block`... Inputs outside the rectangle are left
// out, one on either side, and two where a tile has few pixels: they would add zeros.
template <class E, int P, int V>
PB_INLINE void add_pair(const Steps &t, const Pair &pair, int at, ptrdiff_t block,
                        vec (&d)[P][V]) {
  const int from = pair.from - at;
  const int to = pair.to - at;
  if (from > P || to <= 0) return;
  const float *x = pair.x + at * t.pixel;
  const float *left = pair.left + block;
  const float *right = pair.right + block;
  if (from <= 0) {
    add_until<E, 0>(t, to, x, left, right, d);
  } else if (from == 1 || P > 4) {
    add_until<E, 1>(t, to, x, left, right, d);
  } else {
    add_until<E, 2>(t, to, x, left, right, d);
  }
}

// A number that is known where a template is compiled.
template <int N>
struct Constant {
  static constexpr int k = N;
};

// f(V, block) for blocks of V vectors of the channels. Rows of a few pixels fill the registers with
// more channels.
template <class F>
PB_INLINE void each_block(int pixels, ptrdiff_t co, F f) {
  ptrdiff_t block = 0;
  if (PB_LANES == 16 && pixels <= 4) {
    for (; block + 4 * kLanes <= co; block += 4 * kLanes) f(Constant<4>{}, block);
  }
  for (; block + 2 * kLanes <= co; block += 2 * kLanes) f(Constant<2>{}, block);
  for (; block < co; block += kLanes) f(Constant<1>{}, block);
}

// f(P, at) for tiles of P of the pixels of a row, as many as registers hold of V vectors each.
template <int V, class F>
PB_INLINE void each_tile(int pixels, F f) {
  int at = 0;
  if constexpr (V <= 2) {
    for (; at + kTile <= pixels; at += kTile) f(Constant<kTile>{}, at);
#if PB_LANES == 16
    switch (pixels - at) {
      case 7: return f(Constant<7>{}, at);
      case 6: return f(Constant<6>{}, at);
      case 5: return f(Constant<5>{}, at);
      default: break;
    }
#endif
  }
  switch (pixels - at) {
#if PB_LANES == 16
    case 4: return f(Constant<4>{}, at);
#endif
    case 3: return f(Constant<3>{}, at);
    case 2: return f(Constant<2>{}, at);
    case 1: return f(Constant<1>{}, at);
    default: return;
  }
}

// The pair of taps `left` and `right` of kernel row ky, the first at input (iy, ix); `stride`: inputs
// from one output pixel to the next.
template <class E>
PB_INLINE Pair pair_of(const Layer &l, const Change &in, int first_slot, int iy, int ix, int ky,
                       int left, int right, int stride) {
  const ptrdiff_t tap = E::slots(l.ci) * l.co;
  const float *weights = l.weights + 4 * ky * tap + first_slot * l.co;
  return {in.at(iy, ix), weights + left * tap, weights + right * tap,
          (in.rect.x0 - ix + stride - 1) / stride, (in.rect.x1 - ix + stride - 1) / stride};
}

template <class E, int P, int V, class Sink>
__attribute__((noinline)) void tile_of(const Steps &t, const Pair *pairs, int count, int at,
                                       ptrdiff_t block, Sink &sink) {
  vec d[P][V];
#pragma GCC unroll 8
  for (int p = 0; p < P; p++) {
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) d[p][v] = vec{};
  }
  for (int i = 0; i < count; i++) add_pair<E>(t, pairs[i], at, block, d);
#pragma GCC unroll 8
  for (int p = 0; p < P; p++) {
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) sink.take(at + p, block + v * kLanes, d[p][v]);
  }
}

// `pixels` output pixels of one row; the sink takes each sum by pixel and channel.
template <class E, class Sink>
void row_of(const Steps &t, const Pair *pairs, int count, int pixels, Sink &sink) {
  each_block(pixels, t.co, [&](auto v, ptrdiff_t block) {
    each_tile<v.k>(pixels, [&](auto p, int at) {
      tile_of<E, p.k, v.k>(t, pairs, count, at, block, sink);
    });
  });
}

// Going up: the columns of one parity of one row at a time see the same taps.
template <class E, class Sink>
void carry_up(const Layer &l, const Change &in, int first_slot, const Rect &out, Sink &sink) {
  const Steps t = {in.channels, in.channels, l.co};
  for (int y = out.y0; y < out.y1; y++) {
    for (int x = out.x0; x < least(out.x0 + 2, out.x1); x++) {
      const int kx = (x + 1) & 1;
      Pair pairs[2];
      int count = 0;
      for (int ky = (y + 1) & 1; ky < 4; ky += 2) {
        const int iy = (y + 1 - ky) / 2;
        if (y + 1 < ky || iy < in.rect.y0 || iy >= in.rect.y1) continue;
        pairs[count++] = pair_of<E>(l, in, first_slot, iy, (x - 1 - kx) >> 1, ky, kx + 2, kx, 1);
      }
      sink.begin(y, x, 2);
      row_of<E>(t, pairs, count, (out.x1 - x + 1) / 2, sink);
    }
  }
}

// Going down from a few slots: row by row.
template <class E, class Sink>
void carry_down(const Layer &l, const Change &in, int first_slot, const Rect &out, Sink &sink) {
  const Steps t = {2 * in.channels, in.channels, l.co};
  for (int y = out.y0; y < out.y1; y++) {
    Pair pairs[8];
    int count = 0;
    for (int ky = 0; ky < 4; ky++) {
      const int iy = 2 * y - 1 + ky;
      if (iy < in.rect.y0 || iy >= in.rect.y1) continue;
      for (int kx = 0; kx < 2; kx++) {
        pairs[count++] = pair_of<E>(l, in, first_slot, iy, 2 * out.x0 - 1 + kx, ky, kx, kx + 2, 2);
      }
    }
    sink.begin(y, out.x0, 1);
    row_of<E>(t, pairs, count, out.width(), sink);
  }
}

template <class E, int P, int V>
__attribute__((noinline)) void tile_more(const Steps &t, const Pair &pair, int at, ptrdiff_t block,
                                         float *sums) {
  vec d[P][V];
#pragma GCC unroll 8
  for (int p = 0; p < P; p++) {
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) d[p][v] = load(sums + p * t.co + v * kLanes);
  }
  add_pair<E>(t, pair, at, block, d);
#pragma GCC unroll 8
  for (int p = 0; p < P; p++) {
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) store(sums + p * t.co + v * kLanes, d[p][v]);
  }
}

// Slots from which on carry_down_by_taps is the quicker one.
constexpr int kManySlots = 8;

// Going down from many slots: tap by tap, so that the rows that see a tap find its weights in the
// first-level cache. The sums of all pixels lie in memory meanwhile, and each grows in the order of
// carry_down.
template <class E, class Sink>
void carry_down_by_taps(const Layer &l, const Change &in, int first_slot, const Rect &out,
                        float *sums, Sink &sink) {
  const Steps t = {2 * in.channels, in.channels, l.co};
  const int pixels = out.width();
  const ptrdiff_t row = pixels * l.co;
  __builtin_memset(sums, 0, sizeof(float) * row * out.height());
  each_block(pixels, l.co, [&](auto v, ptrdiff_t block) {
    for (int tap = 0; tap < 8; tap++) {
      const int ky = tap / 2;
      const int kx = tap % 2;
      for (int y = out.y0; y < out.y1; y++) {
        const int iy = 2 * y - 1 + ky;
        if (iy < in.rect.y0 || iy >= in.rect.y1) continue;
        const Pair pair = pair_of<E>(l, in, first_slot, iy, 2 * out.x0 - 1 + kx, ky, kx, kx + 2, 2);
        float *to = sums + (y - out.y0) * row + block;
        each_tile<v.k>(pixels, [&](auto p, int at) {
          tile_more<E, p.k, v.k>(t, pair, at, block, to + at * l.co);
        });
      }
    }
  });
  for (int y = out.y0; y < out.y1; y++) {
    sink.begin(y, out.x0, 1);
    for (int p = 0; p < pixels; p++) {
      for (ptrdiff_t c = 0; c < l.co; c += kLanes) {
        sink.take(p, c, load(sums + (y - out.y0) * row + p * l.co + c));
      }
    }
  }
}

// Every sum of a convolution of at least kLanes channels: `begin(y, x, step)` before each run of
// pixels. `sums`: room for all of them.
template <class E, class Sink>
void carry(const Layer &l, const Change &in, int first_slot, const Rect &out, float *sums,
           Sink &sink) {
  if (l.up()) {
    carry_up<E>(l, in, first_slot, out, sink);
  } else if (in.channels < kManySlots || out.height() == 1) {
    carry_down<E>(l, in, first_slot, out, sink);
  } else {
    carry_down_by_taps<E>(l, in, first_slot, out, sums, sink);
  }
}

}  // namespace

#endif
