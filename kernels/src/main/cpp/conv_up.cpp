// The transposed convolution k4 s2 p1, small grid (h x w, cs channels) to large grid (2h x 2w, cl).
// Decoder layers forward, and the input gradient of the encoder's.
//
//   y[n][2 i + py][2 j + px][co] = act(bias[co] + sum x[n][i + dy][j + dx][ci] w[ci][co][ky][kx])
//
// Four phases (py, px), each a 2 x 2 convolution: an even output row reads ky = 3 of the row above
// and ky = 1 of its own, an odd one ky = 2 of its own and ky = 0 of the row below; columns alike.
//
// Operations: 2 * 4 * cl * cs FLOP per output pixel less the taps outside the image.
// Bytes: 4 (h w cs + 4 h w cl) per sample; the weights of one phase and block (4 cs kBlock floats,
// 16 KB at cs = 32) stay in the first-level cache while the phase runs over the rows.
//
// Packed weights: [block of kBlock output channels][py][px][row of the pixel above first][ci][tap:
// own column, then the neighbour's][channel of the block].
#include "conv_finish.h"
#include "conv_up_thin.h"

namespace {

// The lane order of conv_up_thin.h.
int thin_lane(int ky, int kx, int c, int channels) {
  const int quarter = (ky >> 1) * 2 + (kx >> 1);
  return ((quarter * 2 + (ky & 1)) * 2 + (kx & 1)) * channels + c;
}

// w[cs][cl][4][4] -> packed[cs][16 cl lanes].
void pack_thin_up(const float *w, float *packed, int cl, int cs) {
  for (int ci = 0; ci < cs; ci++) {
    for (int c = 0; c < cl; c++) {
      for (int tap = 0; tap < 16; tap++) {
        packed[ci * 16 * cl + thin_lane(tap >> 2, tap & 3, c, cl)] = *w++;
      }
    }
  }
}

// The rows of phase (py, kLeft for px = 0, kRight for px = 1).
template <Pairs pairs, int V>
void phase_rows(const Tiling &t, int py, const float *x, const float *packed, const float *bias,
                const float *gate, float *y, int h, int w, int cl, int samples) {
  const ptrdiff_t tap_row = 2 * t.channels * V * kLanes;
  for (int i = 0; i < h; i++) {
    // The first of the two kernel rows reads row i - 1 + py.
    const int from = i - 1 + py < 0 ? 1 : 0;
    const int to = i + py >= h ? 1 : 2;
    const ptrdiff_t column = static_cast<ptrdiff_t>(2 * i + py) * 2 * w + (pairs == kRight ? 1 : 0);
    const ptrdiff_t out = column * cl;
    tile_row<Free, pairs, V>(t, w, samples, x + (i - 1 + py + from) * t.row,
                             packed + from * tap_row, to - from, bias,
                             gate == nullptr ? nullptr : gate + out, y + out);
  }
}

template <int V>
void up_block(const Tiling &t, const float *x, const float *packed, const float *bias,
              const float *gate, float *y, int h, int w, int cl, int samples) {
  const ptrdiff_t phase = 4 * t.channels * V * kLanes;
  for (int py = 0; py < 2; py++) {
    phase_rows<kLeft, V>(t, py, x, packed, bias, gate, y, h, w, cl, samples);
    phase_rows<kRight, V>(t, py, x, packed + phase, bias, gate, y, h, w, cl, samples);
    packed += 2 * phase;
  }
}

// Activation, gate and store of the thin path, whatever the activation.
struct Storing {
  const float *gate;
  float *y;
  int act;
  float alpha;

  PB_INLINE vec finished(vec v) const {
    return needs_pass(act) ? curve(v, act) : activate(v, act, alpha);
  }

  PB_INLINE void take(ptrdiff_t at, const float *values, int count) {
    int i = 0;
    for (; i + kLanes <= count; i += kLanes) {
      vec v = finished(load(values + i));
      if (gate != nullptr) v = gated(v, load(gate + at + i), alpha);
      store(y + at + i, v);
    }
    const int rest = count - i;
    vec v = finished(load(values + i));
    if (gate != nullptr) v = gated(v, load_first(gate + at + i, rest), alpha);
    store_first(y + at + i, v, rest);
  }
};

}  // namespace

