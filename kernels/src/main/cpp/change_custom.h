// What a patch by an op of one's own changes: a program (patch_program.h) in the place of the five
// numbers of change_patch.h.
//
// Only the units of the cell's ranges go through the program, in tiles of 256 neighbours in (C, H, W)
// order, where they lie if vectors of them are full. The values are those of patch_program.cpp, bit
// for bit. Operations: the program's per unit. Bytes per unit: 4 for each of clean, source and mean
// that it reads, and 4 for the change.
#ifndef PB_CHANGE_CUSTOM_H
#define PB_CHANGE_CUSTOM_H

#include "change_patch.h"
#include "patch_program.h"
#include "patch_units.h"

namespace {

// An op and what its cells read beside the clean values, the sources and their own numbers, of which
// the second is the value.
struct OwnOp {
  const int32_t *words;
  int64_t length;
  const float *constants;
  int64_t constant_count;
  const float *mean;      // one row
  const int32_t *seed;    // two words
  const int32_t *ids;     // [n][3]
  int64_t plane, width;   // of the site: units of a channel, and of a row

  patch::PatchProgram program() const {
    return {reinterpret_cast<const patch::PatchStep *>(words), static_cast<int32_t>(length),
            constants, static_cast<int32_t>(constant_count)};
  }

  // Whether a value of `size` units can be patched with it.
  bool fits(int64_t size) const {
    if (!program().valid()) return false;
    if (plane < 1 || width < 1 || size % plane != 0 || plane % width != 0) return false;
    const uint32_t reads = program().reads();
    if ((reads >> patch::kMean & 1) && mean == nullptr) return false;
    return !(reads >> patch::kRandom & 1) || (seed != nullptr && ids != nullptr);
  }
};

class OwnPatching {
  static constexpr int kUnits = patch::kTile;

  const OwnOp op;
  const patch::PatchSite site;
  const bool source, mean, places, random;
  patch::PatchMachine machine;
  patch::PatchTile in[patch::kNamedValues];
  patch::PatchTile out;
  alignas(64) float one[kLanes];

 public:
  explicit OwnPatching(const OwnOp &of)
      : op(of),
        site{static_cast<int32_t>(of.plane), static_cast<int32_t>(of.width)},
        source(reads(patch::kSource)),
        mean(reads(patch::kMean)),
        places(reads(patch::kUnit) || reads(patch::kChannel) || reads(patch::kRow) ||
               reads(patch::kColumn)),
        random(reads(patch::kRandom)),
        machine(of.program()) {}

  // As patch_change, of cell n.
  bool change(const Patch &patch, int64_t n, const Range *ranges, int count, const Cover &cover,
              const Change &change) {
    __builtin_memset(change.d, 0,
                     sizeof(float) * static_cast<size_t>(change.row()) * change.rect.height());
    store(one, broadcast(patch.numbers[1]));
    machine.set_all(patch::kValue, one);
    ivec any = {};
    for (int i = 0; i < count; i++) {
      for (int unit = ranges[i].begin; unit < ranges[i].end; unit += kUnits) {
        const int some = least(kUnits, ranges[i].end - unit);
        const float *clean = run(patch, n, unit, some);
        any |= differences(clean, some, patch.rectify);
        spread(patch, unit, some, cover, change);
      }
    }
    any &= 0x7fffffff;
    bool changed = false;
    for (int i = 0; i < kLanes; i++) changed |= any[i] != 0;
    return changed;
  }

 private:
  bool reads(patch::PatchValue value) const { return op.program().reads() >> value & 1; }

  // The new values of neighbours into `out`; gives where their clean values can be read by vectors.
  const float *run(const Patch &patch, int64_t n, int unit, int some) {
    const int whole = (some + kLanes - 1) / kLanes * kLanes;
    const float *clean = given(patch::kClean, patch.clean + unit, some, whole);
    if (source) given(patch::kSource, patch.source + unit, some, whole);
    if (mean) given(patch::kMean, op.mean + unit, some, whole);
    if (places) {
      for (int v = patch::kUnit; v <= patch::kColumn; v++) made(v, some, whole);
      site.indices(unit, some, in[patch::kUnit].value, in[patch::kChannel].value,
                   in[patch::kRow].value, in[patch::kColumn].value);
    }
    if (random) {
      const patch::PatchKey key{static_cast<uint32_t>(op.seed[0]),
                                static_cast<uint32_t>(op.seed[1]), op.ids + 3 * n};
      key.uniform(unit, some, made(patch::kRandom, some, whole));
    }
    machine.run(out.value, whole);
    return clean;
  }

  const float *given(patch::PatchValue value, const float *from, int some, int whole) {
    if (some < whole) {
      __builtin_memcpy(made(value, some, whole), from, sizeof(float) * some);
      from = in[value].value;
    }
    machine.set(value, from);
    return from;
  }

  // The tile of a value, with zeros after the first `some` numbers.
  float *made(int value, int some, int whole) {
    float *tile = in[value].value;
    for (int i = some; i < whole; i++) tile[i] = 0.0f;
    machine.set(static_cast<patch::PatchValue>(value), tile);
    return tile;
  }

  // Leaves in `out` how far the values are from the clean ones; gives the bits of them all.
  ivec differences(const float *clean, int some, bool rectify) {
    ivec any = {};
    for (int i = 0; i < some; i += kLanes) {
      const vec x = load(clean + i);
      const vec moved = load(out.value + i) - x;
      const vec d = rectify ? rectified(x, moved) : moved;
      store(out.value + i, d);
      any |= as_int(some - i < kLanes ? load_first(out.value + i, some - i) : d);
    }
    return any;
  }

  // Puts the differences of neighbours where they lie in the change.
  void spread(const Patch &patch, int unit, int some, const Cover &cover, const Change &change) {
    const int h = patch.h;
    const int w = patch.w;
    const int k = h * w == 1 ? 1 : change.channels;
    int channel = unit / (h * w);
    int y = unit % (h * w) / w;
    int x = unit % w;
    for (int from = 0; from < some;) {
      const int in_row = h * w == 1 ? some : least(w - x, some - from);
      float *to = change.d + (change.at(y, x) - change.d) + channel - cover.first_channel;
      const float *d = out.value + from;
      int at = 0;
      if (k == 1) {
        for (; at + kLanes <= in_row; at += kLanes) store(to + at, load(d + at));
      }
      for (; at < in_row; at++) to[static_cast<ptrdiff_t>(at) * k] = d[at];
      from += in_row;
      x = 0;
      if (++y == h) {
        y = 0;
        channel++;
      }
    }
  }
};

}  // namespace

#endif
