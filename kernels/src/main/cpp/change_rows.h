// What a patch program changes in whole rows of one channel, the only one that changes: it goes from
// the vector registers to where it lies.
//
// Operations per unit: a subtraction, three more where the change is rectified, and one that notes
// whether there is any. Bytes per unit: 4 for the clean value and 4 for the change.
#ifndef PB_CHANGE_ROWS_H
#define PB_CHANGE_ROWS_H

#include "change_patch.h"
#include "patch_machine.h"

namespace {

int left_in_channel(const Patch &patch, int unit) {
  const int plane = patch.h * patch.w;
  return plane - unit % plane;
}

// Whether blocks from a unit on are whole rows of one channel, the only one that changes.
bool is_in_rows(const Patch &patch, int unit, const Change &change) {
  return change.channels == 1 && patch.w % kLanes == 0 && patch::kBlock % patch.w == 0 &&
         unit % patch.w == 0 && left_in_channel(patch, unit) >= patch::kBlock;
}

// Whether a range is blocks of such rows and nothing else.
bool are_rows(const Patch &patch, const Range &range, const Change &change) {
  return is_in_rows(patch, range.begin, change) && (range.end - range.begin) % patch::kBlock == 0;
}

// Clears the margins of a change whose rows are then written whole.
void clear_between_rows(const Change &change) {
  float *at = change.d;
  store(at, vec{});
  for (int y = 0; y < change.rect.height(); y++) {
    at += change.row();
    for (int i = -kMargin; i < kMargin; i += kLanes) store(at + i, vec{});
  }
}

// The end of a program's chain (patch_steps.h) that writes how far its results are from the clean
// values, where they lie in a change of one channel.
template <bool kRectify>
void put_change(PB_VECTORS, const patch::PatchLink *, ptrdiff_t at, patch::PatchState *state) {
  const vec v[patch::kBlockVectors] = {v0, v1, v2, v3, v4, v5, v6, v7};
  const float *clean = state->clean + at;
  ivec any = state->any;
  PB_EACH(patch::kBlockVectors) {
    const vec before = load(clean + i * kLanes);
    const vec moved = v[i] - before;
    const vec d = kRectify ? rectified(before, moved) : moved;
    store(state->y + state->places[i], d);
    any |= as_int(d);
  }
  state->any = any;
  state->y += state->step;
}

// Runs a program on blocks of such rows; gives the bits of all differences.
ivec put_rows(patch::PatchMachine &machine, const Patch &patch, int unit, int some,
              const Cover &cover, const Change &change) {
  const int w = patch.w;
  patch::PatchState &ends = machine.ends();
  ends.y = change.d + (change.at(unit % (patch.h * w) / w, 0) - change.d) +
           unit / (patch.h * w) - cover.first_channel;
  ends.clean = patch.clean + unit;
  ends.step = patch::kBlock / w * change.row();
  for (int i = 0; i < patch::kBlockVectors; i++) {
    ends.places[i] = i * kLanes / w * change.row() + i * kLanes % w;
  }
  ends.any = ivec{};
  machine.run(patch.rectify ? put_change<true> : put_change<false>, some);
  return ends.any;
}

}  // namespace

#endif
