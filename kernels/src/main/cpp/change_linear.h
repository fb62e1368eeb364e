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

// Neighbouring cells, whose weights are loaded once: what they change is mostly the same.
constexpr int kGroup = 8;
constexpr int kGroups = kCells / kGroup;

// The changes of the inputs of some cells, with room for a list of slots a group.
struct Inputs {
  const float *x[kCells];
  int32_t *room[kGroups];
};

// Cells `from`..`to` - 1, and the slots that change in one of them.
struct Group {
  int from, to;
  const int32_t *slots;
  int count;
};

// The bits of kLanes slots from `at` on that change in one of the cells of x.
PB_INLINE unsigned changed(const float *const *x, int cells, int64_t at, int64_t slots) {
  const int rest = static_cast<int>(slots - at < kLanes ? slots - at : kLanes);
  ivec any = {};
  for (int c = 0; c < cells; c++) any |= as_int(load_first(x[c] + at, rest));
#if PB_LANES == 16
  return _mm512_test_epi32_mask((__m512i)any, (__m512i)any);
#else
  unsigned bits = 0;
  for (int k = 0; k < kLanes; k++) bits |= static_cast<unsigned>(any[k] != 0) << k;
  return bits;
#endif
}

int count_slots(const float *x, int64_t slots) {
  int count = 0;
  for (int64_t i = 0; i < slots; i += kLanes) count += __builtin_popcount(changed(&x, 1, i, slots));
  return count;
}

// A group with its slots, in ascending order. The room is a vector longer than they can be.
Group list_slots(const Inputs &in, int from, int to, int32_t *room, int64_t slots) {
  int count = 0;
  for (int64_t i = 0; i < slots; i += kLanes) {
    unsigned some = changed(in.x + from, to - from, i, slots);
#if PB_LANES == 16
    const ivec lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const ivec numbers = lanes + static_cast<int32_t>(i);
    const __mmask16 mask = static_cast<__mmask16>(some);
    store_int(room + count, (ivec)_mm512_maskz_compress_epi32(mask, (__m512i)numbers));
    count += __builtin_popcount(some);
#else
    for (; some != 0; some &= some - 1) {
      room[count++] = static_cast<int32_t>(i + __builtin_ctz(some));
    }
#endif
  }
  return {from, to, room, count};
}

// Vectors `block`.. of the sums of cells c .. c + S - 1.
template <class E, int S, int V, class Sink>
__attribute__((noinline)) void linear_sums(const Inputs &in, const Group &group, int c,
                                           const float *w, ptrdiff_t pitch, ptrdiff_t block,
                                           Sink &sink) {
  vec d[S][V];
#pragma GCC unroll 8
  for (int s = 0; s < S; s++) {
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) d[s][v] = vec{};
  }
  const float *x[S];
  for (int s = 0; s < S; s++) x[s] = in.x[c + s];
  w += block;
  for (int i = 0; i < group.count; i++) {
    const ptrdiff_t slot = group.slots[i];
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
PB_INLINE void linear_block(const Inputs &in, const Group &group, const float *w, ptrdiff_t pitch,
                            ptrdiff_t block, Sink &sink) {
  constexpr int kMost = PB_LANES == 16 ? kGroup : 4;
  int c = group.from;
  for (; c + kMost <= group.to; c += kMost) {
    linear_sums<E, kMost, V>(in, group, c, w, pitch, block, sink);
  }
  if (PB_LANES == 16 && c + 4 <= group.to) {
    linear_sums<E, 4, V>(in, group, c, w, pitch, block, sink);
    c += 4;
  }
  if (c + 2 <= group.to) {
    linear_sums<E, 2, V>(in, group, c, w, pitch, block, sink);
    c += 2;
  }
  if (c < group.to) linear_sums<E, 1, V>(in, group, c, w, pitch, block, sink);
}

template <class E, class Sink>
void linear_of(const Layer &l, const Inputs &in, const Group *groups, int count, Sink &sink) {
  const ptrdiff_t pitch = padded(l.out_size());
  ptrdiff_t block = 0;
  for (; block + 2 * kLanes <= pitch; block += 2 * kLanes) {
    for (int g = 0; g < count; g++) linear_block<E, 2>(in, groups[g], l.weights, pitch, block, sink);
  }
  for (; block < pitch; block += kLanes) {
    for (int g = 0; g < count; g++) linear_block<E, 1>(in, groups[g], l.weights, pitch, block, sink);
  }
}

// All sums of a linear layer of n cells. Cells that change other inputs than their neighbours go
// alone: a row of the weights costs a cell alone about twice what it costs one among many.
template <class E, class Sink>
void carry_linear(const Layer &l, const Inputs &in, int n, Sink &sink) {
  const int64_t slots = E::slots(l.in_size());
  Group groups[kGroups];
  int together = 0;
  for (int from = 0; from < n; from += kGroup) {
    const int to = least(n, from + kGroup);
    Group &group = groups[together];
    group = list_slots(in, from, to, in.room[together], slots);
    int64_t own = 0;
    for (int c = from; c < to; c++) own += count_slots(in.x[c], slots);
    if (to - from == 1 || (to - from) * static_cast<int64_t>(group.count) <= 2 * own) {
      together++;
      continue;
    }
    for (int c = from; c < to; c++) {
      const Group alone = list_slots(in, c, c + 1, in.room[together], slots);
      linear_of<E>(l, in, &alone, 1, sink);
    }
  }
  linear_of<E>(l, in, groups, together, sink);
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
