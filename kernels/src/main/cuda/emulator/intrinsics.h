// Types and functions of CUDA that concern one thread alone. Approximate ones are exact here: what
// is computed with them must not need their last bits.
#pragma once

#define PB_VECTOR(type, name)                                              \
  struct alignas(2 * sizeof(type)) name##2 {                               \
    type x, y;                                                             \
  };                                                                       \
  struct name##3 {                                                         \
    type x, y, z;                                                          \
  };                                                                       \
  struct alignas(4 * sizeof(type) < 16 ? 4 * sizeof(type) : 16) name##4 {  \
    type x, y, z, w;                                                       \
  };                                                                       \
  inline name##2 make_##name##2(type x, type y) { return {x, y}; }         \
  inline name##3 make_##name##3(type x, type y, type z) { return {x, y, z}; } \
  inline name##4 make_##name##4(type x, type y, type z, type w) { return {x, y, z, w}; }
PB_VECTOR(float, float)
PB_VECTOR(double, double)
PB_VECTOR(int, int)
PB_VECTOR(unsigned, uint)
PB_VECTOR(long long, longlong)
PB_VECTOR(unsigned long long, ulonglong)
PB_VECTOR(short, short)
PB_VECTOR(unsigned short, ushort)
PB_VECTOR(signed char, char)
PB_VECTOR(unsigned char, uchar)
#undef PB_VECTOR

#define PB_ORDER(result, first, second)                                          \
  inline result min(first a, second b) { return (result)a < (result)b ? a : b; } \
  inline result max(first a, second b) { return (result)a > (result)b ? a : b; }
PB_ORDER(int, int, int)
PB_ORDER(unsigned, unsigned, unsigned)
PB_ORDER(unsigned, int, unsigned)
PB_ORDER(unsigned, unsigned, int)
PB_ORDER(long, long, long)
PB_ORDER(unsigned long, unsigned long, unsigned long)
PB_ORDER(long long, long long, long long)
PB_ORDER(unsigned long long, unsigned long long, unsigned long long)
PB_ORDER(unsigned long long, long long, unsigned long long)
PB_ORDER(unsigned long long, unsigned long long, long long)
#undef PB_ORDER
inline float min(float a, float b) { return fminf(a, b); }
inline float max(float a, float b) { return fmaxf(a, b); }
inline double min(double a, double b) { return fmin(a, b); }
inline double max(double a, double b) { return fmax(a, b); }
inline double min(float a, double b) { return fmin(a, b); }
inline double max(float a, double b) { return fmax(a, b); }
inline double min(double a, float b) { return fmin(a, b); }
inline double max(double a, float b) { return fmax(a, b); }

namespace pb_emulator {
template <class To, class From>
inline To bits(From value) {
  static_assert(sizeof(To) == sizeof(From), "");
  To result;
  memcpy(&result, &value, sizeof(To));
  return result;
}

// A value that the compiler does not see through: products that must be rounded stay so.
inline float rounded(float value) {
#if defined(__x86_64__)
  asm("" : "+x"(value));
#elif defined(__aarch64__)
  asm("" : "+w"(value));
#else
  volatile float kept = value;
  value = kept;
#endif
  return value;
}

// Of NaN 0, of numbers too large the largest, as CUDA converts.
template <class Integer>
inline Integer clamped(double value, double least, double most) {
  if (value != value) return 0;
  return value <= least ? (Integer)least : value >= most ? (Integer)most : (Integer)value;
}
}  // namespace pb_emulator

inline unsigned __float_as_uint(float x) { return pb_emulator::bits<unsigned>(x); }
inline int __float_as_int(float x) { return pb_emulator::bits<int>(x); }
inline float __uint_as_float(unsigned x) { return pb_emulator::bits<float>(x); }
inline float __int_as_float(int x) { return pb_emulator::bits<float>(x); }
inline long long __double_as_longlong(double x) { return pb_emulator::bits<long long>(x); }
inline double __longlong_as_double(long long x) { return pb_emulator::bits<double>(x); }

inline int __float2int_rn(float x) { return pb_emulator::clamped<int>(rint(x), -2147483648.0, 2147483647.0); }
inline int __float2int_rz(float x) { return pb_emulator::clamped<int>(trunc(x), -2147483648.0, 2147483647.0); }
inline int __float2int_rd(float x) { return pb_emulator::clamped<int>(floor(x), -2147483648.0, 2147483647.0); }
inline int __float2int_ru(float x) { return pb_emulator::clamped<int>(ceil(x), -2147483648.0, 2147483647.0); }
inline unsigned __float2uint_rn(float x) { return pb_emulator::clamped<unsigned>(rint(x), 0.0, 4294967295.0); }
inline unsigned __float2uint_rz(float x) { return pb_emulator::clamped<unsigned>(trunc(x), 0.0, 4294967295.0); }
inline float __int2float_rn(int x) { return (float)x; }
inline float __uint2float_rn(unsigned x) { return (float)x; }
inline float __ll2float_rn(long long x) { return (float)x; }
inline float __double2float_rn(double x) { return (float)x; }

inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
inline float __fmul_rn(float a, float b) { return pb_emulator::rounded(a * b); }
inline float __fadd_rn(float a, float b) {
  return pb_emulator::rounded(pb_emulator::rounded(a) + pb_emulator::rounded(b));
}
inline float __fsub_rn(float a, float b) {
  return pb_emulator::rounded(pb_emulator::rounded(a) - pb_emulator::rounded(b));
}
inline float __fdiv_rn(float a, float b) { return a / b; }
inline float __fsqrt_rn(float x) { return sqrtf(x); }
inline float __frcp_rn(float x) { return 1.0f / x; }
inline float __frsqrt_rn(float x) { return (float)(1.0 / sqrt((double)x)); }
inline float __fdividef(float a, float b) { return a / b; }
inline float fdividef(float a, float b) { return a / b; }
inline float rsqrtf(float x) { return (float)(1.0 / sqrt((double)x)); }
inline double rsqrt(double x) { return 1.0 / sqrt(x); }
inline float __expf(float x) { return expf(x); }
inline float __exp10f(float x) { return powf(10.0f, x); }
inline float __logf(float x) { return logf(x); }
inline float __log2f(float x) { return log2f(x); }
inline float __powf(float x, float y) { return powf(x, y); }
inline float __sinf(float x) { return sinf(x); }
inline float __cosf(float x) { return cosf(x); }
inline float __saturatef(float x) { return x > 0 ? (x < 1 ? x : 1) : 0; }
inline float sinpif(float x) { return (float)sin(3.14159265358979323846 * fmod((double)x, 2.0)); }
inline float cospif(float x) { return (float)cos(3.14159265358979323846 * fmod((double)x, 2.0)); }

inline int __mulhi(int a, int b) { return (int)(((long long)a * b) >> 32); }
inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)(((unsigned long long)a * b) >> 32); }
inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
  return (unsigned long long)(((unsigned __int128)a * b) >> 64);
}
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz((unsigned)x); }
inline int __clzll(long long x) { return x == 0 ? 64 : __builtin_clzll((unsigned long long)x); }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline int __ffsll(long long x) { return __builtin_ffsll(x); }
inline unsigned __brev(unsigned x) {
  unsigned result = 0;
  for (int bit = 0; bit < 32; bit++) result |= ((x >> bit) & 1u) << (31 - bit);
  return result;
}
inline unsigned __funnelshift_l(unsigned low, unsigned high, unsigned shift) {
  return (unsigned)(((((unsigned long long)high << 32) | low) << (shift & 31)) >> 32);
}
inline unsigned __funnelshift_r(unsigned low, unsigned high, unsigned shift) {
  return (unsigned)((((unsigned long long)high << 32) | low) >> (shift & 31));
}
inline unsigned __byte_perm(unsigned a, unsigned b, unsigned selector) {
  unsigned long long bytes = ((unsigned long long)b << 32) | a;
  unsigned result = 0;
  for (int i = 0; i < 4; i++) {
    unsigned choice = (selector >> (4 * i)) & 0xf;
    unsigned byte = (unsigned)(bytes >> (8 * (choice & 7))) & 0xff;
    if (choice & 8) byte = byte & 0x80 ? 0xff : 0;
    result |= byte << (8 * i);
  }
  return result;
}

template <class T>
inline T __ldg(const T *address) { return *address; }
template <class T>
inline T __ldcg(const T *address) { return *address; }
template <class T>
inline T __ldcs(const T *address) { return *address; }
template <class T>
inline T __ldca(const T *address) { return *address; }
template <class T>
inline void __stcg(T *address, T value) { *address = value; }
template <class T>
inline void __stcs(T *address, T value) { *address = value; }

inline void __threadfence() {}
inline void __threadfence_block() {}

// Of whole numbers alone: sums of floats in no order are not the same twice.
#define PB_ATOMIC_FORM(type, name, changed)          \
  PB_UNWATCHED inline type name(type *at, type value) { \
    pb_emulator::watch_atomic(at, sizeof(type));     \
    type old = *at;                                  \
    *at = changed;                                   \
    return old;                                      \
  }
#define PB_ATOMIC(type)                                                          \
  PB_ATOMIC_FORM(type, atomicAdd, old + value)                                   \
  PB_ATOMIC_FORM(type, atomicMax, old > value ? old : value)                     \
  PB_ATOMIC_FORM(type, atomicMin, old < value ? old : value)                     \
  PB_ATOMIC_FORM(type, atomicOr, old | value)                                    \
  PB_ATOMIC_FORM(type, atomicAnd, old & value)                                   \
  PB_ATOMIC_FORM(type, atomicExch, value)                                        \
  PB_UNWATCHED inline type atomicCAS(type *at, type expected, type value) {      \
    pb_emulator::watch_atomic(at, sizeof(type));                                 \
    type old = *at;                                                              \
    if (old == expected) *at = value;                                            \
    return old;                                                                  \
  }
PB_ATOMIC(int)
PB_ATOMIC(unsigned)
PB_ATOMIC(unsigned long long)
#undef PB_ATOMIC
#undef PB_ATOMIC_FORM
