// exp, log, log1p, softplus, sigmoid and tanh of a vector, relative error at most 3e-7 each.
//
// Operations per vector: exp 12, sigmoid 22, tanh 25,
// log 22, softplus 45; no memory but the constants, no branch, so a lane's result depends on that
// lane alone. Range ends: exp gives 0 below -104 (after gradual denormals) and infinity above
// 88.73; log gives -infinity at 0 and NaN below; NaN goes in, NaN comes out.
//
// Every polynomial is a minimax fit (least squares with Lawson's weights, made for this file) of
// the relative error; its own error, given beside it, is far below the roundings.
#ifndef PB_VEC_MATH_H
#define PB_VEC_MATH_H

#include "vec.h"

namespace {

// 2^n as a float for -126 <= n <= 127.
PB_INLINE vec power_of_two(ivec n) { return as_float((n + 127) << 23); }

PB_INLINE vec exp(vec x) {
  // Beyond these the result is 0 or infinite anyway; a comparison keeps NaN.
  x = select(x < -110.0f, broadcast(-110.0f), x);
  x = select(x > 90.0f, broadcast(90.0f), x);
  // n = x / ln 2 rounded to nearest: adding 1.5 * 2^23 leaves n in the low bits.
  const vec magic = broadcast(12582912.0f);
  const vec shifted = fma(x, broadcast(1.44269504f), magic);
  const vec n = shifted - magic;
  // ln 2 in two parts, the first of ten bits so that n times it is exact without fma too.
  vec r = fnma(n, broadcast(0.693359375f), x);
  r = fma(n, broadcast(2.12194440e-4f), r);
  // exp(r) = 1 + r + r^2 P(r) on |r| <= ln(2)/2, error 3.1e-9.
  vec p = broadcast(1.381453789e-3f);
  p = fma(p, r, broadcast(8.368745320e-3f));
  p = fma(p, r, broadcast(4.166839083e-2f));
  p = fma(p, r, broadcast(1.666652040e-1f));
  p = fma(p, r, broadcast(4.999999343e-1f));
  p = fma(p, r * r, r) + 1.0f;
#if PB_LANES == 16
  return _mm512_scalef_ps(p, n);
#else
  // 2^n in two factors, so that denormal results round once and 2^128 does not overflow early.
  const ivec whole = as_int(shifted) - as_int(magic);
  const ivec half = whole >> 1;
  return p * power_of_two(half) * power_of_two(whole - half);
#endif
}

// 1 / d for 1 <= d <= 2.
PB_INLINE vec reciprocal(vec d) {
#if PB_LANES == 16
  // A 14-bit estimate and one Newton step; a division costs 16 cycles.
  const vec estimate = _mm512_rcp14_ps(d);
  return fma(estimate, fnma(estimate, d, broadcast(1.0f)), estimate);
#else
  return 1.0f / d;
#endif
}

// 1 / (1 + exp(-x)), as exp(x) / (1 + exp(x)) below 0: no overflow, and full relative accuracy
// down to the denormals, error at most 2e-7.
PB_INLINE vec sigmoid(vec x) {
  const vec e = exp(as_float(as_int(x) | INT32_MIN));
  const vec d = 1.0f + e;
  const vec lost = e - (d - 1.0f);
  vec r = reciprocal(d);
  r = fnma(r * r, lost, r);
  return select(x < 0.0f, e * r, r);
}

PB_INLINE vec tanh(vec x) {
  const vec magnitude = abs(x);
  // |x| < 0.625: x + x^3 P(x^2), error 4.4e-9.
  const vec u = x * x;
  vec p = broadcast(-5.704978373e-3f);
  p = fma(p, u, broadcast(2.063907874e-2f));
  p = fma(p, u, broadcast(-5.373971216e-2f));
  p = fma(p, u, broadcast(1.333144216e-1f));
  p = fma(p, u, broadcast(-3.333328194e-1f));
  const vec small = fma(p * u, x, x);
  // Elsewhere 1 - 2 e / (1 + e) with e = exp(-2 |x|) <= 0.29.
  const vec e = exp(-2.0f * magnitude);
  const vec large = 1.0f - 2.0f * e / (1.0f + e);
  return select(magnitude < 0.625f, small, copysign(large, x));
}

PB_INLINE vec log(vec x) {
  const float infinity = __builtin_inff();
  const ivec denormal = x < 1.17549435e-38f;
  const vec scaled = select(denormal, x * 8388608.0f, x);
  // x = m 2^n with sqrt(1/2) <= m < sqrt(2).
  const ivec bits = as_int(scaled) - 0x3f3504f3;
  const ivec exponent = (bits >> 23) - (denormal & 23);
  const vec f = as_float((bits & 0x7fffff) + 0x3f3504f3) - 1.0f;
  const vec n = to_float(exponent);
  // log(1 + f) = f - f^2 / 2 + f^3 Q(f), error 7.6e-10.
  vec q = broadcast(6.747691807e-2f);
  q = fma(q, f, broadcast(-1.167750532e-1f));
  q = fma(q, f, broadcast(1.188870905e-1f));
  q = fma(q, f, broadcast(-1.240534258e-1f));
  q = fma(q, f, broadcast(1.421945162e-1f));
  q = fma(q, f, broadcast(-1.666800500e-1f));
  q = fma(q, f, broadcast(2.000212353e-1f));
  q = fma(q, f, broadcast(-2.500000952e-1f));
  q = fma(q, f, broadcast(3.333331254e-1f));
  const vec square = f * f;
  vec tail = square * f * q;
  tail = fma(n, broadcast(-2.12194440e-4f), tail);
  tail = fma(square, broadcast(-0.5f), tail);
  vec result = fma(n, broadcast(0.693359375f), f + tail);
  result = select(x == infinity, broadcast(infinity), result);
  result = select(x == 0.0f, broadcast(-infinity), result);
  return select(x >= 0.0f, result, broadcast(__builtin_nanf("")));
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
  const vec e = exp(as_float(as_int(x) | INT32_MIN));
  return select(x < 0.0f, broadcast(0.0f), x) + log1p(e);
}

}  // namespace

#endif
