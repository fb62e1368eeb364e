// The weight gradient of the convolution of any kernel, stride, padding and channel count.
//
//   dw[o][c][ky][kx] = sum over n, oy, ox of
//                      g[n][oy][ox][o] x[n][oy s - pad + ky][ox s - pad + kx][c]
//
// One unit of work is a tap and two vectors of g's channels; x's channels are broadcast in fours.
// Operations: 2 kh kw C O FLOP per pixel of g less the border. Bytes: every tile reads all its
// pixels of x and g again. Sums: pixels of a sample in order, then samples in order; a unit is
// computed whole by one part, so the number of parts changes no bit.
#include "conv_generic.h"

namespace {

constexpr int kBroadcasts = 4;

struct Gradient {
  Sizes s;
  const float *x;
  const float *g;
  float *dw;
  int64_t n;
};

PB_INLINE int ceiling(int64_t a, int64_t b) { return static_cast<int>((a + b - 1) / b); }

// Output rows (or columns) whose tap k lies inside: from..to.
PB_INLINE void inside(int k, int in, int out, int stride, int pad, int &from, int &to) {
  from = pad > k ? ceiling(pad - k, stride) : 0;
  const int64_t room = int64_t{in} + pad - k;
  to = room <= 0 ? 0 : ceiling(room, stride);
  if (to > out) to = out;
}

// Channels c.. (T of them) and o.. (at most kBlock) of tap (ky, kx).
template <int T, bool whole>
void tile(const Gradient &d, int ky, int kx, int o, int c) {
  const Sizes &s = d.s;
  const int size = s.O - o < kBlock ? s.O - o : kBlock;
  const int size0 = size < kLanes ? size : kLanes;
  const int size1 = size - size0;
  int top;
  int bottom;
  int left;
  int right;
  inside(ky, s.H, s.OH, s.stride, s.pad, top, bottom);
  inside(kx, s.W, s.OW, s.stride, s.pad, left, right);
  vec total[T][2] = {};
  for (int64_t n = 0; n < d.n; n++) {
    vec acc[T][2] = {};
    for (int oy = top; oy < bottom; oy++) {
      const int64_t iy = int64_t{oy} * s.stride - s.pad + ky;
      const int64_t ix = int64_t{left} * s.stride - s.pad + kx;
      const float *x = d.x + ((n * s.H + iy) * s.W + ix) * s.C + c;
      const float *g = d.g + ((n * s.OH + oy) * s.OW + left) * s.O + o;
      for (int ox = left; ox < right; ox++) {
        const vec g0 = whole ? load(g) : load_first(g, size0);
        const vec g1 = whole ? load(g + kLanes) : size1 > 0 ? load_first(g + kLanes, size1) : vec{};
#pragma GCC unroll 4
        for (int t = 0; t < T; t++) {
          const vec value = broadcast(x[t]);
          acc[t][0] = fma(value, g0, acc[t][0]);
          acc[t][1] = fma(value, g1, acc[t][1]);
        }
        x += static_cast<ptrdiff_t>(s.stride) * s.C;
        g += s.O;
      }
    }
    for (int t = 0; t < T; t++) {
      total[t][0] += acc[t][0];
      total[t][1] += acc[t][1];
    }
  }
  const ptrdiff_t taps = static_cast<ptrdiff_t>(s.kh) * s.kw;
  for (int t = 0; t < T; t++) {
    float lane[kBlock];
    store(lane, total[t][0]);
    store(lane + kLanes, total[t][1]);
    float *dw = d.dw + (static_cast<ptrdiff_t>(o) * s.C + c + t) * taps + ky * s.kw + kx;
    for (int i = 0; i < size; i++) dw[i * taps * s.C] = lane[i];
  }
}

template <bool whole>
void unit(const Gradient &d, int ky, int kx, int o) {
  int c = 0;
  for (; c + kBroadcasts <= d.s.C; c += kBroadcasts) tile<kBroadcasts, whole>(d, ky, kx, o, c);
  for (; c < d.s.C; c++) tile<1, whole>(d, ky, kx, o, c);
}

}  // namespace

// x[n][H][W][C], g[n][OH][OW][O] -> dw[O][C][kh][kw]; part of parts computes its share.
PB_EXPORT int32_t PB_NAME(conv_generic_wgrad)(const float *x, const float *g, float *dw, int32_t C,
                                              int32_t H, int32_t W, int32_t O, int32_t kh,
                                              int32_t kw, int32_t stride, int32_t pad, int32_t OH,
                                              int32_t OW, int64_t n, int32_t part, int32_t parts) {
  const FlushDenormals flushed;
  if (x == nullptr && n > 0) return 1;
  if (g == nullptr && n > 0) return 2;
  if (dw == nullptr) return 3;
  const Sizes s = {C, H, W, O, kh, kw, stride, pad, OH, OW};
  const int32_t wrong = wrong_size(s, 4);
  if (wrong != 0) return wrong;
  if (n < 0) return 14;
  if (parts < 1) return 16;
  if (part < 0 || part >= parts) return 15;
  const Gradient d = {s, x, g, dw, n};
  const int64_t blocks = blocks_of(O);
  const int64_t units = static_cast<int64_t>(kh) * kw * blocks;
  for (int64_t i = units * part / parts; i < units * (part + 1) / parts; i++) {
    const int tap = static_cast<int>(i / blocks);
    const int o = static_cast<int>(i % blocks) * kBlock;
    if (o + kBlock <= O) {
      unit<true>(d, tap / kw, tap % kw, o);
    } else {
      unit<false>(d, tap / kw, tap % kw, o);
    }
  }
  return 0;
}
