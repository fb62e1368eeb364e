// The input gradient of the convolution of any kernel, stride, padding and channel count; used
// forward it is the transposed convolution, so it has bias, activation and gate too.
//
//   y[n][iy][ix][c] = act(bias[c] + sum g[n][oy][ox][o] w[o][c][ky][kx]),
//   over the taps with oy s - pad + ky = iy and ox s - pad + kx = ix.
//
// Pixels that are `stride` apart have the same taps, with neighbouring pixels of g: such pixels
// form a tile of kPixels where all of a tap's pixels exist, elsewhere they go one by one.
// Operations: 2 kh kw C O FLOP per pixel of g less the border.
//
// Packed weights: [block of kBlock channels c][ky][kx][o][channel of the block], zero filled.
#include "conv_generic.h"

namespace {

// The taps of a row or column: first, first + stride, ... below `kernel`; tap k reads pixel
// (at - k) / stride of g, at = pixel + pad.
PB_INLINE int first_tap(int at, int stride) { return at % stride; }

// P pixels (iy, ix), (iy, ix + stride), ... of block `block`.
template <int P>
PB_INLINE void pixels(const Layer &b, const float *g, int block, int iy, int ix) {
  const Sizes &s = b.s;
  const ptrdiff_t tap = static_cast<ptrdiff_t>(s.O) * kBlock;
  const float *weights = b.packed + block * tap * s.kh * s.kw;
  vec acc[P][2] = {};
  for (int ky = first_tap(iy + s.pad, s.stride); ky < s.kh; ky += s.stride) {
    const int oy = (iy + s.pad - ky) / s.stride;
    if (iy + s.pad < ky || oy >= s.OH) continue;
    for (int kx = first_tap(ix + s.pad, s.stride); kx < s.kw; kx += s.stride) {
      const int ox = (ix + s.pad - kx) / s.stride;
      if (ix + s.pad < kx || ox >= s.OW) continue;
      multiply<P>(acc, g + (static_cast<ptrdiff_t>(oy) * s.OW + ox) * s.O, s.O,
                  weights + (static_cast<ptrdiff_t>(ky) * s.kw + kx) * tap, s.O);
    }
  }
#pragma GCC unroll 4
  for (int p = 0; p < P; p++) {
    const ptrdiff_t at = (static_cast<ptrdiff_t>(iy) * s.W + ix + p * s.stride) * s.C;
    b.ending.end(acc[p], block * kBlock, at, s.C);
  }
}

// Do kPixels pixels from ix on have every tap of their column inside g?
PB_INLINE bool whole(const Sizes &s, int ix) {
  const int first = first_tap(ix + s.pad, s.stride);
  if (first >= s.kw) return true;
  const int last = first + (s.kw - 1 - first) / s.stride * s.stride;
  return ix + s.pad >= last && (ix + s.pad - first) / s.stride + kPixels <= s.OW;
}

void sample(const Layer &b, const float *g) {
  const Sizes &s = b.s;
  for (int block = 0; block < blocks_of(s.C); block++) {
    for (int iy = 0; iy < s.H; iy++) {
      for (int phase = 0; phase < s.stride && phase < s.W; phase++) {
        for (int ix = phase; ix < s.W;) {
          if (int64_t{ix} + int64_t{kPixels - 1} * s.stride < s.W && whole(s, ix)) {
            pixels<kPixels>(b, g, block, iy, ix);
            ix += kPixels * s.stride;
          } else {
            pixels<1>(b, g, block, iy, ix);
            ix += s.stride;
          }
        }
      }
    }
  }
}

}  // namespace

PB_EXPORT int64_t PB_NAME(conv_generic_igrad_packed_size)(int32_t C, int32_t O, int32_t kh,
                                                          int32_t kw) {
  return blocks_of(C) * kBlock * O * kh * kw;
}

// w[O][C][kh][kw] -> packed.
PB_EXPORT int32_t PB_NAME(conv_generic_igrad_pack)(const float *w, float *packed, int32_t C,
                                                   int32_t O, int32_t kh, int32_t kw) {
  return pack_blocks(w, packed, C, O, kh, kw, false);
}

// g[n][OH][OW][O], bias[C] or null, gate like y or null -> y[n][H][W][C].
PB_EXPORT int32_t PB_NAME(conv_generic_igrad)(const float *g, const float *packed,
                                              const float *bias, int32_t act, float alpha,
                                              const float *gate, float *y, int32_t C, int32_t H,
                                              int32_t W, int32_t O, int32_t kh, int32_t kw,
                                              int32_t stride, int32_t pad, int32_t OH, int32_t OW,
                                              int64_t n) {
  const Layer all = {{C, H, W, O, kh, kw, stride, pad, OH, OW}, packed, {bias, gate, y, act, alpha}};
  const ptrdiff_t in = static_cast<ptrdiff_t>(OH) * OW * O;
  const ptrdiff_t out = static_cast<ptrdiff_t>(H) * W * C;
  return each_sample(g, all, in, out, n, sample);
}
