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

// A layer k4 s2 p1 from h x w x ci to 2h x 2w x co going up, or to h/2 x w/2 x co.
struct Layer {
  int64_t up;
  int64_t h, w, ci, co;
  int64_t act;           // kNone, kRelu, or kSigmoid of an image
  const float *weights;  // packed by propagate_pack
  const float *clean;    // [bases][out h][out w][co], before the activation

  int out_h() const { return static_cast<int>(up ? 2 * h : h / 2); }
  int out_w() const { return static_cast<int>(up ? 2 * w : w / 2); }
  int64_t out_size() const { return int64_t{out_h()} * out_w() * co; }

  // Where the outputs lie that see a rectangle of the inputs.
  Rect reach(const Rect &r) const {
    if (up) {
      return {most(0, 2 * r.y0 - 1), least(out_h(), 2 * r.y1 + 1), most(0, 2 * r.x0 - 1),
              least(out_w(), 2 * r.x1 + 1)};
    }
    return {most(0, (r.y0 - 1) >> 1), least(out_h(), (r.y1 >> 1) + 1), most(0, (r.x0 - 1) >> 1),
            least(out_w(), (r.x1 >> 1) + 1)};
  }
};

// d[y - y0][kMargin + x - x0][channel], rows `row` floats apart; the margins are zero.
struct Change {
  float *d;
  Rect rect;
  int channels;

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

// relu(p + d) - relu(p), exactly d where both are positive.
PB_INLINE vec rectified(vec p, vec d) {
  const vec s = p + d;
  const vec zero = {};
  return select((p > 0.0f) & (s > 0.0f), d, max(zero, s) - max(zero, p));
}

// The taps that one row of output pixels sees: where each begins in the inputs, and its weights.
struct Taps {
  const float *x[16];
  const float *w[16];
  int from[16];  // the output pixels whose input lies inside the rectangle
  int to[16];
  int count;
  ptrdiff_t step;      // x, one output pixel of this row on
  ptrdiff_t channels;  // of the inputs that change
  ptrdiff_t co;        // w, one input channel on
};

// One tap of pixels kFrom .. kTo - 1.
template <int kFrom, int kTo, int P, int V>
PB_INLINE void add_tap(const Taps &t, const float *x, const float *w, vec (&d)[P][V]) {
  const ptrdiff_t step = t.step;
  for (ptrdiff_t c = 0; c < t.channels; c++) {
    vec weight[V];
#pragma GCC unroll 2
    for (int v = 0; v < V; v++) weight[v] = load(w + v * kLanes);
#pragma GCC unroll 8
    for (int p = kFrom; p < kTo; p++) {
      const vec value = broadcast(x[p * step]);
#pragma GCC unroll 2
      for (int v = 0; v < V; v++) d[p][v] = fma(value, weight[v], d[p][v]);
    }
    x++;
    w += t.co;
  }
}

// d[p][v] of P output pixels and V vectors of channels. A tap that does not see the rectangle from
// the first or the last of them leaves that pixel out: it would add zeros.
template <int P, int V>
PB_INLINE void sums(const Taps &t, int at, ptrdiff_t block, vec (&d)[P][V]) {
#pragma GCC unroll 8
  for (int p = 0; p < P; p++) {
#pragma GCC unroll 2
    for (int v = 0; v < V; v++) d[p][v] = vec{};
  }
  for (int tap = 0; tap < t.count; tap++) {
    const float *x = t.x[tap] + at * t.step;
    const float *w = t.w[tap] + block;
    const bool first = t.from[tap] <= at;
    const bool last = t.to[tap] >= at + P;
    if (t.from[tap] >= at + P || t.to[tap] <= at) continue;
    if (first && last) {
      add_tap<0, P>(t, x, w, d);
    } else if (last) {
      add_tap<P == 1 ? 0 : 1, P>(t, x, w, d);
    } else if (first) {
      add_tap<0, P == 1 ? 1 : P - 1>(t, x, w, d);
    } else {
      add_tap<P == 1 ? 0 : 1, P <= 2 ? P : P - 1>(t, x, w, d);
    }
  }
}

template <int P, int V, class Sink>
__attribute__((noinline)) void tile_of(const Taps &t, int at, ptrdiff_t block, Sink &sink) {
  vec d[P][V];
  sums<P, V>(t, at, block, d);
#pragma GCC unroll 8
  for (int p = 0; p < P; p++) {
#pragma GCC unroll 2
    for (int v = 0; v < V; v++) sink.take(at + p, block + v * kLanes, d[p][v]);
  }
}

template <int V, class Sink>
PB_INLINE void block_of(const Taps &t, int pixels, ptrdiff_t block, Sink &sink) {
  int at = 0;
  for (; at + kTile <= pixels; at += kTile) tile_of<kTile, V>(t, at, block, sink);
  switch (pixels - at) {
#if PB_LANES == 16
    case 7: tile_of<7, V>(t, at, block, sink); break;
    case 6: tile_of<6, V>(t, at, block, sink); break;
    case 5: tile_of<5, V>(t, at, block, sink); break;
    case 4: tile_of<4, V>(t, at, block, sink); break;
#endif
    case 3: tile_of<3, V>(t, at, block, sink); break;
    case 2: tile_of<2, V>(t, at, block, sink); break;
    case 1: tile_of<1, V>(t, at, block, sink); break;
    default: break;
  }
}

// `pixels` output pixels of one row; the sink takes each sum by pixel and channel.
template <class Sink>
void row_of(const Taps &t, int pixels, Sink &sink) {
  ptrdiff_t block = 0;
  for (; block + 2 * kLanes <= t.co; block += 2 * kLanes) block_of<2>(t, pixels, block, sink);
  for (; block < t.co; block += kLanes) block_of<1>(t, pixels, block, sink);
}

// Output row y, columns x, x + step, ...: going up one parity at a time, going down all.
PB_INLINE void taps_of(const Layer &l, const Change &in, int first_channel, int y, int x,
                       Taps &t) {
  const Rect &r = in.rect;
  t.count = 0;
  t.channels = in.channels;
  t.co = l.co;
  // `stride`: inputs from one output pixel to the next.
  const auto tap = [&](int iy, int ix, int ky, int kx, int stride) {
    t.x[t.count] = in.at(iy, ix);
    t.w[t.count] = l.weights + ((4 * ky + kx) * l.ci + first_channel) * l.co;
    t.from[t.count] = (r.x0 - ix + stride - 1) / stride;
    t.to[t.count++] = (r.x1 - ix + stride - 1) / stride;
  };
  if (l.up) {
    t.step = in.channels;
    for (int ky = (y + 1) & 1; ky < 4; ky += 2) {
      const int iy = (y + 1 - ky) / 2;
      if (y + 1 < ky || iy < r.y0 || iy >= r.y1) continue;
      for (int kx = (x + 1) & 1; kx < 4; kx += 2) tap(iy, (x + 1 - kx) >> 1, ky, kx, 1);
    }
  } else {
    t.step = static_cast<ptrdiff_t>(2) * in.channels;
    for (int ky = 0; ky < 4; ky++) {
      const int iy = 2 * y - 1 + ky;
      if (iy < r.y0 || iy >= r.y1) continue;
      for (int kx = 0; kx < 4; kx++) tap(iy, 2 * x - 1 + kx, ky, kx, 2);
    }
  }
}

// Every sum of a layer of at least kLanes channels: `begin(y, x, step)` before each run of pixels.
template <class Sink>
void carry(const Layer &l, const Change &in, int first_channel, const Rect &out, Sink &sink) {
  Taps t;
  for (int y = out.y0; y < out.y1; y++) {
    for (int parity = 0; parity < (l.up ? 2 : 1); parity++) {
      const int step = l.up ? 2 : 1;
      const int x = out.x0 + parity;
      if (x >= out.x1) continue;
      taps_of(l, in, first_channel, y, x, t);
      sink.begin(y, x, step);
      row_of(t, (out.x1 - x + step - 1) / step, sink);
    }
  }
}

enum End { kValue = 0, kSquares = 1, kSizes = 2 };

PB_INLINE vec measured(vec sum, vec change, int end) {
  return end == kSquares ? fma(change, change, sum) : sum + abs(change);
}

// Keeps the change of a layer for the next one.
struct Keeping {
  const float *clean;  // of this base
  Change out;
  ptrdiff_t co;
  int width;
  int act;
  const float *from;
  float *to;
  ptrdiff_t step;

