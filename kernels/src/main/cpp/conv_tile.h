// The register tile that both directions of the k4 s2 p1 convolution share.
//
// Stored NHWC, the taps of one kernel row that an output pixel reads are one contiguous run of
// floats: 4 pixels of the large grid going down (4 cl floats), 2 pixels of the small grid for each
// phase going up (2 cs floats). The weights of a run are packed in the same order, one row of
// V vectors of output channels per float. So a tile of P pixels and V vectors is
//
//   acc[p][v] += x[p * step + k] * w[k][v]      for each kernel row inside the image, for k < run
//
// with P * V accumulators in registers. Per k: P broadcasts and V loads for P * V fused
// multiply-adds; at 8 x 2 that is 10 loads for 16 operations on a machine that does two of each.
//
// Nothing is stored around the image. The first pixel of a row has no left neighbour and skips the
// first `edge` floats of its run, the last pixel skips the last `edge`; these are compile-time
// variants, so no multiplication is spent on a border. Kernel rows outside are not in `rows`.
// Each accumulator sees bias, then kernel rows and k in ascending order, in every variant: a
// pixel's bits do not depend on the tile it fell into, nor on the other samples.
#ifndef PB_CONV_TILE_H
#define PB_CONV_TILE_H

#include "vec.h"

namespace {

// Pixels per tile, widest first; narrower tiles finish a row. Accumulators are tile x 2 vectors.
constexpr int kTile = PB_LANES == 16 ? 8 : PB_LANES == 8 ? 6 : 4;
// Samples that share a tile where the map is only 4 pixels wide.
constexpr int kShared = PB_LANES == 16 ? 3 : 1;
// Output channels per packed block.
constexpr int kBlock = 2 * kLanes;

enum Activation { kNone = 0, kRelu = 1, kLeaky = 2, kSigmoid = 3, kTanh = 4 };

// What is constant while a layer runs; distances in floats.
struct Tiling {
  ptrdiff_t step;      // x, from one output pixel's run to the next
  ptrdiff_t row;       // x, one kernel row down
  ptrdiff_t sample;    // x, one sample on
  ptrdiff_t run;       // floats in a run
  ptrdiff_t edge;      // floats of a run outside the image for the first or last pixel
  ptrdiff_t y_step;    // y, one output pixel of this tile on
  ptrdiff_t y_sample;  // y, one sample on
  int act;             // kNone, kRelu or kLeaky
  float alpha;
};

// Distances read at run time, and distances known to the compiler (thin inputs: the loops unroll).
struct Free {
  static PB_INLINE ptrdiff_t step(const Tiling &t) { return t.step; }
  static PB_INLINE ptrdiff_t run(const Tiling &t) { return t.run; }
  static PB_INLINE ptrdiff_t edge(const Tiling &t) { return t.edge; }
};
template <int kStep, int kRun, int kEdge>
struct Fixed {
  static PB_INLINE ptrdiff_t step(const Tiling &) { return kStep; }
  static PB_INLINE ptrdiff_t run(const Tiling &) { return kRun; }
  static PB_INLINE ptrdiff_t edge(const Tiling &) { return kEdge; }
};

enum Skip { kSkipNone, kSkipFirst, kSkipLast };

template <int S, int C, int V, Skip skip>
PB_INLINE void accumulate(vec (&acc)[S * C][V], const float *x, const float *w, ptrdiff_t count,
                          ptrdiff_t step, ptrdiff_t sample) {
  constexpr int from = skip == kSkipFirst ? 1 : 0;
  constexpr int to = skip == kSkipLast ? C - 1 : C;
  for (ptrdiff_t k = 0; k < count; k++) {
    vec weight[V];
#pragma GCC unroll 2
    for (int v = 0; v < V; v++) weight[v] = load(w + v * kLanes);
#pragma GCC unroll 4
    for (int s = 0; s < S; s++) {
#pragma GCC unroll 16
      for (int p = from; p < to; p++) {
        const vec value = broadcast(x[s * sample + p * step]);
#pragma GCC unroll 2
        for (int v = 0; v < V; v++) {
          acc[s * C + p][v] = fma(value, weight[v], acc[s * C + p][v]);
        }
      }
    }
    x++;
    w += V * kLanes;
  }
}

PB_INLINE vec activate(vec v, int act, float alpha) {
  // A comparison that is false for NaN lets it through.
  if (act == kRelu) return select(v < 0.0f, vec{}, v);
  if (act == kLeaky) return select(v < 0.0f, alpha * v, v);
  return v;
}

PB_INLINE vec gated(vec v, vec gate, float alpha) { return select(gate > 0.0f, v, alpha * v); }

// S samples x C pixels x V vectors; `first` and `last` say whether the tile holds the row's ends.
template <class G, int S, int C, int V, bool first, bool last>
__attribute__((noinline)) void tile(const Tiling &t, const float *x, const float *w, int rows,
                                    const float *bias, const float *gate, float *y) {
  vec acc[S * C][V];
#pragma GCC unroll 2
  for (int v = 0; v < V; v++) {
    const vec start = bias == nullptr ? vec{} : load(bias + v * kLanes);
#pragma GCC unroll 16
    for (int p = 0; p < S * C; p++) acc[p][v] = start;
  }
  const ptrdiff_t step = G::step(t);
  const ptrdiff_t edge = G::edge(t);
  const ptrdiff_t inner = G::run(t) - (first ? edge : 0) - (last ? edge : 0);
  for (int r = 0; r < rows; r++) {
    const float *run = x;
    if (first) {
      accumulate<S, C, V, kSkipFirst>(acc, run, w, edge, step, t.sample);
      run += edge;
      w += edge * V * kLanes;
    }
    accumulate<S, C, V, kSkipNone>(acc, run, w, inner, step, t.sample);
    run += inner;
    w += inner * V * kLanes;
    if (last) {
      accumulate<S, C, V, kSkipLast>(acc, run, w, edge, step, t.sample);
      w += edge * V * kLanes;
    }
    x += t.row;
  }
#pragma GCC unroll 4
  for (int s = 0; s < S; s++) {
#pragma GCC unroll 16
    for (int p = 0; p < C; p++) {
#pragma GCC unroll 2
      for (int v = 0; v < V; v++) {
        const ptrdiff_t at = s * t.y_sample + p * t.y_step + v * kLanes;
        vec value = activate(acc[s * C + p][v], t.act, t.alpha);
        if (gate != nullptr) value = gated(value, load(gate + at), t.alpha);
        store(y + at, value);
      }
    }
  }
}

template <class G, int S, int C, int V>
PB_INLINE void tile_at(const Tiling &t, bool first, bool last, const float *x, const float *w,
                       int rows, const float *bias, const float *gate, float *y) {
  if (first && last) {
    tile<G, S, C, V, true, true>(t, x, w, rows, bias, gate, y);
  } else if (first) {
    tile<G, S, C, V, true, false>(t, x, w, rows, bias, gate, y);
  } else if (last) {
    tile<G, S, C, V, false, true>(t, x, w, rows, bias, gate, y);
  } else {
    tile<G, S, C, V, false, false>(t, x, w, rows, bias, gate, y);
  }
}

// One row of `width` output pixels of `samples` samples. Going up, a phase has an edge on one side
// only: `left` and `right` say which.
template <class G, int V>
void tile_row(const Tiling &t, int width, int samples, bool left, bool right, const float *x,
              const float *w, int rows, const float *bias, const float *gate, float *y) {
  if (width == 4 && samples > 1) {
    if (samples == 3) {
      tile_at<G, kShared, 4, V>(t, left, right, x, w, rows, bias, gate, y);
    } else {
      tile_at<G, kShared == 1 ? 1 : 2, 4, V>(t, left, right, x, w, rows, bias, gate, y);
    }
    return;
  }
  for (int s = 0; s < samples; s++) {
    for (int at = 0; at < width;) {
      const int rest = width - at;
      const int size = rest >= kTile ? kTile : rest >= 4 ? 4 : rest >= 2 ? 2 : 1;
      const bool first = left && at == 0;
      const bool last = right && size == rest;
      const float *from = x + s * t.sample + at * t.step;
      const ptrdiff_t to = s * t.y_sample + at * t.y_step;
      const float *gate_to = gate == nullptr ? nullptr : gate + to;
      if (size == kTile) {
        tile_at<G, 1, kTile, V>(t, first, last, from, w, rows, bias, gate_to, y + to);
      } else if (size == 4) {
        tile_at<G, 1, 4, V>(t, first, last, from, w, rows, bias, gate_to, y + to);
      } else if (size == 2) {
        tile_at<G, 1, 2, V>(t, first, last, from, w, rows, bias, gate_to, y + to);
      } else {
        tile_at<G, 1, 1, V>(t, first, last, from, w, rows, bias, gate_to, y + to);
      }
      at += size;
    }
  }
}

}  // namespace

#endif
