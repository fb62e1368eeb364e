// The change of an image at the end of a chain of layers: the logits' change, from one channel a row
// of pixels at a time, from many the sixteen taps of each pixel.
#ifndef PB_CHANGE_IMAGE_H
#define PB_CHANGE_IMAGE_H

#include "change_pixels.h"

namespace {

// Floats past the end of a row that may be read or written.
constexpr int kPast = 4 * kLanes;

// Two vectors, lane by lane in turns.
PB_INLINE void interleave(vec a, vec b, vec &low, vec &high) {
#if PB_LANES == 16
  low = __builtin_shuffle(a, b, ivec{0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23});
  high = __builtin_shuffle(a, b, ivec{8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31});
#elif PB_LANES == 8
  low = __builtin_shuffle(a, b, ivec{0, 8, 1, 9, 2, 10, 3, 11});
  high = __builtin_shuffle(a, b, ivec{4, 12, 5, 13, 6, 14, 7, 15});
#else
  low = __builtin_shuffle(a, b, ivec{0, 4, 1, 5});
  high = __builtin_shuffle(a, b, ivec{2, 6, 3, 7});
#endif
}

// Two image rows from the rows of pixels between which they lie, of one channel:
//   d[0][2 m] = lower[m] w01 + lower[m - 1] w03 + upper[m] w21 + upper[m - 1] w23
// and the like for its three neighbours, d[0][2 m + 1] and d[1]: these four see the same pixels.
// kRows: 1 the upper row alone, 2 the lower one, 3 both; the other one is not there.
template <int kRows>
PB_INLINE void two_rows(const vec (&taps)[4][4], const float *upper, const float *lower, int pixels,
                        float *d, ptrdiff_t row) {
  for (int m = 0; m < pixels; m += kLanes) {
    vec a[2][3];
#pragma GCC unroll 3
    for (int k = 0; k < 3; k++) {
      if (kRows & 1) a[0][k] = load(upper + m + k - 1);
      if (kRows & 2) a[1][k] = load(lower + m + k - 1);
    }
#pragma GCC unroll 2
    for (int y = 0; y < 2; y++) {
      vec even = {};
      vec odd = {};
#pragma GCC unroll 2
      for (int i = 0; i < 2; i++) {
        if (!(kRows & (1 << i))) continue;
        const vec *const w = taps[y + 2 * (1 - i)];
        even = fma(a[i][1], w[1], fma(a[i][0], w[3], even));
        odd = fma(a[i][1], w[2], fma(a[i][2], w[0], odd));
      }
      vec low;
      vec high;
      interleave(even, odd, low, high);
      store(d + y * row + 2 * m, low);
      store(d + y * row + 2 * m + kLanes, high);
    }
  }
}

// One channel onto an image of one: sixteen taps a pixel, which stay in registers, and a row of pixels
// in a vector. Past the rectangle the change is zero for three pixels, and what is computed further on
// is not used.
//
// @param w the channel's taps
// @param plane image rows from 2 y0 - 1 on and columns from 2 `from` on, rows `row` apart
__attribute__((noinline)) void channel_onto(const Change &in, const float *w, int from, int to,
                                           float *plane, ptrdiff_t row) {
  const Rect &r = in.rect;
  const int pixels = to - from;
  vec taps[4][4];
#pragma GCC unroll 16
  for (int i = 0; i < 16; i++) taps[i / 4][i % 4] = broadcast(w[i]);
  const float *x = in.at(r.y0, from);
  two_rows<2>(taps, x, x, pixels, plane, row);
  for (int j = r.y0 + 1; j < r.y1; j++) {
    plane += 2 * row;
    x += in.row();
    two_rows<3>(taps, x - in.row(), x, pixels, plane, row);
  }
  two_rows<1>(taps, x, x, pixels, plane + 2 * row, row);
}

// The sixteen taps of P pixels, C channels each, [ky][kx][c] in lanes.
template <class E, int P, int V>
PB_INLINE void taps_sums(const float *x, ptrdiff_t step, const float *w, ptrdiff_t slots,
                         vec (&t)[P][V]) {
#pragma GCC unroll 16
  for (int p = 0; p < P; p++) {
#pragma GCC unroll 12
    for (int v = 0; v < V; v++) t[p][v] = vec{};
  }
  for (ptrdiff_t c = 0; c < slots; c++) {
    vec weight[V];
#pragma GCC unroll 12
    for (int v = 0; v < V; v++) weight[v] = load(w + (c * V + v) * kLanes);
#pragma GCC unroll 16
    for (int p = 0; p < P; p++) {
      const vec value = broadcast(x[p * step + c]);
#pragma GCC unroll 12
      for (int v = 0; v < V; v++) t[p][v] = E::multiply_add(value, weight[v], t[p][v]);
    }
  }
}

// Adds the taps of P neighbouring pixels to the four image rows that see them.
template <class E, int C, int P>
PB_INLINE void pixels_onto(const float *x, ptrdiff_t slots, const float *w, float *d,
                           ptrdiff_t row) {
  constexpr int V = 16 * C / kLanes;
  vec t[P][V];
  taps_sums<E, P, V>(x, slots, w, slots, t);
#pragma GCC unroll 8
  for (int p = 0; p < P; p++) {
    float lanes[16 * C];
#pragma GCC unroll 12
    for (int v = 0; v < V; v++) store(lanes + v * kLanes, t[p][v]);
#pragma GCC unroll 4
    for (int ky = 0; ky < 4; ky++) {
      float *to = d + ky * row + 2 * C * p;
#pragma GCC unroll 12
      for (int i = 0; i < 4 * C; i++) to[i] += lanes[4 * C * ky + i];
    }
  }
}

#if PB_LANES == 16
template <class E, int P>
PB_INLINE void taps_to(const float *x, ptrdiff_t slots, const float *w, float *taps) {
  vec t[P][1];
  taps_sums<E, P, 1>(x, slots, w, slots, t);
#pragma GCC unroll 16
  for (int p = 0; p < P; p++) store(taps + p * kLanes, t[p][0]);
}

// An image of one channel from the taps of its pixels. Image columns 2 m .. 2 m + 3 of the rectangle
// see pixels m - 1 .. m + 1: two shuffles and an addition give them in the four rows that a row of
// pixels reaches; the upper two meet the lower two of the row before, in `below`.
template <class E>
void taps_onto(const Change &in, const float *w, float *plane, ptrdiff_t row, float *taps) {
  const int width = in.rect.width();
  const int height = in.rect.height();
  const int pairs = width / 2 + 1;
  float *below = taps + (width + 4) * kLanes;
  __builtin_memset(below, 0, sizeof(float) * 8 * pairs);
  store(taps, vec{});
  store(taps + (width + 1) * kLanes, vec{});
  store(taps + (width + 2) * kLanes, vec{});
  store(taps + (width + 3) * kLanes, vec{});
  const __m512i own = _mm512_setr_epi32(0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
  const __m512i before =
      _mm512_setr_epi32(2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
  for (int y = 0; y < height; y++) {
    const float *x = in.at(in.rect.y0 + y, in.rect.x0);
    const ptrdiff_t slots = in.channels;
    int p = 0;
    for (; p + 16 <= width; p += 16) taps_to<E, 16>(x + p * slots, slots, w, taps + (p + 1) * kLanes);
    for (; p + 4 <= width; p += 4) taps_to<E, 4>(x + p * slots, slots, w, taps + (p + 1) * kLanes);
    for (; p < width; p++) taps_to<E, 1>(x + p * slots, slots, w, taps + (p + 1) * kLanes);
    float *upper = plane + 2 * y * row;
    for (int i = 0; i < pairs; i++) {
      const float *t = taps + 2 * i * kLanes;
      const vec first = load(t + kLanes);
      const vec sum = _mm512_permutex2var_ps(first, own, load(t + 2 * kLanes)) +
                      _mm512_permutex2var_ps(load(t), before, first);
      const __m256 both = _mm512_castps512_ps256(sum) + _mm256_loadu_ps(below + 8 * i);
      _mm256_storeu_ps(below + 8 * i, _mm512_extractf32x8_ps(sum, 1));
      _mm_storeu_ps(upper + 4 * i, _mm256_castps256_ps128(both));
      _mm_storeu_ps(upper + row + 4 * i, _mm256_extractf128_ps(both, 1));
    }
  }
  float *last = plane + 2 * height * row;
  for (int i = 0; i < pairs; i++) {
    _mm_storeu_ps(last + 4 * i, _mm_loadu_ps(below + 8 * i));
    _mm_storeu_ps(last + row + 4 * i, _mm_loadu_ps(below + 8 * i + 4));
  }
}
#endif

// What an image of C channels changes by, of which rectangle `out` lies in memory, rows `row` apart.
// Narrow rows one after the other fill the vectors; `flat` is their room.
template <int C>
float plane_effect(const Layer &l, const Rect &out, const float *d, ptrdiff_t row,
                   const CleanImage &image, const Measure &measure, float *flat) {
  const int width = out.width() * C;
  const ptrdiff_t image_row = static_cast<ptrdiff_t>(l.out_w()) * C;
  const ptrdiff_t origin = out.y0 * image_row + static_cast<ptrdiff_t>(out.x0) * C;
  const int count = width * out.height();
  if (width == row && width == image_row) {
    return measured(image, measure,
                    [&](auto pixels) { return pixels.take_row(vec{}, origin, d, count); });
  }
  if (width >= 2 * kLanes) {
    return measured(image, measure, [&](auto pixels) {
      vec sum = {};
      for (int y = 0; y < out.height(); y++) {
        sum = pixels.take_row(sum, origin + y * image_row, d + y * row, width);
      }
      return sum;
    });
  }
  const int64_t plane_size = count + kPast;
  CleanImage part = CleanImage::in(flat + plane_size, plane_size, count);
  part.far = image.far;
  const auto gather = [&](const float *from, ptrdiff_t from_row, float *to) {
    for (int y = 0; y < out.height(); y++) {
      for (int x = 0; x < width; x++) to[y * width + x] = from[y * from_row + x];
    }
  };
  gather(d, row, flat);
  gather(image.side + origin, image_row, part.side);
  if (part.far) gather(image.beyond + origin, image_row, part.beyond);
  Measure along = measure;
  if (measure.end == kProducts) {
    along.direction = flat + (1 + CleanImage::kPlanes) * plane_size;
    gather(measure.direction + origin, image_row, flat + (1 + CleanImage::kPlanes) * plane_size);
  }
  return measured(part, along,
                  [&](auto pixels) { return pixels.take_row(vec{}, 0, flat, count); });
}

// Some channels onto an image of C: its change lies in `plane`, and is measured there.
template <class E, int C>
float image_effect(const Layer &l, const Change &in, int first_slot, const Rect &out,
                   const CleanImage &image, const Measure &measure, float *plane, float *flat) {
  const Rect &r = in.rect;
  const float *w = l.weights + static_cast<ptrdiff_t>(16) * C * first_slot;
  if (C == 1 && E::kNumbers == 1 && in.channels == 1 && r.width() >= kLanes / 2) {
    const int from = most(0, r.x0 - 1);
    const int to = least(static_cast<int>(l.w), r.x1 + 1);
    const int written = (to - from + kLanes - 1) / kLanes * 2 * kLanes;
    channel_onto(in, w, from, to, plane, written);
    return plane_effect<C>(l, out, plane + (out.y0 - (2 * r.y0 - 1)) * written + out.x0 - 2 * from,
                           written, image, measure, flat);
  }
  ptrdiff_t row = static_cast<ptrdiff_t>(2 * r.width() + 2) * C;
#if PB_LANES == 16
  if constexpr (C == 1) {
    // Rows are written in fours.
    row += 2;
    taps_onto<E>(in, w, plane, row, flat);
  } else
#endif
  {
    __builtin_memset(plane, 0, sizeof(float) * row * (2 * r.height() + 2));
    constexpr int P = C == 1 ? (PB_LANES == 16 ? 8 : 2) : (PB_LANES == 16 ? 4 : 1);
    for (int y = r.y0; y < r.y1; y++) {
      float *d = plane + (y - r.y0) * 2 * row;
      const float *x = in.at(y, r.x0);
      int p = 0;
      for (; p + P <= r.width(); p += P) {
        pixels_onto<E, C, P>(x + static_cast<ptrdiff_t>(p) * in.channels, in.channels, w,
                             d + 2 * C * p, row);
      }
      for (; p < r.width(); p++) {
        pixels_onto<E, C, 1>(x + static_cast<ptrdiff_t>(p) * in.channels, in.channels, w,
                             d + 2 * C * p, row);
      }
    }
  }
  const float *inside =
      plane + (out.y0 - (2 * r.y0 - 1)) * row + static_cast<ptrdiff_t>(out.x0 - (2 * r.x0 - 1)) * C;
  return plane_effect<C>(l, out, inside, row, image, measure, flat);
}

}  // namespace

#endif
