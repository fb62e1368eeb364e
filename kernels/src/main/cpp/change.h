// The change of a value inside a rectangle of its grid, and how far a layer carries it.
//
// A patch changes few units; what it changes further down is a rectangle that grows layer by layer.
// Only that is computed, and as a change: the layer's clean value, known per base, is read where
// the rectangle lies and added to where a nonlinearity needs it. So the change stays exact to a
// few roundings however small it is beside the value itself.
#ifndef PB_CHANGE_H
#define PB_CHANGE_H

#include "conv_tile.h"
#include "vec_math.h"

namespace {

// Rows y0..y1 and columns x0..x1 of a grid, the ends outside.
struct Rect {
  int y0, y1, x0, x1;

  int height() const { return y1 - y0; }
  int width() const { return x1 - x0; }
};

PB_INLINE int least(int a, int b) { return a < b ? a : b; }
PB_INLINE int most(int a, int b) { return a > b ? a : b; }

// Columns of zeros on both sides of a change, so that no tap asks for the border.
constexpr int kMargin = 3;

// How the operands of the layers' products are held: in slots of 32 bits, so that one broadcast
// feeds one multiply-add per vector of sums.
struct Singles {
  static constexpr int kNumbers = 1;  // in a slot
  static PB_INLINE vec multiply_add(vec value, vec weight, vec sum) {
    return fma(value, weight, sum);
  }
  // Numbers `at`.. of a value whose slots begin at `to`; `at` is a multiple of kLanes.
  static PB_INLINE void keep(float *to, ptrdiff_t at, vec d) { store(to + at, d); }
  static PB_INLINE int64_t slots(int64_t numbers) { return numbers; }
  static PB_INLINE float pair(float low, float) { return low; }
};

enum Kind { kDown = 0, kUp = 1, kLinear = 2 };

// A layer from h x w x ci to out_h x out_w x co: k4 s2 p1, up to twice the size or down to half of
// it, or linear from all to all.
struct Layer {
  int64_t kind;
  int64_t h, w, ci;
  int64_t rows, columns, co;
  int64_t act;           // kNone, kRelu, or kSigmoid of an image
  const float *weights;  // packed by propagate_pack
  const float *clean;    // [bases][rows][columns][co], before the activation

  bool up() const { return kind == kUp; }
  bool linear() const { return kind == kLinear; }
  int out_h() const { return static_cast<int>(rows); }
  int out_w() const { return static_cast<int>(columns); }
  int64_t in_size() const { return h * w * ci; }
  int64_t out_size() const { return rows * columns * co; }

  // Where the outputs lie that see a rectangle of the inputs.
  Rect reach(const Rect &r) const {
    if (up()) {
      return {most(0, 2 * r.y0 - 1), least(out_h(), 2 * r.y1 + 1), most(0, 2 * r.x0 - 1),
              least(out_w(), 2 * r.x1 + 1)};
    }
    return {most(0, (r.y0 - 1) >> 1), least(out_h(), (r.y1 >> 1) + 1), most(0, (r.x0 - 1) >> 1),
            least(out_w(), (r.x1 >> 1) + 1)};
  }
};

// d[y - y0][kMargin + x - x0][channel], rows `row` slots apart; the margins are zero.
struct Change {
  float *d;
  Rect rect;
  int channels;  // slots of a pixel

  ptrdiff_t row() const {
    return static_cast<ptrdiff_t>(rect.width() + 2 * kMargin) * channels;
  }
  // Pixel (y, x), which may lie in a margin.
  const float *at(int y, int x) const {
    return d + (y - rect.y0) * row() + static_cast<ptrdiff_t>(x - rect.x0 + kMargin) * channels;
  }
  void clear_margins() const {
    const size_t bytes = sizeof(float) * kMargin * channels;
    for (int y = 0; y < rect.height(); y++) {
      float *begin = d + y * row();
      __builtin_memset(begin, 0, bytes);
      __builtin_memset(begin + row() - kMargin * channels, 0, bytes);
    }
  }
};

// relu(p + d) - relu(p): of p > 0 the larger of d and -p, else of p + d and 0. Exactly d where both
// are positive.
PB_INLINE vec rectified(vec p, vec d) {
  const vec zero = {};
  return max(min(zero, -p), d + min(zero, p));
}

// The taps that one row of output pixels sees, in pairs that see neighbouring inputs: pixel p takes
// left * x[p] + right * x[p + 1]. Each broadcast serves both.
struct Taps {
  const float *x[8];
  const float *left[8];
  const float *right[8];
  int from[8];  // the inputs that lie inside the rectangle
  int to[8];
  int count;
  ptrdiff_t step;   // x, one output pixel of this row on
  ptrdiff_t slots;  // of the inputs that change
  ptrdiff_t co;     // weights, one slot on
};

// One pair of taps, inputs kFrom .. kTo - 1 of 0 .. P.
template <class E, int kFrom, int kTo, int P, int V>
PB_INLINE void add_pair(const Taps &t, const float *x, const float *left, const float *right,
                        vec (&d)[P][V]) {
  const ptrdiff_t step = t.step;
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

// d[p][v] of P output pixels and V vectors of channels. A first or last input outside the rectangle
// is left out: it would add zeros.
template <class E, int P, int V>
PB_INLINE void sums(const Taps &t, int at, ptrdiff_t block, vec (&d)[P][V]) {
#pragma GCC unroll 8
  for (int p = 0; p < P; p++) {
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) d[p][v] = vec{};
  }
  for (int pair = 0; pair < t.count; pair++) {
    if (t.from[pair] > at + P || t.to[pair] <= at) continue;
    const float *x = t.x[pair] + at * t.step;
    const float *left = t.left[pair] + block;
    const float *right = t.right[pair] + block;
    const bool first = t.from[pair] <= at;
    const bool last = t.to[pair] > at + P;
    if (first && last) {
      add_pair<E, 0, P + 1>(t, x, left, right, d);
    } else if (last) {
      add_pair<E, 1, P + 1>(t, x, left, right, d);
    } else if (first) {
      add_pair<E, 0, P>(t, x, left, right, d);
    } else {
      add_pair<E, 1, P>(t, x, left, right, d);
    }
  }
}

template <class E, int P, int V, class Sink>
__attribute__((noinline)) void tile_of(const Taps &t, int at, ptrdiff_t block, Sink &sink) {
  vec d[P][V];
  sums<E, P, V>(t, at, block, d);
#pragma GCC unroll 8
  for (int p = 0; p < P; p++) {
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) sink.take(at + p, block + v * kLanes, d[p][v]);
  }
}