  void begin(int y, int x, int pixel_step) {
    from = clean + (static_cast<ptrdiff_t>(y) * width + x) * co;
    to = out.d + (out.at(y, x) - out.d);
    step = pixel_step * co;
  }
  PB_INLINE void take(int pixel, ptrdiff_t channel, vec d) {
    const ptrdiff_t at = pixel * step + channel;
    store(to + at, act == kRelu ? rectified(load(from + at), d) : d);
  }
};

// Writes the last layer's value where it changes.
struct Writing {
  const float *clean;
  float *y;
  ptrdiff_t co;
  int width;
  int act;
  ptrdiff_t origin;
  ptrdiff_t step;

  void begin(int row, int x, int pixel_step) {
    origin = (static_cast<ptrdiff_t>(row) * width + x) * co;
    step = pixel_step * co;
  }
  PB_INLINE void take(int pixel, ptrdiff_t channel, vec d) {
    const ptrdiff_t at = origin + pixel * step + channel;
    const vec value = load(clean + at) + d;
    store(y + at, act == kRelu ? max(vec{}, value) : value);
  }
};

// Adds up the last layer's change.
struct Adding {
  const float *clean;
  ptrdiff_t co;
  int width;
  int act;
  int end;
  vec sum;
  const float *from;
  ptrdiff_t step;

  void begin(int y, int x, int pixel_step) {
    from = clean + (static_cast<ptrdiff_t>(y) * width + x) * co;
    step = pixel_step * co;
  }
  PB_INLINE void take(int pixel, ptrdiff_t channel, vec d) {
    const vec change =
        act == kRelu ? rectified(load(from + pixel * step + channel), d) : d;
    sum = measured(sum, change, end);
  }
};

}  // namespace

#endif
