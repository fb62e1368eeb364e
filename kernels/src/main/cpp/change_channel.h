// One channel that changes, and many that see it: its taps stay in registers.
//
// Going up a pixel and a vector of channels cost four multiply-adds; beside them stand a load of the
// clean value and a store of the change, which are the larger part of the time. Going down they cost
// sixteen.
#ifndef PB_CHANGE_CHANNEL_H
#define PB_CHANGE_CHANNEL_H

#include "change.h"

namespace {

// The taps of V vectors of channels at one parity of rows and one of columns, by the input row that
// they see, the upper or the lower one, and by its column, to the left or to the right.
template <int V>
struct ChannelTaps {
  vec upper[2][V];
  vec lower[2][V];
};

enum Rows { kUpper = 1, kLower = 2, kUpperAndLower = 3 };

// The pixels of a row that see these rows of the input.
template <int kRows, int V, class Sink>
PB_INLINE void channel_row(const ChannelTaps<V> &t, const float *upper, const float *lower,
                           int pixels, ptrdiff_t block, Sink &sink) {
#pragma GCC unroll 4
  for (int p = 0; p < pixels; p++) {
#pragma GCC unroll 2
    for (int v = 0; v < V; v++) {
      vec d = {};
      if (kRows & kLower) {
        d = fma(broadcast(lower[p]), t.lower[0][v], d);
        d = fma(broadcast(lower[p + 1]), t.lower[1][v], d);
      }
      if (kRows & kUpper) {
        d = fma(broadcast(upper[p]), t.upper[0][v], d);
        d = fma(broadcast(upper[p + 1]), t.upper[1][v], d);
      }
      sink.take(p, block + v * kLanes, d);
    }
  }
}

// The sums of channels `block`.. for the rows and columns of one parity, the first at (y, x).
template <int V, class Sink>
__attribute__((noinline)) void channel_block(const Layer &l, const Change &in, int channel,
                                             const Rect &out, int y, int x, ptrdiff_t block,
                                             Sink &ends) {
  Sink sink = ends;
  const ptrdiff_t tap = l.ci * l.co;
  const float *w = l.weights + channel * l.co + block;
  const int ky = (y + 1) & 1;
  const int kx = (x + 1) & 1;
  ChannelTaps<V> t;
  for (int right = 0; right < 2; right++) {
    const int column = right ? kx : kx + 2;
#pragma GCC unroll 2
    for (int v = 0; v < V; v++) {
      t.lower[right][v] = load(w + (4 * ky + column) * tap + v * kLanes);
      t.upper[right][v] = load(w + (4 * (ky + 2) + column) * tap + v * kLanes);
    }
  }
  const int pixels = (out.x1 - x + 1) / 2;
  const int left = (x - 1 - kx) >> 1;
  for (; y < out.y1; y += 2) {
    const int below = (y + 1 - ky) / 2;
    const bool sees_lower = below < in.rect.y1;
    const bool sees_upper = below > in.rect.y0;
    const float *lower = in.at(sees_lower ? below : below - 1, left);
    const float *upper = in.at(sees_upper ? below - 1 : below, left);
    sink.begin(y, x, 2);
    if (sees_lower && sees_upper) {
      channel_row<kUpperAndLower>(t, upper, lower, pixels, block, sink);
    } else if (sees_lower) {
      channel_row<kLower>(t, upper, lower, pixels, block, sink);
    } else {
      channel_row<kUpper>(t, upper, lower, pixels, block, sink);
    }
  }
  ends = sink;
}

// Every sum going up from one channel, in the order of carry().
template <class Sink>
void channel_up(const Layer &l, const Change &in, int channel, const Rect &out, Sink &sink) {
  for (int parity = 0; parity < 4; parity++) {
    const int y = out.y0 + parity / 2;
    const int x = out.x0 + parity % 2;
    if (y >= out.y1 || x >= out.x1) continue;
    ptrdiff_t block = 0;
    for (; block + 2 * kLanes <= l.co; block += 2 * kLanes) {
      channel_block<2>(l, in, channel, out, y, x, block, sink);
    }
    if (block < l.co) channel_block<1>(l, in, channel, out, y, x, block, sink);
  }
}

// Every sum going down from one channel, in the order of carry().
template <class Sink>
__attribute__((noinline)) void channel_down(const Layer &l, const Change &in, int channel,
                                            const Rect &out, Sink &ends) {
  Sink sink = ends;
  const ptrdiff_t tap = l.ci * l.co;
  for (ptrdiff_t block = 0; block < l.co; block += kLanes) {
    const float *w = l.weights + channel * l.co + block;
    vec taps[4][4];
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) taps[i / 4][i % 4] = load(w + i * tap);
    for (int y = out.y0; y < out.y1; y++) {
      sink.begin(y, out.x0, 1);
      const float *rows[4];
      for (int ky = 0; ky < 4; ky++) {
        const int iy = 2 * y - 1 + ky;
        const bool inside = iy >= in.rect.y0 && iy < in.rect.y1;
        rows[ky] = inside ? in.at(iy, 2 * out.x0 - 1) : nullptr;
      }
      for (int p = 0; p < out.width(); p++) {
        vec d = {};
#pragma GCC unroll 4
        for (int ky = 0; ky < 4; ky++) {
          if (rows[ky] == nullptr) continue;
          const float *x = rows[ky] + 2 * p;
          // Two taps at a time see every other input.
          d = fma(broadcast(x[0]), taps[ky][0], d);
          d = fma(broadcast(x[2]), taps[ky][2], d);
          d = fma(broadcast(x[1]), taps[ky][1], d);
          d = fma(broadcast(x[3]), taps[ky][3], d);
        }
        sink.take(p, block, d);
      }
    }
  }
  ends = sink;
}

// Every sum of a convolution of at least kLanes channels from one, in the order of carry(), with
// `begin(y, x, step)` before each run of pixels.
template <class Sink>
void carry_channel(const Layer &l, const Change &in, int channel, const Rect &out, Sink &sink) {
  if (l.up()) {
    channel_up(l, in, channel, out, sink);
  } else {
    channel_down(l, in, channel, out, sink);
  }
}

}  // namespace

#endif
