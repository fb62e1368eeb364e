// What becomes of the sums of a layer: they are kept for the next layer, written, or added up.
#ifndef PB_CHANGE_ENDS_H
#define PB_CHANGE_ENDS_H

#include "change.h"

namespace {

enum End { kValue = 0, kSquares = 1, kSizes = 2, kProducts = 3 };

// Adds up what is wanted of the last layer's change.
struct Measure {
  int end;                 // kSquares, kSizes or kProducts
  const float *direction;  // of a product, as the change lies
  Upcoming next;           // what the next cell takes, asked for meanwhile

  // The change of elements `at` to at + kLanes - 1.
  PB_INLINE vec add(vec sum, vec change, ptrdiff_t at) const {
    if (end == kSquares) return fma(change, change, sum);
    return end == kSizes ? sum + abs(change) : fma(change, load(direction + at), sum);
  }
  // Of the first `count` of them; the others' change is zero.
  PB_INLINE vec add_first(vec sum, vec change, ptrdiff_t at, int count) const {
    if (end != kProducts) return add(sum, change, at);
    return fma(change, load_first(direction + at, count), sum);
  }
};

// Keeps the change of a layer for the next one.
template <class E>
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
    E::keep(to, at, act == kRelu ? rectified(load(from + at), d) : d);
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
  Measure measure;
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
    sum = measure.add(sum, change, from - clean + pixel * step + channel);
  }
};

}  // namespace

#endif
