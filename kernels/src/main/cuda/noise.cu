// Standard normal noise keyed by what is drawn, and the reparameterised sample.
//
// normal:          y[n][d], element e of row i from (seed, stream, ids[i], e) alone, ids[n][3] =
//                  (low 32 bits of the input id, its bits 32 to 47, draw)
// reparameterise:  z = mu + exp(logvar / 2) eps, elementwise
//
// The mapping is that of io.patchbay.engine.random.Normals, by Box and Muller:
//   words (w0, w1) of a block give elements 0 and 1, (w2, w3) elements 2 and 3
//   u = (w0 + 1/2) 2^-32 rounded once, r = sqrt(-2 ln u), a = 2 pi w1 2^-32: (r cos a, r sin a)
// Every operation is an integer one, exact, one rounded operation or a fused multiply-add that is
// written as one, so that Java, the CPU's kernels and this one give the same bits.
//
// A thread makes one block of four elements: 20 wide products and about 80 fused multiply-adds for
// 16 bytes written; bound by arithmetic, and never a visible part of a run.
#include "fault.cuh"
#include "index.cuh"
#include "philox.cuh"

namespace {

constexpr int kThreads = 256;

struct NormalParams {
  const int *seed;
  const int *ids;
  float *y;
  const int *rows;
  int *fault;
  long long size, stream;
};

struct ReparameteriseParams {
  const float *mu;
  const float *logvar;
  const float *eps;
  float *z;
  const int *rows;
  long long size;
};

template <int N>
PB_DEVICE float horner(float x, const float (&c)[N]) {
  float p = c[N - 1];
#pragma unroll
  for (int i = N - 2; i >= 0; i--) p = __fmaf_rn(p, x, c[i]);
  return p;
}

PB_DEVICE float radius(unsigned word) {
  // ln(1 + f) = f + f^2 (-1/2 + f (1/3 + ...)) on [sqrt(1/2) - 1, sqrt(2) - 1], error 6e-9.
  constexpr float kLog[9] = {-0.5f,
                             0.3333333134651184f,
                             -0.2500081956386566f,
                             0.20001226663589478f,
                             -0.16623356938362122f,
                             0.14201758801937103f,
                             -0.13160182535648346f,
                             0.12761574983596802f,
                             -0.07634492963552475f};
  const float low = __fadd_rn(static_cast<float>(word & 0xFFFFu), 0.5f);
  const float u =
      __fmaf_rn(static_cast<float>(word >> 16), 0x1p-16f, __fmul_rn(low, 0x1p-32f));
  const int bits = __float_as_int(u);
  const int exponent = (bits - 0x3F3504F3) >> 23;
  const float f = __fadd_rn(__int_as_float(bits - exponent * (1 << 23)), -1.0f);
  const float tail = __fmaf_rn(__fmul_rn(f, f), horner(f, kLog), f);
  const float log = __fmaf_rn(static_cast<float>(exponent), 0.6931472f, tail);
  return __fsqrt_rn(__fmul_rn(log, -2.0f));
}

// r cos a and r sin a for a = 2 pi word / 2^32, quarter-turned into [-pi/4, pi/4] exactly.
PB_DEVICE void polar(float r, unsigned word, float *x, float *y) {
  // sin(pi x / 2) = x (kSin[0] + kSin[1] x^2 + ...), cos(pi x / 2) = kCos[0] + kCos[1] x^2 + ...,
  // |x| <= 1/2, errors 4e-9 and 7e-11.
  constexpr float kSin[4] = {1.5707963705062866f, -0.6459634900093079f, 0.07968003302812576f,
                             -0.004601661115884781f};
  constexpr float kCos[5] = {1.0f, -1.2337005138397217f, 0.25366923213005066f,
                             -0.02086016535758972f, 0.0009037665440700948f};
  const unsigned nearest = word + 0x20000000u;
  const int turned = static_cast<int>(word - (nearest & 0xC0000000u));
  const float rest = __fmul_rn(static_cast<float>(turned), 0x1p-30f);
  const float t = __fmul_rn(rest, rest);
  const float sine = __fmul_rn(horner(t, kSin), rest);
  const float cosine = horner(t, kCos);
  const bool odd = (nearest & 0x40000000u) != 0;
  const unsigned a = __float_as_uint(odd ? sine : cosine);
  const unsigned b = __float_as_uint(odd ? cosine : sine);
  *x = __fmul_rn(r, __uint_as_float(a ^ ((nearest ^ nearest << 1) & 0x80000000u)));
  *y = __fmul_rn(r, __uint_as_float(b ^ (nearest & 0x80000000u)));
}

}  // namespace

PB_KERNEL(normal, NormalParams, kThreads, 4) {
  const long long blocks = (p.size + 3) / 4, n = *p.rows * blocks;
  for (long long i = thread_number(); i < n; i += thread_count()) {
    const long long row = quotient(i, blocks), block = i - row * blocks;
    const PhiloxKey key(p.seed, p.ids + 3 * row);
    if (!key.valid()) {
      raise(p.fault);
      continue;
    }
    const uint4 w = key.words(static_cast<unsigned>(block), static_cast<unsigned>(p.stream));
    float z[4];
    polar(radius(w.x), w.y, z, z + 1);
    polar(radius(w.z), w.w, z + 2, z + 3);
    float *y = p.y + row * p.size + 4 * block;
    const long long left = p.size - 4 * block;
#pragma unroll
    for (int e = 0; e < 4; e++) {
      if (e < left) y[e] = z[e];
    }
  }
}

PB_KERNEL(reparameterise, ReparameteriseParams, kThreads, 6) {
  const long long n = *p.rows * p.size;
  for (long long e = thread_number(); e < n; e += thread_count()) {
    p.z[e] = fmaf(expf(0.5f * p.logvar[e]), p.eps[e], p.mu[e]);
  }
}
