// A linear layer of the changes of several cells: its weights are read once for all of them.
//
// Only the inputs that change in some cell are multiplied, so that one unit of 1024 costs one row of
// the weights. Every sum sees the inputs in ascending order; those that it leaves out would add
// zeros. So a cell's bits do not depend on the cells beside it.
//
// Operations: 2 * inputs that change * outputs, a cell; bytes: the weights once per kCells cells.
#ifndef PB_CHANGE_LINEAR_H
#define PB_CHANGE_LINEAR_H

#include "change_ends.h"

namespace {

// Cells whose linear layers are computed together.
constexpr int kCells = 16;

// Outputs of a packed linear layer: padded with zeros, for vectors of any instruction set.
PB_INLINE int64_t padded(int64_t outputs) { return (outputs + 15) / 16 * 16; }

// The changes of the inputs of some cells, and the slots that change in one of them.
struct Inputs {
  const float *x[kCells];
  int32_t *slots;
  int count;
};

// Lists the slots that change in one of the cells `from`..`to` - 1: those with any bit set.
void list_slots(Inputs &in, int from, int to, int64_t slots) {
  in.count = 0;
  for (int64_t i = 0; i < slots; i += kLanes) {
    ivec any = {};
    const int rest = static_cast<int>(slots - i < kLanes ? slots - i : kLanes);
    for (int c = from; c < to; c++) any |= as_int(load_first(in.x[c] + i, rest));
#if PB_LANES == 16
    for (unsigned some = _mm512_test_epi32_mask((__m512i)any, (__m512i)any); some != 0;
         some &= some - 1) {
      in.slots[in.count++] = static_cast<int32_t>(i + __builtin_ctz(some));
    }
#else
    for (int k = 0; k < rest; k++) {
      if (any[k] != 0) in.slots[in.count++] = static_cast<int32_t>(i + k);
    }
#endif
  }
}

// Vectors `block`.. of the sums of cells c .. c + S - 1.
template <class E, int S, int V, class Sink>
__attribute__((noinline)) void linear_sums(const Inputs &in, int c, const float *w, ptrdiff_t pitch,
                                           ptrdiff_t block, Sink &sink) {
  vec d[S][V];
#pragma GCC unroll 8
  for (int s = 0; s < S; s++) {
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) d[s][v] = vec{};
  }
  const float *x[S];
  for (int s = 0; s < S; s++) x[s] = in.x[c + s];
  w += block;
  for (int i = 0; i < in.count; i++) {
    const ptrdiff_t slot = in.slots[i];
    vec weight[V];
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) weight[v] = load(w + slot * pitch + v * kLanes);
#pragma GCC unroll 8
    for (int s = 0; s < S; s++) {
      const vec value = broadcast(x[s][slot]);
#pragma GCC unroll 4
      for (int v = 0; v < V; v++) d[s][v] = E::multiply_add(value, weight[v], d[s][v]);
    }
  }
#pragma GCC unroll 8
  for (int s = 0; s < S; s++) {
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) sink.take(c + s, block + v * kLanes, d[s][v]);
  }
}

template <class E, int V, class Sink>
PB_INLINE void linear_block(const Inputs &in, int from, int to, const float *w, ptrdiff_t pitch,
                            ptrdiff_t block, Sink &sink) {
  constexpr int kMost = PB_LANES == 16 ? 8 : 4;
  int c = from;
  for (; c + kMost <= to; c += kMost) linear_sums<E, kMost, V>(in, c, w, pitch, block, sink);
  if (PB_LANES == 16 && c + 4 <= to) {
    linear_sums<E, 4, V>(in, c, w, pitch, block, sink);
    c += 4;
  }
  if (c + 2 <= to) {
    linear_sums<E, 2, V>(in, c, w, pitch, block, sink);
    c += 2;
  }
  if (c < to) linear_sums<E, 1, V>(in, c, w, pitch, block, sink);
}

template <class E, class Sink>
void linear_of(const Layer &l, const Inputs &in, int from, int to, Sink &sink) {
  const ptrdiff_t pitch = padded(l.out_size());
  ptrdiff_t block = 0;
  for (; block + 2 * kLanes <= pitch; block += 2 * kLanes) {
    linear_block<E, 2>(in, from, to, l.weights, pitch, block, sink);
  }
  for (; block < pitch; block += kLanes) {
    linear_block<E, 1>(in, from, to, l.weights, pitch, block, sink);
  }
}

// All sums of a linear layer of n cells. Cells that change other inputs than their neighbours go
// alone: a row of the weights costs a cell alone about twice what it costs one among many.
template <class E, class Sink>
void carry_linear(const Layer &l, Inputs &in, int n, Sink &sink) {
  const int64_t slots = E::slots(l.in_size());
  int64_t own = 0;
  for (int c = 0; n > 1 && c < n; c++) {
    list_slots(in, c, c + 1, slots);
    own += in.count;
  }
  list_slots(in, 0, n, slots);
  if (n == 1 || n * static_cast<int64_t>(in.count) <= 2 * own) {
    linear_of<E>(l, in, 0, n, sink);
    return;
  }
  for (int c = 0; c < n; c++) {
    list_slots(in, c, c + 1, slots);
    linear_of<E>(l, in, c, c + 1, sink);
  }
}

// Where the outputs of a linear layer lie, cell by cell.
struct LinearEnds {
  const float *clean[kCells];  // of the cell's base
  float *to[kCells];
  int64_t size;
  int act;

  PB_INLINE int lanes(ptrdiff_t at) const {
    const int64_t rest = size - at;
    return static_cast<int>(rest >= kLanes ? kLanes : rest > 0 ? rest : 0);
  }
  PB_INLINE vec change(int cell, ptrdiff_t at, vec d) const {
    return act == kRelu ? rectified(load_first(clean[cell] + at, lanes(at)), d) : d;
  }
};

// Keeps the change for a layer that takes it as it lies, or with `row` > 0 for a convolution: rows
// of so many numbers with margins of zeros on both sides.
template <class E>
struct LinearKeeping : LinearEnds {
  ptrdiff_t row;
  ptrdiff_t margin;

  PB_INLINE void take(int cell, ptrdiff_t at, vec d) {
    const ptrdiff_t past = row > 0 ? (2 * (at / row) + 1) * margin : 0;
    E::keep(to[cell], at + past, change(cell, at, d));
  }
};

// Writes the last layer's values.
struct LinearWriting : LinearEnds {
  PB_INLINE void take(int cell, ptrdiff_t at, vec d) {
    const int some = lanes(at);
    const vec value = load_first(clean[cell] + at, some) + d;
    store_first(to[cell] + at, act == kRelu ? max(vec{}, value) : value, some);
  }
};

// Adds up the last layer's changes.
struct LinearAdding : LinearEnds {
  vec sum[kCells];
  Measure measure[kCells];

  PB_INLINE void take(int cell, ptrdiff_t at, vec d) {
    sum[cell] = measure[cell].add_first(sum[cell], change(cell, at, d), at, lanes(at));
  }
};

}  // namespace

#endif
