// Standard normal noise keyed by what is drawn, and the reparameterised sample.
//
// normal:           y[n][d], element e of row i from (key, stream, ids[i], e) alone
// reparameterise:   z = mu + exp(logvar / 2) eps, elementwise
//
// The counter layout and the mapping are those of io.patchbay.engine.random (Philox, Normals):
//   key     = (low, high 32 bits of the seed)
//   counter = (e / 4, draw, low 32 bits of the input id, its bits 32..47 << 16 | stream)
//   words   (w0, w1) give elements 0 and 1 of the block, (w2, w3) elements 2 and 3:
//   u = (w0 + 1/2) 2^-32 rounded once, r = sqrt(-2 ln u), a = 2 pi w1 2^-32: (r cos a, r sin a)
// Every operation is an integer one, exact, one IEEE operation or an explicit fused multiply-add,
// so Java, all instruction sets and CUDA give the same bits. A compiler may not contract or reorder
// anything here (-ffp-contract=off, no fast-math).
//
// One vector holds PB_LANES blocks, of one row or of many: a row of 10 latents has 3 blocks, so a
// vector of 16 lanes serves 5 rows. Per element: 20 integer multiplications / 4, about 20 fused
// multiply-adds, 4 bytes written; bound by arithmetic, and never a visible part of a run.

#include <cstring>

#include "philox.h"
#include "vec_math.h"

namespace {

// One rounding on every machine: without the instruction the C library computes it exactly.
PB_INLINE vec exact_fma(vec a, vec b, vec c) {
#if PB_LANES > 4
  return fma(a, b, c);
#else
  vec r;
  for (int i = 0; i < kLanes; i++) r[i] = __builtin_fmaf(a[i], b[i], c[i]);
  return r;
#endif
}

template <int N>
PB_INLINE vec horner(vec x, const float (&c)[N]) {
  vec p = broadcast(c[N - 1]);
  for (int i = N - 2; i >= 0; i--) p = exact_fma(p, x, broadcast(c[i]));
  return p;
}

// ln(1 + f) = f + f^2 (-1/2 + f (kLog[0] + ...)) on [sqrt(1/2) - 1, sqrt(2) - 1], error 6e-9.
constexpr float kLog[9] = {-0.5f,
                          0.3333333134651184f,
                          -0.2500081956386566f,
                          0.20001226663589478f,
                          -0.16623356938362122f,
                          0.14201758801937103f,
                          -0.13160182535648346f,
                          0.12761574983596802f,
                          -0.07634492963552475f};
// sin(pi x / 2) = x (kSin[0] + kSin[1] x^2 + ...), cos(pi x / 2) = kCos[0] + kCos[1] x^2 + ...,
// |x| <= 1/2, errors 4e-9 and 7e-11.
constexpr float kSin[4] = {1.5707963705062866f, -0.6459634900093079f, 0.07968003302812576f,
                          -0.004601661115884781f};
constexpr float kCos[5] = {1.0f, -1.2337005138397217f, 0.25366923213005066f, -0.02086016535758972f,
                          0.0009037665440700948f};

PB_INLINE vec radius(uvec word) {
  const vec low = to_float((ivec)(word & 0xFFFFu)) + 0.5f;
  const vec u = exact_fma(to_float((ivec)(word >> 16)), broadcast(0x1p-16f), low * 0x1p-32f);
  const ivec bits = (ivec)u;
  const ivec exponent = (bits - 0x3F3504F3) >> 23;
  const vec f = (vec)(bits - (exponent << 23)) - 1.0f;
  const vec p = horner(f, kLog);
  const vec log = exact_fma(to_float(exponent), broadcast(0.6931472f), exact_fma(f * f, p, f));
  return sqrt(log * -2.0f);
}

// r cos a and r sin a for a = 2 pi word / 2^32, quarter-turned into [-pi/4, pi/4] exactly.
PB_INLINE void polar(vec r, uvec word, vec& x, vec& y) {
  const uvec nearest = word + 0x20000000u;
  const vec rest = to_float((ivec)(word - (nearest & 0xC0000000u))) * 0x1p-30f;
  const vec t = rest * rest;
  const vec sine = horner(t, kSin) * rest;
  const vec cosine = horner(t, kCos);
  const uvec swap = (uvec)((ivec)(nearest << 1) >> 31);  // odd quadrants
  const uvec a = (swap & (uvec)sine) | (~swap & (uvec)cosine);
  const uvec b = (swap & (uvec)cosine) | (~swap & (uvec)sine);
  x = r * (vec)(a ^ ((nearest ^ (nearest << 1)) & 0x80000000u));
  y = r * (vec)(b ^ (nearest & 0x80000000u));
}

}  // namespace

// ids[n][3] = (low 32 bits of the input id, its bits 32 to 47, draw).
PB_EXPORT int32_t PB_NAME(normal)(int32_t key0, int32_t key1, const int32_t *ids, int32_t stream,
                                  float *y, int32_t d, int64_t n) {
  if (n < 0) return 7;
  if (d < 0) return 6;
  if (stream < 0 || stream > 0xFFFF) return 4;
  if (n == 0 || d == 0) return 0;
  if (!ids) return 3;
  if (!y) return 5;
  for (int64_t i = 0; i < n; i++)
    if (ids[3 * i + 1] < 0 || ids[3 * i + 1] > 0xFFFF) return 3;

  const int64_t blocks = ((int64_t)d + 3) / 4;
  int64_t row = 0, block = 0;
  while (row < n) {
    uint32_t counter[4][kLanes];
    float *target[kLanes];
    int width[kLanes];
    int lanes = 0;
    for (; lanes < kLanes && row < n; lanes++) {
      const int32_t *id = ids + 3 * row;
      counter[0][lanes] = (uint32_t)block;
      counter[1][lanes] = (uint32_t)id[2];
      counter[2][lanes] = (uint32_t)id[0];
      counter[3][lanes] = (uint32_t)id[1] << 16 | (uint32_t)stream;
      target[lanes] = y + row * d + 4 * block;
      width[lanes] = 4 * block + 4 <= d ? 4 : (int)(d - 4 * block);
      if (++block == blocks) block = 0, row++;
    }
    for (int i = lanes; i < kLanes; i++)
      for (auto& word : counter) word[i] = 0;

    uvec words[4];
    memcpy(words, counter, sizeof words);
    philox(words, (uint32_t)key0, (uint32_t)key1);
    vec z[4];
    polar(radius(words[0]), words[1], z[0], z[1]);
    polar(radius(words[2]), words[3], z[2], z[3]);
    float values[4][kLanes];
    memcpy(values, z, sizeof values);
    for (int i = 0; i < lanes; i++)
      for (int e = 0; e < width[i]; e++) target[i][e] = values[e][i];
  }
  return 0;
}

// z = mu + exp(logvar / 2) eps.
PB_EXPORT int32_t PB_NAME(reparameterise)(const float *mu, const float *logvar, const float *eps,
                                          float *z, int64_t count) {
  const FlushDenormals flushed;
  if (count < 0) return 5;
  if (count == 0) return 0;
  if (!mu) return 1;
  if (!logvar) return 2;
  if (!eps) return 3;
  if (!z) return 4;
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    store(z + i, fma(exp(0.5f * load(logvar + i)), load(eps + i), load(mu + i)));
  const int rest = static_cast<int>(count - i);
  const vec sd = exp(0.5f * load_first(logvar + i, rest));
  store_first(z + i, fma(sd, load_first(eps + i, rest), load_first(mu + i, rest)), rest);
  return 0;
}