template <class E, int V, class Sink>
PB_INLINE void block_of(const Taps &t, int pixels, ptrdiff_t block, Sink &sink) {
  int at = 0;
  for (; at + kTile <= pixels; at += kTile) tile_of<E, kTile, V>(t, at, block, sink);
  switch (pixels - at) {
#if PB_LANES == 16
    case 7: tile_of<E, 7, V>(t, at, block, sink); break;
    case 6: tile_of<E, 6, V>(t, at, block, sink); break;
    case 5: tile_of<E, 5, V>(t, at, block, sink); break;
    case 4: tile_of<E, 4, V>(t, at, block, sink); break;
#endif
    case 3: tile_of<E, 3, V>(t, at, block, sink); break;
    case 2: tile_of<E, 2, V>(t, at, block, sink); break;
    case 1: tile_of<E, 1, V>(t, at, block, sink); break;
    default: break;
  }
}

// `pixels` output pixels of one row; the sink takes each sum by pixel and channel. Rows of a few
// pixels fill the registers with more channels.
template <class E, class Sink>
void row_of(const Taps &t, int pixels, Sink &sink) {
  ptrdiff_t block = 0;
#if PB_LANES == 16
  if (pixels <= 4) {
    for (; block + 4 * kLanes <= t.co; block += 4 * kLanes) {
      switch (pixels) {
        case 4: tile_of<E, 4, 4>(t, 0, block, sink); break;
        case 3: tile_of<E, 3, 4>(t, 0, block, sink); break;
        case 2: tile_of<E, 2, 4>(t, 0, block, sink); break;
        default: tile_of<E, 1, 4>(t, 0, block, sink); break;
      }
    }
  }
#endif
  for (; block + 2 * kLanes <= t.co; block += 2 * kLanes) block_of<E, 2>(t, pixels, block, sink);
  for (; block < t.co; block += kLanes) block_of<E, 1>(t, pixels, block, sink);
}

// Output row y, columns x, x + step, ...: going up one parity at a time, going down all.
template <class E>
PB_INLINE void taps_of(const Layer &l, const Change &in, int first_slot, int y, int x, Taps &t) {
  const Rect &r = in.rect;
  const ptrdiff_t tap = E::slots(l.ci) * l.co;
  t.count = 0;
  t.slots = in.channels;
  t.co = l.co;
  // Taps `left` and `right` of kernel row ky, the first at input column ix; `stride`: inputs from
  // one output pixel to the next.
  const auto pair = [&](int iy, int ix, int ky, int left, int right, int stride) {
    const float *weights = l.weights + 4 * ky * tap + first_slot * l.co;
    t.x[t.count] = in.at(iy, ix);
    t.left[t.count] = weights + left * tap;
    t.right[t.count] = weights + right * tap;
    t.from[t.count] = (r.x0 - ix + stride - 1) / stride;
    t.to[t.count++] = (r.x1 - ix + stride - 1) / stride;
  };
  if (l.up()) {
    t.step = in.channels;
    const int kx = (x + 1) & 1;
    for (int ky = (y + 1) & 1; ky < 4; ky += 2) {
      const int iy = (y + 1 - ky) / 2;
      if (y + 1 < ky || iy < r.y0 || iy >= r.y1) continue;
      pair(iy, (x - 1 - kx) >> 1, ky, kx + 2, kx, 1);
    }
  } else {
    t.step = static_cast<ptrdiff_t>(2) * in.channels;
    for (int ky = 0; ky < 4; ky++) {
      const int iy = 2 * y - 1 + ky;
      if (iy < r.y0 || iy >= r.y1) continue;
      for (int kx = 0; kx < 2; kx++) pair(iy, 2 * x - 1 + kx, ky, kx, kx + 2, 2);
    }
  }
}

// Every sum of a convolution of at least kLanes channels: `begin(y, x, step)` before each run of
// pixels.
template <class E, class Sink>
void carry(const Layer &l, const Change &in, int first_slot, const Rect &out, Sink &sink) {
  Taps t;
  for (int y = out.y0; y < out.y1; y++) {
    for (int parity = 0; parity < (l.up() ? 2 : 1); parity++) {
      const int step = l.up() ? 2 : 1;
      const int x = out.x0 + parity;
      if (x >= out.x1) continue;
      taps_of<E>(l, in, first_slot, y, x, t);
      sink.begin(y, x, step);
      row_of<E>(t, (out.x1 - x + step - 1) / step, sink);
    }
  }
}

}  // namespace

#endif
