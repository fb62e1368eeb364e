// exp, tanh and log of AVX-512, by tables of sixteen numbers, each in one register.
//
// A shuffle looks sixteen numbers up at once: they leave so small a rest that two or three
// multiply-adds are enough, where a polynomial alone takes five to nine. Included by vec_math.h,
// whose ranges and errors these keep.
//
// Every polynomial is a minimax fit (least squares with Lawson's weights, made for this file) of
// the relative error; its own error, given beside it, is far below the roundings.
#ifndef PB_VEC_TABLES_H
#define PB_VEC_TABLES_H

#include "vec.h"

namespace {

PB_INLINE vec look_up(vec table, ivec index) {
  return _mm512_permutexvar_ps(reinterpret_cast<__m512i>(index), table);
}

// 2^(j / 16), and the logarithms of what their roundings are off by.
constexpr vec kPowers = {1.0f,         1.04427373f, 1.09050775f, 1.13878858f,
                         1.18920708f,  1.24185777f, 1.29683959f, 1.35425556f,
                         1.41421354f,  1.47682619f, 1.54221082f, 1.61049032f,
                         1.68179286f,  1.75625217f, 1.8340081f,  1.91520655f};
constexpr vec kPowersOff = {0.0f,            -4.62854715e-08f, 1.19921575e-08f,  -4.72978208e-08f,
                            -3.19341815e-08f, -3.62105723e-08f, 3.09907229e-08f, 7.47521334e-09f,
                            -1.71142709e-08f, 3.04768335e-08f, -5.23333421e-09f, -6.10759177e-09f,
                            1.4719606e-08f,  5.25879518e-09f,  6.12825968e-09f,  -5.14060927e-09f};

// x / ln 2 rounded to a multiple of 1 / 16 is n: adding 1.5 * 2^19 leaves 16 n in the low bits.
// x = n ln 2 + r with |r| <= ln(2) / 32: ln 2 in two parts, so that the rest is exact.
template <int N>
PB_INLINE void powers_of_two(const vec (&x)[N], vec (&n)[N], ivec (&index)[N], vec (&r)[N]) {
  const vec magic = broadcast(786432.0f);
  PB_EACH(N) n[i] = fma(x[i], broadcast(1.44269504f), magic);
  PB_EACH(N) index[i] = as_int(n[i]);
  PB_EACH(N) n[i] = n[i] - magic;
  PB_EACH(N) r[i] = fnma(n[i], broadcast(0.693359375f), x[i]);
  PB_EACH(N) r[i] = fma(n[i], broadcast(2.12194440e-4f), r[i]);
}

// x[i] = exp(x[i]) for -110 <= x[i] <= 90, or NaN, as 2^n exp(r), 2^n in two factors.
template <int N>
PB_INLINE void exp_inside(vec (&x)[N]) {
  vec n[N];
  ivec index[N];
  vec r[N];
  vec p[N];
  powers_of_two(x, n, index, r);
  // exp(r) = 1 + r + r^2 P(r), error 1.6e-9.
  PB_EACH(N) p[i] = fma(broadcast(1.666671856e-1f), r[i], broadcast(5.000161897e-1f));
  PB_EACH(N) p[i] = fma(p[i], r[i] * r[i], r[i]);
  PB_EACH(N) r[i] = look_up(kPowers, index[i]);
  PB_EACH(N) x[i] = _mm512_scalef_ps(fma(p[i], r[i], r[i]), n[i]);
}

// tanh = e / (e + 2) with e = exp(2 |x|) - 1, which loses nothing beside x = 0; 1 from 9.02 on.
template <int N>
PB_INLINE void tanh_each(vec (&x)[N]) {
  vec e[N];
  vec n[N];
  ivec index[N];
  vec r[N];
  vec p[N];
  PB_EACH(N) e[i] = min(broadcast(9.02f), abs(x[i]));
  PB_EACH(N) e[i] = e[i] + e[i];
  powers_of_two(e, n, index, r);
  PB_EACH(N) r[i] = r[i] - look_up(kPowersOff, index[i]);
  // exp(r) - 1 = r + r^2 P(r), error 3.3e-10.
  PB_EACH(N) p[i] = fma(broadcast(4.166644262e-2f), r[i], broadcast(1.666699123e-1f));
  PB_EACH(N) p[i] = fma(p[i], r[i], broadcast(5.000000003e-1f));
  PB_EACH(N) p[i] = fma(p[i], r[i] * r[i], r[i]);
  PB_EACH(N) r[i] = _mm512_scalef_ps(look_up(kPowers, index[i]), n[i]);
  PB_EACH(N) e[i] = fma(r[i], p[i], r[i] - 1.0f);
  PB_EACH(N) x[i] = copysign(e[i] / (e[i] + 2.0f), x[i]);
}

// 1 / m for m in the middle of sixteen parts of 0.75 <= m < 1.5, by the four bits below its leading
// one, and the logarithms of m: 1 and 0 beside m = 1, the others such that both are floats.
constexpr vec kInverses = {1.0f,        0.914179265f, 0.864982545f, 0.820661068f,
                           0.780449152f, 0.744031608f, 0.711086273f, 0.681020498f,
                           1.3061446f,  1.25516284f,  1.20758951f,  1.16362619f,
                           1.12307632f, 1.08439147f,  1.04952693f,  1.0f};
constexpr vec kLogarithms = {0.0f,          0.0897285938f, 0.145045951f,  0.197645083f,
                             0.247885689f,  0.295671761f,  0.340961516f,  0.384162873f,
                             -0.267079741f, -0.227265313f, -0.18862623f,  -0.151541159f,
                             -0.116071634f, -0.0810189769f, -0.0483395196f, 0.0f};

// x = m 2^n, log x = n ln 2 + log m, with 1 + r = m / (the middle of its part), -1/32 <= r < 1/16.
template <int N>
PB_INLINE void log_each(vec (&x)[N]) {
  vec m[N];
  vec n[N];
  ivec index[N];
  vec r[N];
  vec q[N];
  PB_EACH(N) m[i] = _mm512_getmant_ps(x[i], _MM_MANT_NORM_p75_1p5, _MM_MANT_SIGN_nan);
  PB_EACH(N) n[i] = _mm512_getexp_ps(x[i]) - _mm512_getexp_ps(m[i]);
  PB_EACH(N) index[i] = as_int(m[i]) >> 19;
  PB_EACH(N) r[i] = fma(m[i], look_up(kInverses, index[i]), broadcast(-1.0f));
  PB_EACH(N) n[i] = fma(n[i], broadcast(0.693147182f), look_up(kLogarithms, index[i]));
  // log(1 + r) = r + r^2 Q(r), error 3.7e-9.
  PB_EACH(N) q[i] = fma(broadcast(1.884603541e-1f), r[i], broadcast(-2.500610420e-1f));
  PB_EACH(N) q[i] = fma(q[i], r[i], broadcast(3.333445282e-1f));
  PB_EACH(N) q[i] = fma(q[i], r[i], broadcast(-5.000000139e-1f));
  PB_EACH(N) q[i] = fma(q[i], r[i] * r[i], r[i]);
  PB_EACH(N) x[i] = n[i] + q[i];
}

}  // namespace

#endif
