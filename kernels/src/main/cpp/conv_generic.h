// What the convolutions of any kernel, stride and padding share: sizes, the register tile, packing, and
// the run over samples of the forward one and of the input gradient.
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

// What one sample is computed with.
struct Layer {
  Sizes s;
  const float *packed;
  Ending ending;
};

// Calls `sample` for each of n samples of `in` numbers, which make `out` numbers each; bias, gate and y
// are those of `all`, of the first sample. Returns 0, or the place of the first wrong argument: x,
// packed, bias, act, alpha, gate, y, sizes from C on, n.
template <class Sample>
PB_INLINE int32_t each_sample(const float *x, const Layer &all, ptrdiff_t in, ptrdiff_t out, int64_t n,
                              Sample sample) {
  const FlushDenormals flushed;
  const Ending &ending = all.ending;
  if (x == nullptr && n > 0) return 1;
  if (all.packed == nullptr) return 2;
  if (!known_activation(ending.act)) return 4;
  if (ending.y == nullptr && n > 0) return 7;
  const int32_t wrong = wrong_size(all.s, 8);
  if (wrong != 0) return wrong;
  if (n < 0) return 18;
  for (int64_t i = 0; i < n; i++) {
    const float *gate = ending.gate == nullptr ? nullptr : ending.gate + i * out;
    const Ending own = {ending.bias, gate, ending.y + i * out, ending.act, ending.alpha};
    sample({all.s, all.packed, own}, x + i * in);
  }
  return 0;
}

// w[O][C][kh][kw] -> packed: [block of kBlock channels][ky][kx][other][channel of the block], zero
// filled, the channels being O or C and the others C or O. Returns 0, or the place of the first wrong
// argument.
inline int32_t pack_blocks(const float *w, float *packed, int32_t C, int32_t O, int32_t kh, int32_t kw,
                           bool of_outputs) {
  if (w == nullptr) return 1;
  if (packed == nullptr) return 2;
  if (C < 1) return 3;
  if (O < 1) return 4;
  if (kh < 1) return 5;
  if (kw < 1) return 6;
  const int64_t taps = int64_t{kh} * kw;
  const int64_t channels = of_outputs ? O : C, others = of_outputs ? C : O;
  const int64_t step = of_outputs ? C : 1, other_step = of_outputs ? 1 : C;
  for (int64_t block = 0; block < channels; block += kBlock) {
    for (int64_t tap = 0; tap < taps; tap++) {
      for (int64_t other = 0; other < others; other++) {
        for (int64_t c = block; c < block + kBlock; c++) {
          *packed++ = c < channels ? w[(c * step + other * other_step) * taps + tap] : 0.0f;
        }
      }
    }
  }
  return 0;
}

}  // namespace

#endif
