// The weights of a layer as propagate reads them.
#ifndef PB_PROPAGATE_PACK_H
#define PB_PROPAGATE_PACK_H

#include "change_linear.h"
#include "change_pixels.h"

namespace {

// w as a layer stores it, with values in (C, H, W) order: a convolution [out][in] going down and
// [in][out] going up, 4 x 4 each, a matrix [out][in]. Packed, in slots of E: a convolution
// [ky][kx][in][out], or of an image [in][ky][kx][out] and times kPerLogit; a matrix [in][out], values in the order in
// which they lie, (H, W, C), outputs padded with zeros to sixteens.
template <class E>
int64_t packed_size(const Layer &l) {
  return l.linear() ? E::slots(l.in_size()) * padded(l.out_size()) : 16 * E::slots(l.ci) * l.co;
}

template <class E>
void put(float *packed, int64_t row, int64_t pitch, int64_t column, float number) {
  if (E::kNumbers == 1) {
    packed[row * pitch + column] = number;
  } else {
    float one = E::pair(number, 0.0f);
    __builtin_memcpy(reinterpret_cast<char *>(packed + row / 2 * pitch + column) + 2 * (row % 2), &one,
                     2);
  }
}

template <class E>
void pack(const Layer &l, const float *w, float *packed) {
  __builtin_memset(packed, 0, sizeof(float) * packed_size<E>(l));
  if (l.linear()) {
    const int64_t in = l.in_size();
    const int64_t out = l.out_size();
    for (int64_t o = 0; o < out; o++) {
      const int64_t logical_out = o % l.co * l.rows * l.columns + o / l.co;
      for (int64_t i = 0; i < in; i++) {
        const int64_t logical_in = i % l.ci * l.h * l.w + i / l.ci;
        put<E>(packed, i, padded(out), o, w[logical_out * in + logical_in]);
      }
    }
    return;
  }
  const bool image = l.up() && l.co <= 3;
  const int64_t tap_size = E::slots(l.ci) * l.co;
  for (int64_t i = 0; i < l.ci; i++) {
    for (int64_t o = 0; o < l.co; o++) {
      for (int tap = 0; tap < 16; tap++) {
        const float number = w[(l.up() ? i * l.co + o : o * l.ci + i) * 16 + tap];
        if (image) {
          put<E>(packed, i, 16 * l.co, tap * l.co + o, kPerLogit * number);
        } else {
          put<E>(packed + tap * tap_size, i, l.co, o, number);
        }
      }
    }
  }
}

}  // namespace

#endif
