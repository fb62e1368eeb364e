// The rectangle of a layer's grid inside of which a change is not zero, how far a layer carries it,
// and the room that the change takes in shared memory.
#pragma once

#include "carried_cells.cuh"

// Rows y0..y1 and columns x0..x1 of a grid, the ends outside.
struct ChangeRect {
  int y0, y1, x0, x1;

  PB_DEVICE int height() const { return y1 - y0; }
  PB_DEVICE int width() const { return x1 - x0; }
};

// A rectangle of the channels from `first` on.
struct ChangeCover {
  ChangeRect rect;
  int first, channels;
};

// What range r of a value of h x w pixels adds to what others cover.
PB_DEVICE void change_add(ChangeCover &cover, const ChangeRange &r, int h, int w) {
  const int pixels = h * w;
  const int last = r.end - 1;
  if (last < r.begin) return;
  const int from = r.begin / pixels;
  const int to = last / pixels;
  const bool one_channel = from == to;
  const int y0 = one_channel ? r.begin % pixels / w : 0;
  const int y1 = one_channel ? last % pixels / w + 1 : h;
  const bool one_row = one_channel && y1 - y0 == 1;
  const int x0 = one_row ? r.begin % w : 0;
  const int x1 = one_row ? last % w + 1 : w;
  if (cover.channels == 0) {
    cover = {{y0, y1, x0, x1}, from, to - from + 1};
    return;
  }
  const int past = change_most(cover.first + cover.channels, to + 1);
  cover.first = change_least(cover.first, from);
  cover.channels = past - cover.first;
  cover.rect = {change_least(cover.rect.y0, y0), change_most(cover.rect.y1, y1),
                change_least(cover.rect.x0, x0), change_most(cover.rect.x1, x1)};
}

// A cover in four words, the last of which is the first range.
PB_DEVICE void change_keep(const ChangeCover &cover, int range, int *words) {
  words[0] = cover.rect.y0 << 16 | cover.rect.y1;
  words[1] = cover.rect.x0 << 16 | cover.rect.x1;
  words[2] = cover.first << 16 | cover.channels;
  words[3] = range;
}

PB_DEVICE ChangeCover change_kept(const int *words) {
  return {{words[0] >> 16, words[0] & 0xffff, words[1] >> 16, words[1] & 0xffff},
          words[2] >> 16,
          words[2] & 0xffff};
}

PB_DEVICE int change_out_height(const RegionLayer &l) {
  return static_cast<int>(l.kind == kDown ? l.height / 2 : 2 * l.height);
}

PB_DEVICE int change_out_width(const RegionLayer &l) {
  return static_cast<int>(l.kind == kDown ? l.width / 2 : 2 * l.width);
}

// Where the outputs lie that see a rectangle of the inputs.
PB_DEVICE ChangeRect change_reach(const RegionLayer &l, const ChangeRect &r) {
  const int h = change_out_height(l);
  const int w = change_out_width(l);
  if (l.kind == kDown) {
    return {change_most(0, (r.y0 - 1) >> 1), change_least(h, (r.y1 >> 1) + 1),
            change_most(0, (r.x0 - 1) >> 1), change_least(w, (r.x1 >> 1) + 1)};
  }
  return {change_most(0, 2 * r.y0 - 1), change_least(h, 2 * r.y1 + 1), change_most(0, 2 * r.x0 - 1),
          change_least(w, 2 * r.x1 + 1)};
}

// Zeros around a change, so that no tap asks for the border.
PB_DEVICE int change_margin(const RegionLayer &l) { return l.kind == kDown ? 3 : 1; }

// Floats from one pixel to the next: whole vectors of four, an odd number of them, so that
// neighbours lie in different banks.
PB_DEVICE int change_pitch(int channels) {
  return channels < 4 ? channels : (channels + 3) / 4 * 4 + ((channels + 3) / 4 % 2 == 0 ? 4 : 0);
}

PB_DEVICE int change_room(const RegionLayer &l, const ChangeRect &r, int channels) {
  const int around = 2 * change_margin(l);
  const int floats = (r.height() + around) * (r.width() + around) * change_pitch(channels);
  return (floats + 3) / 4 * 4;
}

// A change that is higher than a strip with a row on either side goes through the layer before the
// one onto an image and through that one in strips of so many rows, where that is asked for.
constexpr int kStrip = 8;

PB_DEVICE bool change_stripped(const ChangeCells &p, int layer, const ChangeRect &r) {
  return layer > 0 && layer + 1 == p.regional && p.layers[layer].kind == kOntoImage &&
         r.height() > kStrip + 2;
}

// The rooms that a region's changes take by turns on their way.
struct ChangeRooms {
  long long even, odd;
  float work;  // products, of all of them as many as `dense`
  float dense;
};

PB_DEVICE ChangeRooms change_rooms(const ChangeCells &p, const ChangeCover &cover, bool strips) {
  ChangeRooms rooms = {0, 0, 0.0f, 0.0f};
  ChangeRect r = cover.rect;
  int channels = cover.channels;
  for (int i = 0; i < p.regional; i++) {
    const RegionLayer &l = p.layers[i];
    ChangeRect held = r;
    if (strips && change_stripped(p, i, r)) held.y1 = held.y0 + kStrip + 2;
    const long long room = change_room(l, held, channels);
    if (i % 2 == 0) {
      rooms.even = room > rooms.even ? room : rooms.even;
    } else {
      rooms.odd = room > rooms.odd ? room : rooms.odd;
    }
    const float taps = (l.kind == kDown ? 16.0f : 4.0f) * static_cast<float>(l.outputs);
    r = change_reach(l, r);
    rooms.work += taps * channels * (static_cast<float>(r.height()) * r.width());
    rooms.dense += taps * l.channels * (static_cast<float>(change_out_height(l)) * change_out_width(l));
    channels = static_cast<int>(l.outputs);
  }
  return rooms;
}
