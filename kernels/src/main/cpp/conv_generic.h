// What the convolutions of any kernel, stride and padding share: sizes and the register tile.
//
// The packed weights have kBlock output channels side by side, zeros filling the last block, so
// one loop serves every channel count; only loads of the bias and the gate and the stores are cut
// to the channels that exist.
#ifndef PB_CONV_GENERIC_H
#define PB_CONV_GENERIC_H

#include "conv_finish.h"

namespace {

constexpr int kPixels = 4;

// x(H, W, C) and g(OH, OW, O) of out = (in + 2 pad - kernel) / stride + 1.
struct Sizes {
  int C, H, W, O, kh, kw, stride, pad, OH, OW;
};

PB_INLINE int extent(int in, int kernel, int stride, int pad) {
  const int64_t room = int64_t{in} + 2 * int64_t{pad} - kernel;
  return room < 0 ? 0 : static_cast<int>(room / stride) + 1;
}

// 0, or the place of the first wrong size counted from `at`, the place of C.
inline int32_t wrong_size(const Sizes &s, int32_t at) {
  const int positive[] = {s.C, s.H, s.W, s.O, s.kh, s.kw, s.stride};
  for (int i = 0; i < 7; i++) {
    if (positive[i] < 1) return at + i;
  }
  if (s.pad < 0 || s.pad >= (1 << 20)) return at + 7;
  if (s.OH < 1 || s.OH != extent(s.H, s.kh, s.stride, s.pad)) return at + 8;
  if (s.OW < 1 || s.OW != extent(s.W, s.kw, s.stride, s.pad)) return at + 9;
  return 0;
}

PB_INLINE int64_t blocks_of(int channels) { return (int64_t{channels} + kBlock - 1) / kBlock; }

// What follows the sums, cut to `size` channels of a block.
struct Ending {
  const float *bias;
  const float *gate;
  float *y;
  int act;
  float alpha;

  PB_INLINE void end(const vec (&acc)[2], int channel, ptrdiff_t at, int channels) const {
#pragma GCC unroll 2
    for (int v = 0; v < 2; v++) {
      const int rest = channels - channel - v * kLanes;
      if (rest <= 0) return;
      const int size = rest < kLanes ? rest : kLanes;
      vec value = acc[v];
      if (bias != nullptr) value += load_first(bias + channel + v * kLanes, size);
      value = needs_pass(act) ? curve(value, act) : activate(value, act, alpha);
      const ptrdiff_t to = at + channel + v * kLanes;
      if (gate != nullptr) value = gated(value, load_first(gate + to, size), alpha);
      store_first(y + to, value, size);
    }
  }
};

// acc[p][v] += x[p * step + k] * w[k][v] for k < count.
template <int P>
PB_INLINE void multiply(vec (&acc)[P][2], const float *x, ptrdiff_t step, const float *w,
                        ptrdiff_t count) {
  for (ptrdiff_t k = 0; k < count; k++) {
    const vec w0 = load(w);
    const vec w1 = load(w + kLanes);
#pragma GCC unroll 4
    for (int p = 0; p < P; p++) {
      const vec value = broadcast(x[p * step + k]);
      acc[p][0] = fma(value, w0, acc[p][0]);
      acc[p][1] = fma(value, w1, acc[p][1]);
    }
    w += kBlock;
  }
}

}  // namespace

#endif
