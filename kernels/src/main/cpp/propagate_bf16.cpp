// What a patch changes at the end of a chain of layers, with operands in bf16 (propagate_run.h): the
// change and the weights of the convolutions between others are rounded to 8 bits, products and sums
// are float32. Because only the change is rounded, and not the value that it is a change of, an effect
// is known to a few thousandths of itself, however small it is.
//
// Two channels in a slot: vdpbf16ps multiplies both and adds them to one sum. Compiled for the
// processor's bf16 instructions (build.sh), and called only where isa.cpp finds them; other
// instruction sets have no such kernels.
#include "vec.h"

#ifdef __AVX512BF16__

#include "propagate_run.h"

namespace {

struct Pairs16 {
  static constexpr int kNumbers = 2;
  static PB_INLINE vec multiply_add(vec value, vec weight, vec sum) {
    return _mm512_dpbf16_ps(sum, (__m512bh)value, (__m512bh)weight);
  }
  static PB_INLINE void keep(float *to, ptrdiff_t at, vec d) {
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(to + at / 2), (__m256i)_mm512_cvtneps_pbh(d));
  }
  static PB_INLINE int64_t slots(int64_t numbers) { return (numbers + 1) / 2; }
  static PB_INLINE float pair(float low, float high) {
    return _mm_cvtss_f32((__m128)_mm_cvtneps_pbh(_mm_setr_ps(low, high, 0.0f, 0.0f)));
  }
};

}  // namespace

PB_EXPORT int64_t PB_NAME(propagate_bf16_packed_size)(const void *layer) {
  return packed_size<Pairs16>(*static_cast<const Layer *>(layer));
}

PB_EXPORT int32_t PB_NAME(propagate_bf16_pack)(const float *w, float *packed, const void *layer) {
  if (w == nullptr) return 1;
  if (packed == nullptr) return 2;
  if (layer == nullptr) return 3;
  pack<Pairs16>(*static_cast<const Layer *>(layer), w, packed);
  return 0;
}

// As propagate.
PB_EXPORT int32_t PB_NAME(propagate_bf16)(const void *layers, int32_t layer_count, int32_t rectify,
                                          int32_t end, int32_t eliminate, const float *clean,
                                          const float *sources, const int32_t *base,
                                          const int32_t *source, const float *numbers,
                                          const int32_t *ranges, int64_t m, int32_t first_row,
                                          int64_t n, int64_t bases, int64_t source_count,
                                          float *scratch, float *y, int32_t *fired,
                                          int32_t *skipped,
                                     const float *directions, const int32_t *direction,
                                     int64_t direction_count, const void *own) {
  return propagate<Pairs16>(layers, layer_count, rectify, end, eliminate, clean, sources, base,
                            source, numbers, ranges, m, first_row, n, bases, source_count, scratch,
                            y, fired, skipped, directions, direction, direction_count, own);
}

#endif
