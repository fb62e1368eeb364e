// One vector register of float32, whatever the instruction set.
//
// Every source file of this folder is compiled once per instruction set with
//   PB_ISA   = avx512 | avx2 | generic   (the prefix of the exported names)
//   PB_LANES = 16     | 8    | 4         (floats per vector register)
// and all objects are linked into one library. An inline function that is emitted out of line
// would be merged by the linker with its namesake of another instruction set, and a machine
// without AVX-512 would then run AVX-512 code. Hence the rule of this folder: whatever is not
// exported lives in an anonymous namespace, and no template of the standard library is used.
//
// Rounding: `fma` is one rounding on AVX2 and AVX-512 and two (multiply, add) on generic.
// Kernels keep the order of their operations equal for every tile and remainder, so a result
// never depends on which of them computed it.
#ifndef PB_VEC_H
#define PB_VEC_H

#include <stddef.h>
#include <stdint.h>

#if PB_LANES > 4
// GCC 12 warns of the undefined value that its own unmasked AVX-512 intrinsics start from.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#elif defined(__SSE__)
#include <xmmintrin.h>
#endif

#define PB_CAT3(a, b, c) a##b##_##c
#define PB_CAT(a, b, c) PB_CAT3(a, b, c)
// conv_down -> pb_avx512_conv_down
#define PB_NAME(name) PB_CAT(pb_, PB_ISA, name)
#define PB_EXPORT extern "C" __attribute__((visibility("default")))
#define PB_INLINE inline __attribute__((always_inline))

namespace {

constexpr int kLanes = PB_LANES;

typedef float vec __attribute__((vector_size(PB_LANES * 4)));
typedef int32_t ivec __attribute__((vector_size(PB_LANES * 4)));
// The same bits in memory, at any address that is a multiple of 4.
typedef float vec_u __attribute__((vector_size(PB_LANES * 4), aligned(4), may_alias));
typedef int32_t ivec_u __attribute__((vector_size(PB_LANES * 4), aligned(4), may_alias));

// While one lives, numbers too small for a normal float32 (under 1.2e-38) are read and written as
// zero, and afterwards the caller's rule holds again. Every kernel that computes begins with one:
// each such number costs some 150 cycles, and a model in training is full of them (moments of units
// that no longer learn, gradients under saturated pixels), which took three quarters of its speed.
class FlushDenormals {
#ifdef __SSE__
  static constexpr unsigned kBoth = 0x8040;
  const unsigned before = _mm_getcsr();

 public:
  FlushDenormals() { _mm_setcsr(before | kBoth); }
  ~FlushDenormals() { _mm_setcsr(before); }
#else
 public:
  FlushDenormals() {}
  ~FlushDenormals() {}
#endif
  FlushDenormals(const FlushDenormals &) = delete;
  FlushDenormals &operator=(const FlushDenormals &) = delete;
};

PB_INLINE vec load(const float *p) { return *reinterpret_cast<const vec_u *>(p); }
PB_INLINE void store(float *p, vec v) { *reinterpret_cast<vec_u *>(p) = v; }
// Asks for floats that are to be near when they are read: in the first-level cache, or the second.
// What lies beyond a buffer may be asked for; it is not read.
enum Cache { kFirstLevel = 3, kSecondLevel = 2 };
template <Cache cache>
PB_INLINE void ask_for(const float *from, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i += 16) __builtin_prefetch(from + i, 0, cache);
}

// Floats that are to be near soon, asked for a line at a time between other work: more than some twenty
// at once would wait for each other, and the work with them.
struct Upcoming {
  const float *at;
  const float *end;

  PB_INLINE void ask_for_line() {
    if (at >= end) return;
    __builtin_prefetch(at, 0, kFirstLevel);
    at += 16;
  }
};

PB_INLINE void store_int(int32_t *p, ivec v) { *reinterpret_cast<ivec_u *>(p) = v; }

