// What a patch itself changes: the ranges of units of one cell as a rectangle of some channels.
//
// Units are counted in (C, H, W) order, and the clean value and the sources lie so, so that a channel
// is one piece of memory: beside its neighbours each of its floats would cost a line of the cache.
#ifndef PB_CHANGE_PATCH_H
#define PB_CHANGE_PATCH_H

#include "change.h"
#include "ranges.h"

namespace {

// The rectangle and the channels that ranges cover.
struct Cover {
  Rect rect;
  int first_channel;
  int channels;
};

Cover cover_of(const Range *ranges, int count, int pixels, int w) {
  Rect r = {INT32_MAX, 0, INT32_MAX, 0};
  int first = INT32_MAX;
  int last = -1;
  for (int i = 0; i < count; i++) {
    const int begin = ranges[i].begin;
    const int end = ranges[i].end - 1;
    if (end < begin) continue;
    first = least(first, begin / pixels);
    last = most(last, end / pixels);
    const bool one_channel = begin / pixels == end / pixels;
    const int y0 = one_channel ? begin % pixels / w : 0;
    const int y1 = one_channel ? end % pixels / w + 1 : pixels / w;
    const bool one_row = one_channel && y1 - y0 == 1;
    r = {least(r.y0, y0), most(r.y1, y1), least(r.x0, one_row ? begin % w : 0),
         most(r.x1, one_row ? end % w + 1 : w)};
  }
  return {r, first, last - first + 1};
}

// Of float32: what lies beyond limits nothing.
constexpr float kLargest = 3.402823466e38f;

// A cell's patch of a value of h x w pixels.
struct Patch {
  const float *clean;    // of the cell's base
  const float *source;   // the row that it takes from
  const float *numbers;  // keep, shift, take, low, high
  int h, w;
  bool rectify;
};

// Writes the patch's own change, and says whether there is any.
bool patch_change(const Patch &patch, const Range *ranges, int count, const Cover &cover,
                  const Change &change) {
  const int h = patch.h;
  const int w = patch.w;
  const float *clean = patch.clean;
  const float *source = patch.source;
  const float *five = patch.numbers;
  const vec more = broadcast(five[0] - 1);
  const vec shift = broadcast(five[1]);
  const vec take = broadcast(five[2]);
  const vec low = broadcast(five[3]);
  const vec high = broadcast(five[4]);
  const bool limited = five[3] >= -kLargest || five[4] <= kLargest;
  const int k = change.channels;
  // Whole rows of one channel are written in order, each with zeros after it, up to the next.
  const bool rows = kLanes >= 2 * kMargin && k == 1 && count == 1 && change.rect.width() == w &&
                    w % kLanes == 0 && ranges[0].begin % w == 0 && ranges[0].end % w == 0;
  if (rows) {
    store(change.d, vec{});
  } else {
    __builtin_memset(change.d, 0,
                     sizeof(float) * static_cast<size_t>(change.row()) * change.rect.height());
  }
  ivec any = {};
  // By how far a unit moves, not from what it becomes: so a small move of a large unit keeps its digits.
  const auto moved_by = [&](vec x, vec from) {
    vec d = fma(from, take, fma(x, more, shift));
    // In this order a limit, or what is not a number, goes through.
    if (limited) d = min(high - x, max(low - x, d));
    return patch.rectify ? rectified(x, d) : d;
  };
  for (int i = 0; i < count; i++) {
    int unit = ranges[i].begin;
    int channel = unit / (h * w);
    int y = unit % (h * w) / w;
    int x = unit % w;
    while (unit < ranges[i].end) {
      const int in_row = least(w - x, ranges[i].end - unit);
      float *to = change.d + (change.at(y, x) - change.d) + channel - cover.first_channel;
      int at = 0;
      if (k == 1) {
        for (; at + kLanes <= in_row; at += kLanes) {
          const vec d = moved_by(load(clean + unit + at), load(source + unit + at));
          any |= as_int(d);
          store(to + at, d);
        }
        if (rows) store(to + at, vec{});
      }
      for (; at < in_row; at += kLanes) {
        const int some = least(kLanes, in_row - at);
        float lanes[kLanes];
        store(lanes, moved_by(load_first(clean + unit + at, some),
                              load_first(source + unit + at, some)));
        any |= as_int(load_first(lanes, some));
        for (int j = 0; j < some; j++) to[static_cast<ptrdiff_t>(at + j) * k] = lanes[j];
      }
      unit += in_row;
      x = 0;
      if (++y == h) {
        y = 0;
        channel++;
      }
    }
  }
  any &= 0x7fffffff;
  bool changed = false;
  for (int i = 0; i < kLanes; i++) changed |= any[i] != 0;
  return changed;
}

}  // namespace

#endif
