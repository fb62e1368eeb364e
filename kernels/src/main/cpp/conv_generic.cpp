// The convolution of any kernel, stride, padding and channel count, forward.
//
//   y[n][oy][ox][o] = act(bias[o] + sum x[n][oy s - pad + ky][ox s - pad + kx][c] w[o][c][ky][kx])
//
// Operations: 2 kh kw C O FLOP per output pixel less the border. Bytes: the weights of a block of
// channels (4 kh kw C kBlock) pass once per tile of kPixels pixels.
// A kernel row of an output pixel is a contiguous run of x; where a tile of kPixels pixels has all
// kernel columns inside the image it runs as one, elsewhere pixel by pixel over what is inside.
//
// Packed weights: [block of kBlock output channels][ky][kx][c][channel of the block], zero filled.
#include "conv_generic.h"

namespace {

// P pixels from (oy, ox) of block `block`, kernel columns from..to.
template <int P>
PB_INLINE void pixels(const Layer &f, const float *x, int block, int oy, int ox, int from,
                      int to) {
  const Sizes &s = f.s;
  const ptrdiff_t column = static_cast<ptrdiff_t>(s.C) * kBlock;
  const float *weights = f.packed + block * column * s.kh * s.kw;
  vec acc[P][2] = {};
  for (int ky = 0; ky < s.kh; ky++) {
    const int64_t iy = int64_t{oy} * s.stride - s.pad + ky;
    if (iy < 0 || iy >= s.H || from >= to) continue;
    const int64_t ix = int64_t{ox} * s.stride - s.pad + from;
    multiply<P>(acc, x + (iy * s.W + ix) * s.C, static_cast<ptrdiff_t>(s.stride) * s.C,
                weights + (static_cast<ptrdiff_t>(ky) * s.kw + from) * column,
                static_cast<ptrdiff_t>(to - from) * s.C);
  }
#pragma GCC unroll 4
  for (int p = 0; p < P; p++) {
    const ptrdiff_t at = (static_cast<ptrdiff_t>(oy) * s.OW + ox + p) * s.O;
    f.ending.end(acc[p], block * kBlock, at, s.O);
  }
}

void sample(const Layer &f, const float *x) {
  const Sizes &s = f.s;
  for (int block = 0; block < blocks_of(s.O); block++) {
    for (int oy = 0; oy < s.OH; oy++) {
      for (int ox = 0; ox < s.OW;) {
        const int64_t left = int64_t{ox} * s.stride - s.pad;
        const int64_t last = left + int64_t{kPixels - 1} * s.stride + s.kw;
        if (left >= 0 && ox + kPixels <= s.OW && last <= s.W) {
          pixels<kPixels>(f, x, block, oy, ox, 0, s.kw);
          ox += kPixels;
        } else {
          const int from = left < 0 ? static_cast<int>(left < -s.kw ? s.kw : -left) : 0;
          const int64_t room = s.W - left;
          const int to = room < 0 ? 0 : room < s.kw ? static_cast<int>(room) : s.kw;
          pixels<1>(f, x, block, oy, ox, from, to);
          ox++;
        }
      }
    }
  }
}

}  // namespace

PB_EXPORT int64_t PB_NAME(conv_generic_packed_size)(int32_t C, int32_t O, int32_t kh, int32_t kw) {
  return blocks_of(O) * kBlock * C * kh * kw;
}

// w[O][C][kh][kw] -> packed.
PB_EXPORT int32_t PB_NAME(conv_generic_pack)(const float *w, float *packed, int32_t C, int32_t O,
                                             int32_t kh, int32_t kw) {
  return pack_blocks(w, packed, C, O, kh, kw, true);
}

// x[n][H][W][C], bias[O] or null, gate like y or null -> y[n][OH][OW][O].
PB_EXPORT int32_t PB_NAME(conv_generic_forward)(const float *x, const float *packed,
                                                const float *bias, int32_t act, float alpha,
                                                const float *gate, float *y, int32_t C, int32_t H,
                                                int32_t W, int32_t O, int32_t kh, int32_t kw,
                                                int32_t stride, int32_t pad, int32_t OH, int32_t OW,
                                                int64_t n) {
  const Layer all = {{C, H, W, O, kh, kw, stride, pad, OH, OW}, packed, {bias, gate, y, act, alpha}};
  const ptrdiff_t in = static_cast<ptrdiff_t>(H) * W * C;
  const ptrdiff_t out = static_cast<ptrdiff_t>(OH) * OW * O;
  return each_sample(x, all, in, out, n, sample);
}
