// exp, log, log1p, softplus, sigmoid and tanh of a vector, relative error at most 3e-7 each.
//
// Operations per vector: exp 22, sigmoid 26, tanh 40, log 32, softplus 75, and by the tables of
// AVX-512 (vec_tables.h) exp 12, sigmoid 16, tanh 20, log 15, softplus 47; no memory but constants
// and tables, no branch, so a lane's result depends on that lane alone. Range ends: exp gives 0 below
// -104 (after gradual denormals) and infinity above 88.73; log gives -infinity at 0 and NaN below;
// NaN goes in, NaN comes out.
//
// Every polynomial is a minimax fit (least squares with Lawson's weights, made for this file) of
// the relative error; its own error, given beside it, is far below the roundings.
#ifndef PB_VEC_MATH_H
#define PB_VEC_MATH_H

#include "vec.h"

// A statement for each of N vectors, written out one after the other.
#define PB_EACH(N) _Pragma("GCC unroll 8") for (int i = 0; i < (N); i++)

#if PB_LANES == 16
#include "vec_tables.h"
#endif

namespace {

#if PB_LANES < 16
// 2^n as a float for -126 <= n <= 127.
PB_INLINE vec power_of_two(ivec n) { return as_float((n + 127) << 23); }

// x[i] = exp(x[i]) for -110 <= x[i] <= 90, or NaN. Step by step over the N vectors: each is a
// chain of twenty dependent operations, and only neighbouring chains keep the units busy.
template <int N>
PB_INLINE void exp_inside(vec (&x)[N]) {
  vec n[N];
  vec r[N];
  vec p[N];
  // n = x / ln 2 rounded to nearest: adding 1.5 * 2^23 leaves n in the low bits.
  const vec magic = broadcast(12582912.0f);
  vec shifted[N];
  PB_EACH(N) shifted[i] = fma(x[i], broadcast(1.44269504f), magic);
  PB_EACH(N) n[i] = shifted[i] - magic;
  // ln 2 in two parts, the first of ten bits so that n times it is exact without fma too.
  PB_EACH(N) r[i] = fnma(n[i], broadcast(0.693359375f), x[i]);
  PB_EACH(N) r[i] = fma(n[i], broadcast(2.12194440e-4f), r[i]);
  // exp(r) = 1 + r + r^2 P(r) on |r| <= ln(2)/2, error 3.1e-9.
  PB_EACH(N) p[i] = fma(broadcast(1.381453789e-3f), r[i], broadcast(8.368745320e-3f));
  PB_EACH(N) p[i] = fma(p[i], r[i], broadcast(4.166839083e-2f));
  PB_EACH(N) p[i] = fma(p[i], r[i], broadcast(1.666652040e-1f));
  PB_EACH(N) p[i] = fma(p[i], r[i], broadcast(4.999999343e-1f));
  PB_EACH(N) p[i] = fma(p[i], r[i] * r[i], r[i]) + 1.0f;
  // 2^n in two factors, so that denormal results round once and 2^128 does not overflow early.
  PB_EACH(N) {
    const ivec whole = as_int(shifted[i]) - as_int(magic);
    const ivec half = whole >> 1;
    x[i] = p[i] * power_of_two(half) * power_of_two(whole - half);
  }
}
#endif

// Beyond the clamps the result is 0 or infinite anyway; max and min hand NaN through.
template <int N>
PB_INLINE void exp_each(vec (&x)[N]) {
  PB_EACH(N) x[i] = max(broadcast(-110.0f), min(broadcast(90.0f), x[i]));
  exp_inside(x);
}

PB_INLINE vec exp(vec x) {
  vec each[1] = {x};
  exp_each(each);
  return each[0];
}

// x[i] = exp(-|x[i]|).
template <int N>
PB_INLINE void exp_negative(vec (&x)[N]) {
  PB_EACH(N) x[i] = max(broadcast(-110.0f), as_float(as_int(x[i]) | INT32_MIN));
  exp_inside(x);
}

// x[i] = 1 / (1 + exp(-x[i])), as exp(x) / (1 + exp(x)) below 0: no overflow, and full relative
// accuracy down to the denormals, error at most 2.2e-7.
template <int N>
PB_INLINE void sigmoid_each(vec (&x)[N]) {
  vec e[N];
  PB_EACH(N) e[i] = x[i];
  exp_negative(e);
  PB_EACH(N) x[i] = select(x[i] < 0.0f, e[i], broadcast(1.0f)) / (1.0f + e[i]);
}

PB_INLINE vec sigmoid(vec x) {
  vec each[1] = {x};
  sigmoid_each(each);
  return each[0];
}

#if PB_LANES < 16
template <int N>
PB_INLINE void tanh_each(vec (&x)[N]) {
  vec u[N];
  vec p[N];
  vec e[N];
  vec r[N];
  // |x| < 0.625: x + x^3 P(x^2), error 4.4e-9.
  PB_EACH(N) u[i] = x[i] * x[i];
  PB_EACH(N) p[i] = fma(broadcast(-5.704978373e-3f), u[i], broadcast(2.063907874e-2f));
  PB_EACH(N) p[i] = fma(p[i], u[i], broadcast(-5.373971216e-2f));
  PB_EACH(N) p[i] = fma(p[i], u[i], broadcast(1.333144216e-1f));
  PB_EACH(N) p[i] = fma(p[i], u[i], broadcast(-3.333328194e-1f));
  PB_EACH(N) p[i] = fma(p[i] * u[i], x[i], x[i]);
  // Elsewhere 1 - 2 e / (1 + e) with e = exp(-2 |x|) <= 0.29.
  PB_EACH(N) e[i] = 2.0f * x[i];
  exp_negative(e);
  PB_EACH(N) r[i] = 1.0f / (1.0f + e[i]);
  PB_EACH(N) r[i] = fnma(e[i] + e[i], r[i], broadcast(1.0f));
  PB_EACH(N) x[i] = select(abs(x[i]) < 0.625f, p[i], copysign(r[i], x[i]));
}
#endif

PB_INLINE vec tanh(vec x) {
  vec each[1] = {x};
  tanh_each(each);
  return each[0];
}

#if PB_LANES < 16
template <int N>
PB_INLINE void log_each(vec (&x)[N]) {
  const float infinity = __builtin_inff();
  vec f[N];
  vec n[N];
  vec q[N];
  vec square[N];
  PB_EACH(N) {
    const ivec denormal = x[i] < 1.17549435e-38f;
    const vec scaled = select(denormal, x[i] * 8388608.0f, x[i]);
    // x = m 2^n with sqrt(1/2) <= m < sqrt(2).
    const ivec bits = as_int(scaled) - 0x3f3504f3;
    n[i] = to_float((bits >> 23) - (denormal & 23));
    f[i] = as_float((bits & 0x7fffff) + 0x3f3504f3) - 1.0f;
  }
  // log(1 + f) = f - f^2 / 2 + f^3 Q(f), error 7.6e-10.
  PB_EACH(N) q[i] = fma(broadcast(6.747691807e-2f), f[i], broadcast(-1.167750532e-1f));
  PB_EACH(N) q[i] = fma(q[i], f[i], broadcast(1.188870905e-1f));
  PB_EACH(N) q[i] = fma(q[i], f[i], broadcast(-1.240534258e-1f));
  PB_EACH(N) q[i] = fma(q[i], f[i], broadcast(1.421945162e-1f));
  PB_EACH(N) q[i] = fma(q[i], f[i], broadcast(-1.666800500e-1f));
  PB_EACH(N) q[i] = fma(q[i], f[i], broadcast(2.000212353e-1f));
  PB_EACH(N) q[i] = fma(q[i], f[i], broadcast(-2.500000952e-1f));
  PB_EACH(N) q[i] = fma(q[i], f[i], broadcast(3.333331254e-1f));
  PB_EACH(N) square[i] = f[i] * f[i];
  PB_EACH(N) q[i] = square[i] * f[i] * q[i];
  PB_EACH(N) q[i] = fma(n[i], broadcast(-2.12194440e-4f), q[i]);
  PB_EACH(N) q[i] = fma(square[i], broadcast(-0.5f), q[i]);
  PB_EACH(N) q[i] = fma(n[i], broadcast(0.693359375f), f[i] + q[i]);
  PB_EACH(N) q[i] = select(x[i] == infinity, broadcast(infinity), q[i]);
  PB_EACH(N) q[i] = select(x[i] == 0.0f, broadcast(-infinity), q[i]);
  PB_EACH(N) x[i] = select(x[i] >= 0.0f, q[i], broadcast(__builtin_nanf("")));
}
#endif

PB_INLINE vec log(vec x) {
  vec each[1] = {x};
  log_each(each);
  return each[0];
}

// log(1 + x): the rounding of 1 + x is put back to first order.
PB_INLINE vec log1p(vec x) {
  const vec u = 1.0f + x;
  const vec lost = select(x > 1.0f, 1.0f - (u - x), x - (u - 1.0f));
  const vec result = log(u) + lost / u;
  const ivec exact = (abs(x) < 1e-8f) | (u == 0.0f) | (u == __builtin_inff());
  return select(exact, select(abs(x) < 1.0f, x, log(u)), result);
}

// log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)): no overflow.
PB_INLINE vec softplus(vec x) {
  vec e[1] = {x};
  exp_negative(e);
  return select(x < 0.0f, broadcast(0.0f), x) + log1p(e[0]);
}

}  // namespace

#endif
