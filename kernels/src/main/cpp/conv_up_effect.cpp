// The last decoder layer fused with its sigmoid and the effect metric: the decoded image never
// leaves the first-level cache.
//
//   effects[i] = sum over the image of (sigmoid(logit) - ref[refIndex[i]])^2
//
// Operations: those of conv_up_thin.h and about 25 per output value. Bytes: 4 h w cs read and
// 16 h w cl of the reference image, 4 written.
// The sum runs in vector lanes over the rows of the image, then over the lanes in a fixed tree:
// a sample's effect depends on that sample and its reference alone.
#include "conv_up_thin.h"

namespace {

// Vectors of pixels whose sigmoids are computed in step.
constexpr int kTogether = PB_LANES == 16 ? 4 : 2;

struct SquaredDifference {
  const float *ref;
  vec sum;

  __attribute__((noinline)) void take(ptrdiff_t at, const float *values, int count) {
    const float *reference = ref + at;
    vec total = sum;
    int at_value = 0;
    for (; at_value + kTogether * kLanes <= count; at_value += kTogether * kLanes) {
      vec image[kTogether];
      PB_EACH(kTogether) image[i] = load(values + at_value + i * kLanes);
      sigmoid_each(image);
      PB_EACH(kTogether) {
        const vec difference = image[i] - load(reference + at_value + i * kLanes);
        total = fma(difference, difference, total);
      }
    }
    for (; at_value + kLanes <= count; at_value += kLanes) {
      const vec difference = sigmoid(load(values + at_value)) - load(reference + at_value);
      total = fma(difference, difference, total);
    }
    const int rest = count - at_value;
    if (rest > 0) {
      const vec difference =
          sigmoid(load(values + at_value)) - load_first(reference + at_value, rest);
      float squares[kLanes];
      store(squares, difference * difference);
      total += load_first(squares, rest);
    }
    sum = total;
  }
};

template <int C>
float effect(const float *x, const float *packed, const float *bias, const float *ref, int h, int w,
             int cs) {
  SquaredDifference sink = {ref, {}};
  thin_up<C>(x, packed, bias, h, w, cs, sink);
  return sum_lanes(sink.sum);
}

}  // namespace

// x[n][h][w][cs], packed by conv_up_pack, bias[cl] or null, ref[r][2h][2w][cl] (sigmoids),
// refIndex[n] -> effects[n]; cl 1 or 3.
PB_EXPORT int32_t PB_NAME(conv_up_effect)(const float *x, const float *packed, const float *bias,
                                          const float *ref, const int32_t *refIndex, float *effects,
                                          int32_t h, int32_t w, int32_t cl, int32_t cs, int64_t n) {
  const FlushDenormals flushed;
  if (x == nullptr && n > 0) return 1;
  if (packed == nullptr) return 2;
  if (ref == nullptr && n > 0) return 4;
  if (refIndex == nullptr && n > 0) return 5;
  if (effects == nullptr && n > 0) return 6;
  if (h < 1) return 7;
  if (w < 1) return 8;
  if (cl != 1 && cl != 3) return 9;
  if (cs < 1) return 10;
  if (n < 0) return 11;
  const ptrdiff_t in = static_cast<ptrdiff_t>(h) * w * cs;
  const ptrdiff_t out = static_cast<ptrdiff_t>(4) * h * w * cl;
  for (int64_t i = 0; i < n; i++) {
    if (refIndex[i] < 0) return 5;
  }
  for (int64_t i = 0; i < n; i++) {
    const float *reference = ref + refIndex[i] * out;
    effects[i] = cl == 1 ? effect<1>(x + i * in, packed, bias, reference, h, w, cs)
                         : effect<3>(x + i * in, packed, bias, reference, h, w, cs);
  }
  return 0;
}
