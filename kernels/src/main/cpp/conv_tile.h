// The register tile that both directions of the k4 s2 p1 convolution share.
//
// Along a row, both are sums of convolutions with two taps and stride 1 over pixels `step` floats
// apart:  left:  out[j] += B x[j - 1] + A x[j]      right:  out[j] += A x[j] + B x[j + 1]
// Going up, an output column of even x is a left pair and one of odd x a right pair of the small
// grid; going down, the odd columns of the large grid make a left pair (kx = 0, 2) and the even
// ones a right pair (kx = 1, 3). Packed weights: for each input channel the V vectors of A, then
// those of B.
//
// A tile of P pixels and V vectors of output channels keeps P * V accumulators in registers. Each
// broadcast input serves both taps: per channel P + 1 broadcasts and 2 V loads for 2 P V fused
// multiply-adds; at 8 x 2 that is 13 loads for 32 operations. That matters: the machines measured
// do two 512-bit multiply-adds a cycle but only 1.1 to 1.4 512-bit loads beside them.
//
// Nothing is stored around the image. The first pixel of a row has no left neighbour, the last no
// right one; these are compile-time variants, so no multiplication is spent on a border.
// Each accumulator sees bias, then kernel rows, pairs, channels and taps in one order in every
// variant: a pixel's bits depend neither on the tile it fell into nor on the other samples.
#ifndef PB_CONV_TILE_H
#define PB_CONV_TILE_H

#include "vec.h"

