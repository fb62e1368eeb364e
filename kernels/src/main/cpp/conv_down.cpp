// The strided convolution k4 s2 p1, large grid (2h x 2w, cl channels) to small grid (h x w, cs).
// Encoder layers forward, and the input gradient of the decoder's.
//
//   y[n][oy][ox][co] = act(bias[co] + sum x[n][2 oy - 1 + ky][2 ox - 1 + kx][ci] w[co][ci][ky][kx])
//
// Operations: 2 * 16 * cl * cs FLOP per output pixel less the taps outside the image.
// Bytes: 4 (4 h w cl + h w cs) per sample and the weights, 64 cl cs bytes, once per row of tiles
// (16x16x32 -> 8x8x64: 131 KB of weights, streamed from the second-level cache).
//
// Packed weights: [block of kBlock output channels][ky][pair: kx 2, 0 then kx 1, 3][ci][tap of the
// pair][channel of the block].
#include "conv_finish.h"

namespace {

template <class G, int V>
void down_block(const Tiling &t, const float *x, const float *packed, const float *bias,
                const float *gate, float *y, int h, int w, int samples) {
  const ptrdiff_t tap_row = 4 * t.channels * V * kLanes;
  for (int oy = 0; oy < h; oy++) {
    const int from = oy == 0 ? 1 : 0;
    const int to = oy == h - 1 ? 3 : 4;
    const ptrdiff_t out = static_cast<ptrdiff_t>(oy) * w * t.y_step;
    tile_row<G, kBoth, V>(t, w, samples, x + (2 * oy - 1 + from) * t.row, packed + from * tap_row,
                          to - from, bias, gate == nullptr ? nullptr : gate + out, y + out);
  }
}

}  // namespace

PB_EXPORT int64_t PB_NAME(conv_down_packed_size)(int32_t cl, int32_t cs) {
  return int64_t{16} * cl * cs;
}

// w[cs][cl][4][4], cs a multiple of 16 -> packed, conv_down_packed_size floats.
PB_EXPORT int32_t PB_NAME(conv_down_pack)(const float *w, float *packed, int32_t cl, int32_t cs) {
  if (w == nullptr) return 1;
  if (packed == nullptr) return 2;
  if (cl < 1) return 3;
  if (cs < 16 || cs % 16 != 0) return 4;
  for (int block = 0; block < cs; block += kBlock) {
    const int size = cs - block < kBlock ? cs - block : kBlock;
    for (int ky = 0; ky < 4; ky++) {
      for (int pair = 0; pair < 2; pair++) {
        for (int ci = 0; ci < cl; ci++) {
          for (int tap = 0; tap < 2; tap++) {
            const int kx = pair == 0 ? 2 - 2 * tap : 1 + 2 * tap;
            for (int co = block; co < block + size; co++) {
              *packed++ = w[((static_cast<int64_t>(co) * cl + ci) * 4 + ky) * 4 + kx];
            }
          }
        }
      }
    }
  }
  return 0;
}

// x[n][2h][2w][cl], bias[cs] or null, gate like y or null -> y[n][h][w][cs]; cs a multiple of 16.
PB_EXPORT int32_t PB_NAME(conv_down)(const float *x, const float *packed, const float *bias,
                                     int32_t act, float alpha, const float *gate, float *y,
                                     int32_t h, int32_t w, int32_t cl, int32_t cs, int64_t n) {
  const FlushDenormals flushed;
  if (x == nullptr && n > 0) return 1;
  if (packed == nullptr) return 2;
  if (!known_activation(act)) return 4;
  if (y == nullptr && n > 0) return 7;
  if (h < 1) return 8;
  if (w < 1) return 9;
  if (cl < 1) return 10;
  if (cs < 16 || cs % 16 != 0) return 11;
  if (n < 0) return 12;
  const bool pass = needs_pass(act);
  const ptrdiff_t row = static_cast<ptrdiff_t>(2) * w * cl;
  const ptrdiff_t out = static_cast<ptrdiff_t>(h) * w * cs;
  const Tiling t = {cl, 2 * cl, row, 2 * h * row, cs, out, pass ? kNone : act, alpha};
  const int group = samples_together(w);
  for (int64_t i = 0; i < n; i += group) {
    const int samples = n - i < group ? static_cast<int>(n - i) : group;
    const float *from = x + i * t.sample;
    const float *gate_to = gate == nullptr || pass ? nullptr : gate + i * out;
    for (int block = 0; block < cs; block += kBlock) {
      const float *weights = packed + static_cast<ptrdiff_t>(16) * cl * block;
      const float *block_bias = bias == nullptr ? nullptr : bias + block;
      const float *block_gate = gate_to == nullptr ? nullptr : gate_to + block;
      float *to = y + i * out + block;
      if (cs - block < kBlock) {
        down_block<Free, 1>(t, from, weights, block_bias, block_gate, to, h, w, samples);
      } else if (cl == 1) {
        down_block<Image<1>, 2>(t, from, weights, block_bias, block_gate, to, h, w, samples);
      } else if (cl == 3) {
        down_block<Image<3>, 2>(t, from, weights, block_bias, block_gate, to, h, w, samples);
      } else {
        down_block<Free, 2>(t, from, weights, block_bias, block_gate, to, h, w, samples);
      }
    }
    if (pass) {
      finish(y + i * out, gate == nullptr ? nullptr : gate + i * out, samples * out, act, alpha);
    }
  }
  return 0;
}
