// The register tile of the linear layers: S rows x V vectors of
//
//   acc[s][v] += x[s * row + t * step] * w[t * w_step + v]      for t < count, in order
//
// that is S broadcasts and V loads for S * V fused multiply-adds. S x V is 8 x 3 in AVX-512 (11
// loads for 24 operations, 28 of 32 registers), 4 x 3 in AVX2 (7 for 12, all 16 registers) and
// 4 x 2 in generic. Two loads per cycle would also feed 8 x 2, with 10 for 16; but loads are what two
// threads of a core fight for. Fewer rows finish a batch, fewer vectors a row; each accumulator
// sees bias, then t in ascending order, in every variant, so a row's bits do not depend on the
// batch. Long sums are cut into chunks of t that are added up in y: shorter chains of roundings,
// and a chunk of w can be copied to where it is used.
#ifndef PB_LINEAR_TILE_H
#define PB_LINEAR_TILE_H

#include "conv_finish.h"
#include "transpose.h"

namespace {

constexpr int kRows = PB_LANES == 16 ? 8 : 4;
constexpr int kVectors = PB_LANES == 4 ? 2 : 3;
constexpr int kStrip = kVectors * kLanes;

// What happens to a sum; bias and gate may be null.
struct Ending {
  const float *bias;
  const float *gate;
  int act;
  float alpha;

  // The same, `columns` further; the gate also counts rows.
  PB_INLINE Ending at(int64_t columns, int64_t gate_offset) const {
    return {bias == nullptr ? nullptr : bias + columns,
            gate == nullptr ? nullptr : gate + gate_offset, act, alpha};
  }

  // Activation and gate of values in registers; sigmoid and tanh come in a pass of their own, and
  // the gate after them.
  PB_INLINE vec of(vec v, int64_t at, int k) const {
    if (needs_pass(act)) return v;
    v = activate(v, act, alpha);
    if (gate == nullptr) return v;
    return gated(v, k == kLanes ? load(gate + at) : load_first(gate + at, k), alpha);
  }
};

// Where a tile reads and writes; distances in floats.
struct Span {
  ptrdiff_t row;     // x, one row on
  ptrdiff_t step;    // x, one term on
  ptrdiff_t w_step;  // w, one term on
  ptrdiff_t pitch;   // y and gate, one row on
  int64_t count;     // terms
  bool begins;       // the first chunk of terms: the bias, else y is added
  bool ends;         // the last chunk: the ending is applied
};

// `width` <= V * kLanes columns of y are written; w is read in whole vectors.
template <int S, int V>
__attribute__((noinline)) void linear_tile(const Span &span, const float *x, const float *w,
                                           float *y, int width, const Ending &ending) {
  vec acc[S][V];
  int lanes[V];
#pragma GCC unroll 3
  for (int v = 0; v < V; v++) {
    const int rest = width - v * kLanes;
    lanes[v] = rest >= kLanes ? kLanes : rest > 0 ? rest : 0;
    const float *bias = ending.bias == nullptr ? nullptr : ending.bias + v * kLanes;
    const vec start = bias == nullptr ? vec{} : load_first(bias, lanes[v]);
#pragma GCC unroll 8
    for (int s = 0; s < S; s++) acc[s][v] = span.begins ? start : vec{};
  }
  for (int64_t t = 0; t < span.count; t++) {
    vec weight[V];
#pragma GCC unroll 3
    for (int v = 0; v < V; v++) weight[v] = load(w + v * kLanes);
#pragma GCC unroll 8
    for (int s = 0; s < S; s++) {
      const vec value = broadcast(x[s * span.row]);
#pragma GCC unroll 3
      for (int v = 0; v < V; v++) acc[s][v] = fma(value, weight[v], acc[s][v]);
    }
    x += span.step;
    w += span.w_step;
  }
#pragma GCC unroll 8
  for (int s = 0; s < S; s++) {
#pragma GCC unroll 3
    for (int v = 0; v < V; v++) {
      const int64_t at = s * span.pitch + v * kLanes;
      vec value = acc[s][v];
      if (!span.begins) value = load_first(y + at, lanes[v]) + value;
      if (span.ends) value = ending.of(value, at, lanes[v]);
      if (lanes[v] == kLanes) {
        store(y + at, value);
      } else {
        store_first(y + at, value, lanes[v]);
      }
    }
  }
}

template <int V>
void linear_rows(const Span &span, const float *x, const float *w, float *y, int width,
                 const Ending &ending, int64_t n) {
  int64_t i = 0;
  while (i < n) {
    const int64_t rest = n - i;
    const float *from = x + i * span.row;
    float *to = y + i * span.pitch;
    const Ending end = ending.at(0, i * span.pitch);
    if (rest >= kRows) {
      linear_tile<kRows, V>(span, from, w, to, width, end);
      i += kRows;
    } else if (rest >= 4) {
      linear_tile<4, V>(span, from, w, to, width, end);
      i += 4;
    } else if (rest >= 2) {
      linear_tile<2, V>(span, from, w, to, width, end);
      i += 2;
    } else {
      linear_tile<1, V>(span, from, w, to, width, end);
      i += 1;
    }
  }
}

// n rows times a strip of at most kStrip columns.
PB_INLINE void linear_strip(const Span &span, const float *x, const float *w, float *y, int width,
                            const Ending &ending, int64_t n) {
  if (width <= kLanes) {
    linear_rows<1>(span, x, w, y, width, ending, n);
  } else if (width <= 2 * kLanes) {
    linear_rows<2>(span, x, w, y, width, ending, n);
  } else {
    linear_rows<kVectors>(span, x, w, y, width, ending, n);
  }
}

// `count` rows of `width` <= kStrip floats, `step` apart, to rows of kStrip floats, zero padded.
PB_INLINE void pack_strip(const float *w, ptrdiff_t step, int64_t count, int width, float *packed) {
  for (int64_t t = 0; t < count; t++, w += step, packed += kStrip) {
    if (width == kStrip) {
#pragma GCC unroll 3
      for (int v = 0; v < kVectors; v++) {
        store(packed + v * kLanes, load(w + v * kLanes));
        __builtin_prefetch(w + kStrip + v * kLanes, 0, 2);  // the next strip of this row
      }
      continue;
    }
#pragma GCC unroll 3
    for (int v = 0; v < kVectors; v++) {
      const int rest = width - v * kLanes;
      const int lanes = rest >= kLanes ? kLanes : rest > 0 ? rest : 0;
      store(packed + v * kLanes, lanes > 0 ? load_first(w + v * kLanes, lanes) : vec{});
    }
  }
}

// The same strip from `width` rows of k floats: packed[t][j] = w[j][t].
PB_INLINE void pack_rows(const float *w, int32_t k, int width, float *packed) {
  transpose_plane(w, k, packed, kStrip, k, width);
  for (int32_t t = 0; width < kStrip && t < k; t++) {
    for (int j = width; j < kStrip; j++) packed[static_cast<int64_t>(t) * kStrip + j] = 0;
  }
}

}  // namespace

#endif