namespace {

// Pixels per tile; narrower tiles finish a row.
constexpr int kTile = PB_LANES == 16 ? 8 : 4;
// Samples that share a tile where the map is only 4 pixels wide.
constexpr int kShared = PB_LANES == 16 ? 3 : 1;
// Output channels per packed block.
constexpr int kBlock = 2 * kLanes;

enum Activation { kNone = 0, kRelu = 1, kLeaky = 2, kSigmoid = 3, kTanh = 4 };
enum Pairs { kLeft, kRight, kBoth };

// What is constant while a layer runs; distances in floats.
struct Tiling {
  ptrdiff_t channels;  // of the input
  ptrdiff_t step;      // x, one pixel of a pair's grid on
  ptrdiff_t row;       // x, one kernel row down
  ptrdiff_t sample;    // x, one sample on
  ptrdiff_t y_step;    // y, one output pixel of this tile on
  ptrdiff_t y_sample;  // y, one sample on
  int act;             // kNone, kRelu or kLeaky
  float alpha;
};

// Channels read at run time, or known to the compiler (images: the loops unroll).
struct Free {
  static constexpr bool kShares = true;
  static constexpr bool kAhead = true;
  static PB_INLINE ptrdiff_t channels(const Tiling &t) { return t.channels; }
  static PB_INLINE ptrdiff_t step(const Tiling &t) { return t.step; }
};
template <int kChannels>
struct Image {
  static constexpr bool kShares = false;
  static constexpr bool kAhead = false;
  static PB_INLINE ptrdiff_t channels(const Tiling &) { return kChannels; }
  static PB_INLINE ptrdiff_t step(const Tiling &) { return 2 * kChannels; }
};

// One pair of taps; `edge`: the neighbour beyond the tile does not exist.
template <int S, int C, int V, bool left, bool edge>
PB_INLINE void pair(vec (&acc)[S * C][V], const float *x, const float *w, ptrdiff_t channels,
                    ptrdiff_t step, ptrdiff_t sample) {
  constexpr int from = left && !edge ? -1 : 0;
  constexpr int to = !left && !edge ? C + 1 : C;
  constexpr int shift = left ? 1 : -1;
#pragma GCC unroll 2
  for (ptrdiff_t k = 0; k < channels; k++) {
    vec a[V];
    vec b[V];
#pragma GCC unroll 2
    for (int v = 0; v < V; v++) {
      a[v] = load(w + v * kLanes);
      b[v] = load(w + (V + v) * kLanes);
    }
#pragma GCC unroll 4
    for (int s = 0; s < S; s++) {
#pragma GCC unroll 16
      for (int q = from; q < to; q++) {
        const vec value = broadcast(x[s * sample + q * step]);
        const int other = q + shift;
#pragma GCC unroll 2
        for (int v = 0; v < V; v++) {
          if (q >= 0 && q < C) acc[s * C + q][v] = fma(value, a[v], acc[s * C + q][v]);
          if (other >= 0 && other < C) {
            acc[s * C + other][v] = fma(value, b[v], acc[s * C + other][v]);
          }
        }
      }
    }
    x++;
    w += 2 * V * kLanes;
  }
}

PB_INLINE vec activate(vec v, int act, float alpha) {
  // In this order NaN goes through.
  if (act == kRelu) return max(vec{}, v);
  if (act == kLeaky) return select(v < 0.0f, alpha * v, v);
  return v;
}

PB_INLINE vec gated(vec v, vec gate, float alpha) { return select(gate > 0.0f, v, alpha * v); }

// Stores a tile pixel after pixel. The empty asm keeps the compiler from working out all addresses
// before the first store, which took longer than the stores.
template <int S, int C, int V, class Finish>
PB_INLINE void store_tile(const Tiling &t, vec (&acc)[S * C][V], float *y, Finish finish) {
  // Copies: the compiler must take it that a store to y may change t.
  const ptrdiff_t step = t.y_step;
  const ptrdiff_t next = t.y_sample - C * step;
  ptrdiff_t at = 0;
#pragma GCC unroll 4
  for (int s = 0; s < S; s++) {
#pragma GCC unroll 16
    for (int p = 0; p < C; p++) {
#pragma GCC unroll 2
      for (int v = 0; v < V; v++) {
        store(y + at + v * kLanes, finish(acc[s * C + p][v], at + v * kLanes));
      }
      at += step;
      asm("" : "+r"(at));
    }
    at += next;
  }
}

// The next row of tiles meets two new rows of x. Asked for while this one is multiplied, a quarter
// at each kernel row, they are near when it comes; the processor does not guess them, as a channel
// of neighbouring pixels lies lines apart and a row of 16 or 32 channels ends at a page. `floats`:
// of a row, under this tile. What lies beyond the last row is asked for in vain.
PB_INLINE void ask_for_next_rows(const Tiling &t, const float *x, int r, ptrdiff_t floats) {
  const float *from = x + t.row * (4 - r + r / 2) + floats / 2 * (r % 2);
  ask_for<kSecondLevel>(from, floats / 2);
}

// What the epilogue will read of the gate, asked for before the multiplications.
template <int S, int C, int V>
PB_INLINE void ask_for_gate(const Tiling &t, const float *gate) {
#pragma GCC unroll 4
  for (int s = 0; s < S; s++) {
#pragma GCC unroll 16
    for (int p = 0; p < C; p++) {
      ask_for<kFirstLevel>(gate + s * t.y_sample + p * t.y_step, V * kLanes);
    }
  }
}

// S samples x C pixels x V vectors; `first` and `last`: the tile holds the row's ends. x is the
// tile's first pixel in the first kernel row inside the image: of the pair's grid, going down of
// the even columns. `rows` kernel rows are inside.
template <class G, Pairs pairs, int S, int C, int V, bool first, bool last>
__attribute__((noinline)) void tile(const Tiling &t, const float *x, const float *w, int rows,
                                    const float *bias, const float *gate, float *y) {
  if (gate != nullptr) ask_for_gate<S, C, V>(t, gate);
  vec acc[S * C][V];
#pragma GCC unroll 2
  for (int v = 0; v < V; v++) {
    const vec start = bias == nullptr ? vec{} : load(bias + v * kLanes);
#pragma GCC unroll 16
    for (int p = 0; p < S * C; p++) acc[p][v] = start;
  }
  const ptrdiff_t channels = G::channels(t);
  const ptrdiff_t step = G::step(t);
  const ptrdiff_t weights = 2 * channels * V * kLanes;
  for (int r = 0; r < rows; r++) {
    if (G::kAhead && pairs == kBoth) ask_for_next_rows(t, x, r, C * step);
    if (pairs != kRight) {
      const float *from = pairs == kBoth ? x + channels : x;
      pair<S, C, V, true, first>(acc, from, w, channels, step, t.sample);
      w += weights;
    }
    if (pairs != kLeft) {
      pair<S, C, V, false, last>(acc, x, w, channels, step, t.sample);
      w += weights;
    }
    x += t.row;
  }
  // The usual cases decide once a tile (a layer forward, and a gradient through a rectifier):
  // decided value by value, the epilogue took a third of the first layer's time.
  const int act = t.act;
  const float alpha = t.alpha;
  if (gate == nullptr && act == kRelu) {
    store_tile<S, C, V>(t, acc, y, [](vec value, ptrdiff_t) { return max(vec{}, value); });
  } else if (gate != nullptr && act == kNone) {
    store_tile<S, C, V>(t, acc, y, [=](vec value, ptrdiff_t at) {
      return gated(value, load(gate + at), alpha);
    });
  } else {
    store_tile<S, C, V>(t, acc, y, [=](vec value, ptrdiff_t at) {
      value = activate(value, act, alpha);
      return gate == nullptr ? value : gated(value, load(gate + at), alpha);
    });
  }
}

template <class G, Pairs pairs, int S, int C, int V>
PB_INLINE void tile_at(const Tiling &t, bool first, bool last, const float *x, const float *w,
                       int rows, const float *bias, const float *gate, float *y) {
  // A left pair has no right end to mind, a right pair no left one.
  constexpr bool minds_first = pairs != kRight;
  constexpr bool minds_last = pairs != kLeft;
  if (minds_first && first) {
    if (minds_last && last) {
      tile<G, pairs, S, C, V, minds_first, minds_last>(t, x, w, rows, bias, gate, y);
    } else {
      tile<G, pairs, S, C, V, minds_first, false>(t, x, w, rows, bias, gate, y);
    }
  } else if (minds_last && last) {
    tile<G, pairs, S, C, V, false, minds_last>(t, x, w, rows, bias, gate, y);
  } else {
    tile<G, pairs, S, C, V, false, false>(t, x, w, rows, bias, gate, y);
  }
}

// One row of `width` output pixels of `samples` samples; more than one only where width is 4.
template <class G, Pairs pairs, int V>
void tile_row(const Tiling &t, int width, int samples, const float *x, const float *w, int rows,
              const float *bias, const float *gate, float *y) {
  if constexpr (kShared > 1 && V == 2 && G::kShares) {
    if (samples == 3) {
      tile_at<G, pairs, 3, 4, V>(t, true, true, x, w, rows, bias, gate, y);
      return;
    }
    if (samples == 2) {
      tile_at<G, pairs, 2, 4, V>(t, true, true, x, w, rows, bias, gate, y);
      return;
    }
  }
  const ptrdiff_t step = G::step(t);
  for (int s = 0; s < samples; s++) {
    for (int at = 0; at < width;) {
      const int rest = width - at;
      const int size = rest >= kTile ? kTile : rest >= 4 ? 4 : 1;
      const bool first = at == 0;
      const bool last = size == rest;
      const float *from = x + s * t.sample + at * step;
      const ptrdiff_t to = s * t.y_sample + at * t.y_step;
      const float *gate_to = gate == nullptr ? nullptr : gate + to;
      if (size == kTile) {
        tile_at<G, pairs, 1, kTile, V>(t, first, last, from, w, rows, bias, gate_to, y + to);
      } else if (size == 4) {
        tile_at<G, pairs, 1, 4, V>(t, first, last, from, w, rows, bias, gate_to, y + to);
      } else {
        tile_at<G, pairs, 1, 1, V>(t, first, last, from, w, rows, bias, gate_to, y + to);
      }
      at += size;
    }
  }
}

// Samples handled together, so that rows of 4 pixels fill the registers too.
PB_INLINE int samples_together(int width) { return width == 4 ? kShared : 1; }

}  // namespace

#endif