PB_INLINE vec broadcast(float f) {
#if PB_LANES == 16
  return _mm512_set1_ps(f);
#elif PB_LANES == 8
  return _mm256_set1_ps(f);
#else
  return vec{f, f, f, f};
#endif
}
PB_INLINE ivec as_int(vec v) { return reinterpret_cast<ivec>(v); }
PB_INLINE vec as_float(ivec v) { return reinterpret_cast<vec>(v); }
PB_INLINE vec to_float(ivec v) { return __builtin_convertvector(v, vec); }

// a * b + c
PB_INLINE vec fma(vec a, vec b, vec c) {
#if PB_LANES == 16
  return _mm512_fmadd_ps(a, b, c);
#elif PB_LANES == 8
  return _mm256_fmadd_ps(a, b, c);
#else
  return a * b + c;
#endif
}

// c - a * b
PB_INLINE vec fnma(vec a, vec b, vec c) {
#if PB_LANES == 16
  return _mm512_fnmadd_ps(a, b, c);
#elif PB_LANES == 8
  return _mm256_fnmadd_ps(a, b, c);
#else
  return c - a * b;
#endif
}

// Lanes of a where the mask (a comparison's result) is true, else of b.
PB_INLINE vec select(ivec mask, vec a, vec b) { return mask ? a : b; }
PB_INLINE vec abs(vec v) { return as_float(as_int(v) & 0x7fffffff); }
// The magnitude of a with the sign of b.
PB_INLINE vec copysign(vec a, vec b) {
  return as_float((as_int(a) & 0x7fffffff) | (as_int(b) & INT32_MIN));
}
// b where a lane of a or b is not a number, like the instruction.
PB_INLINE vec max(vec a, vec b) {
#if PB_LANES == 16
  return _mm512_max_ps(a, b);
#elif PB_LANES == 8
  return _mm256_max_ps(a, b);
#else
  return a > b ? a : b;
#endif
}
PB_INLINE vec min(vec a, vec b) {
#if PB_LANES == 16
  return _mm512_min_ps(a, b);
#elif PB_LANES == 8
  return _mm256_min_ps(a, b);
#else
  return a < b ? a : b;
#endif
}

// Correctly rounded.
PB_INLINE vec sqrt(vec v) {
#if PB_LANES == 16
  return _mm512_sqrt_ps(v);
#elif PB_LANES == 8
  return _mm256_sqrt_ps(v);
#else
  vec r = v;
  for (int i = 0; i < kLanes; i++) r[i] = __builtin_sqrtf(v[i]);
  return r;
#endif
}

#if PB_LANES == 8
PB_INLINE __m256i first_lanes(int k) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(k), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
#endif

// The first k lanes from memory, 0 <= k <= kLanes; the others are zero. Reads nothing else.
PB_INLINE vec load_first(const float *p, int k) {
#if PB_LANES == 16
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << k) - 1), p);
#elif PB_LANES == 8
  return _mm256_maskload_ps(p, first_lanes(k));
#else
  vec v = {};
  for (int i = 0; i < k; i++) v[i] = p[i];
  return v;
#endif
}

// The first k lanes of v, the others zero.
PB_INLINE vec first(vec v, int k) {
#if PB_LANES == 16
  return _mm512_maskz_mov_ps(static_cast<__mmask16>((1u << k) - 1), v);
#elif PB_LANES == 8
  return _mm256_and_ps(_mm256_castsi256_ps(first_lanes(k)), v);
#else
  vec r = {};
  for (int i = 0; i < k; i++) r[i] = v[i];
  return r;
#endif
}

// The first k lanes to memory, 0 <= k <= kLanes; writes nothing else.
PB_INLINE void store_first(float *p, vec v, int k) {
#if PB_LANES == 16
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << k) - 1), v);
#elif PB_LANES == 8
  _mm256_maskstore_ps(p, first_lanes(k), v);
#else
  for (int i = 0; i < k; i++) p[i] = v[i];
#endif
}

// The sum of all lanes in a fixed tree: lane i with lane i + half, half after half.
PB_INLINE float sum_lanes(vec v) {
  float lane[kLanes];
  store(lane, v);
  for (int half = kLanes / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) lane[i] += lane[i + half];
  }
  return lane[0];
}

}  // namespace

#endif