PB_EXPORT int64_t PB_NAME(conv_up_packed_size)(int32_t cl, int32_t cs) {
  return int64_t{16} * cl * cs;
}

// w[cs][cl][4][4], cl 1, 3 or a multiple of 16 -> packed, conv_up_packed_size floats.
PB_EXPORT int32_t PB_NAME(conv_up_pack)(const float *w, float *packed, int32_t cl, int32_t cs) {
  if (w == nullptr) return 1;
  if (packed == nullptr) return 2;
  if (cl != 1 && cl != 3 && (cl < 16 || cl % 16 != 0)) return 3;
  if (cs < 1) return 4;
  if (cl <= 3) {
    pack_thin_up(w, packed, cl, cs);
    return 0;
  }
  for (int block = 0; block < cl; block += kBlock) {
    const int size = cl - block < kBlock ? cl - block : kBlock;
    for (int row = 0; row < 8; row++) {
      const int py = row >> 2;
      const int px = (row >> 1) & 1;
      const int ky = (py == 0 ? 3 : 2) - 2 * (row & 1);
      for (int ci = 0; ci < cs; ci++) {
        for (int tap = 0; tap < 2; tap++) {
          const int kx = px == 0 ? 1 + 2 * tap : 2 - 2 * tap;
          for (int co = block; co < block + size; co++) {
            *packed++ = w[((static_cast<int64_t>(ci) * cl + co) * 4 + ky) * 4 + kx];
          }
        }
      }
    }
  }
  return 0;
}

// x[n][h][w][cs], bias[cl] or null, gate like y or null -> y[n][2h][2w][cl].
PB_EXPORT int32_t PB_NAME(conv_up)(const float *x, const float *packed, const float *bias,
                                   int32_t act, float alpha, const float *gate, float *y,
                                   int32_t h, int32_t w, int32_t cl, int32_t cs, int64_t n) {
  const FlushDenormals flushed;
  if (x == nullptr && n > 0) return 1;
  if (packed == nullptr) return 2;
  if (!known_activation(act)) return 4;
  if (y == nullptr && n > 0) return 7;
  if (h < 1) return 8;
  if (w < 1) return 9;
  if (cl != 1 && cl != 3 && (cl < 16 || cl % 16 != 0)) return 10;
  if (cs < 1) return 11;
  if (n < 0) return 12;
  const ptrdiff_t in = static_cast<ptrdiff_t>(h) * w * cs;
  const ptrdiff_t out = static_cast<ptrdiff_t>(4) * h * w * cl;
  if (cl <= 3) {
    for (int64_t i = 0; i < n; i++) {
      Storing sink = {gate == nullptr ? nullptr : gate + i * out, y + i * out, act, alpha};
      if (cl == 1) {
        thin_up<1>(x + i * in, packed, bias, h, w, cs, sink);
      } else {
        thin_up<3>(x + i * in, packed, bias, h, w, cs, sink);
      }
    }
    return 0;
  }
  const bool pass = needs_pass(act);
  const ptrdiff_t row = static_cast<ptrdiff_t>(w) * cs;
  const Tiling t = {cs, cs, row, in, 2 * cl, out, pass ? kNone : act, alpha};
  const int group = samples_together(w);
  for (int64_t i = 0; i < n; i += group) {
    const int samples = n - i < group ? static_cast<int>(n - i) : group;
    const float *gate_to = gate == nullptr || pass ? nullptr : gate + i * out;
    for (int block = 0; block < cl; block += kBlock) {
      const float *weights = packed + static_cast<ptrdiff_t>(16) * cs * block;
      const float *block_bias = bias == nullptr ? nullptr : bias + block;
      const float *block_gate = gate_to == nullptr ? nullptr : gate_to + block;
      float *to = y + i * out + block;
      if (cl - block < kBlock) {
        up_block<1>(t, x + i * in, weights, block_bias, block_gate, to, h, w, cl, samples);
      } else {
        up_block<2>(t, x + i * in, weights, block_bias, block_gate, to, h, w, cl, samples);
      }
    }
    if (pass) {
      finish(y + i * out, gate == nullptr ? nullptr : gate + i * out, samples * out, act, alpha);
    }
  }
  return 0;
}
