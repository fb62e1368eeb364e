// What a call of propagate is about, and the room that its cells need.
#ifndef PB_PROPAGATE_CALL_H
#define PB_PROPAGATE_CALL_H

#include "change_channel.h"
#include "change_conv.h"
#include "change_custom.h"
#include "change_image.h"
#include "change_linear.h"
#include "change_patch.h"

namespace {

struct Call {
  const Layer *layers;
  int layer_count;
  bool rectify;
  int end;
  bool eliminate;
  const float *clean;    // [bases][C][H][W] of the patched value
  const float *sources;  // [sources][C][H][W]
  const int32_t *base;
  const int32_t *source;
  const float *numbers;  // [n][5]
  const float *directions;   // [directions][size of the last value], of products
  const int32_t *direction;  // [n]
  OwnPatching *own;          // or null, where the numbers say all
  float *scratch;
  float *y;
  int32_t *skipped;
};

// Slots of the change of a value, with its margins and what may be written past its end.
int64_t change_size(int64_t h, int64_t w, int64_t c) {
  return h * (w + 2 * kMargin) * c + kPast;
}

// Floats of the change of an image with what is written around it.
int64_t plane_size(const Layer &l) {
  return (l.out_h() + 2) * (l.out_w() * l.co + 2 * kLanes) + kPast;
}

// Of a chain with linear layers, the change of each of kCells cells where one of them begins or
// ends, twice, and the lists of slots.
int64_t cell_size(const Layer *layers, int count) {
  int64_t most = 0;
  for (int i = 0; i < count; i++) {
    const Layer &l = layers[i];
    if (!l.linear()) continue;
    const int64_t in = l.in_size() + kPast;
    const int64_t out = change_size(l.rows, l.columns, l.co) + 16;
    most = most > in ? most : in;
    most = most > out ? most : out;
  }
  return most;
}

// The sums of a convolution going down.
int64_t sums_size(const Layer *layers, int count) {
  int64_t most = 0;
  for (int i = 0; i < count; i++) {
    if (layers[i].kind == kDown && layers[i].out_size() > most) most = layers[i].out_size();
  }
  return most;
}

void write_clean(const Layer &l, int64_t base, float *y) {
  const float *clean = l.clean + base * l.out_size();
  const int64_t size = l.out_size();
  for (int64_t i = 0; i < size; i += kLanes) {
    const int some = static_cast<int>(size - i < kLanes ? size - i : kLanes);
    const vec value = load_first(clean + i, some);
    store_first(y + i, l.act == kRelu ? max(vec{}, value) : value, some);
  }
}

}  // namespace

#endif
