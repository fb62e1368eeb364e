// What follows the sums of a convolution: the activations that need vec_math.h, applied to values
// already stored, and the gate. The cheap ones (relu, leaky relu) happen in registers, in the tile.
#ifndef PB_CONV_FINISH_H
#define PB_CONV_FINISH_H

#include "conv_tile.h"
#include "vec_math.h"

namespace {

PB_INLINE bool known_activation(int act) { return act >= kNone && act <= kTanh; }
PB_INLINE bool needs_pass(int act) { return act == kSigmoid || act == kTanh; }

PB_INLINE vec curve(vec v, int act) { return act == kSigmoid ? sigmoid(v) : tanh(v); }

// y = curve(y), gated; in place over `count` floats. The gate comes after the activation.
inline void finish(float *y, const float *gate, int64_t count, int act, float alpha) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    vec v = curve(load(y + i), act);
    if (gate != nullptr) v = gated(v, load(gate + i), alpha);
    store(y + i, v);
  }
  const int rest = static_cast<int>(count - i);
  if (rest > 0) {
    vec v = curve(load_first(y + i, rest), act);
    if (gate != nullptr) v = gated(v, load_first(gate + i, rest), alpha);
    store_first(y + i, v, rest);
  }
}

}  // namespace

#endif
