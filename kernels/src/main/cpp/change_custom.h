// What a patch by an op of one's own changes: a program (patch_program.h) in the place of the five
// numbers of change_patch.h.
//
// Only the units of the cell's ranges go through the program: whole blocks of neighbours in
// (C, H, W) order where they lie, the rest of all ranges collected one after the other in tiles of
// 256. Whole rows of one channel go from the vector registers to the change.
// The values are those of patch_program.cpp, bit for bit. Operations: the program's per unit. Bytes
// per unit: 4 for each of clean, source and mean that it reads, and 4 for the change.
#ifndef PB_CHANGE_CUSTOM_H
#define PB_CHANGE_CUSTOM_H

#include "change_rows.h"
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

  // Neighbours among those that are collected.
  struct Piece {
    int unit, count;
  };

  const OwnOp op;
  const patch::PatchSite site;
  const bool source, mean, places, random, made;
  patch::PatchMachine machine;
  patch::PatchTile in[patch::kNamedValues];
  patch::PatchTile out;
  Piece pieces[kUnits];
  int count = 0, filled = 0;

 public:
  explicit OwnPatching(const OwnOp &of)
      : op(of),
        site{static_cast<int32_t>(of.plane), static_cast<int32_t>(of.width)},
        source(reads(patch::kSource)),
        mean(reads(patch::kMean)),
        places(reads(patch::kUnit) || reads(patch::kChannel) || reads(patch::kRow) ||
               reads(patch::kColumn)),
        random(reads(patch::kRandom)),
        made(places || random),
        machine(of.program()) {}

  // As patch_change, of cell n.
  bool change(const Patch &patch, int64_t n, const Range *ranges, int range_count,
              const Cover &cover, const Change &change) {
    if (range_count == 1 && are_rows(patch, ranges[0], change)) {
      clear_between_rows(change);
    } else {
      __builtin_memset(change.d, 0,
                       sizeof(float) * static_cast<size_t>(change.row()) * change.rect.height());
    }
    machine.set_all(patch::kValue, patch.numbers[1]);
    ivec any = {};
    for (int i = 0; i < range_count; i++) {
      int unit = ranges[i].begin;
      while (ranges[i].end - unit >= patch::kBlock) {
        const bool in_rows = is_in_rows(patch, unit, change);
        int some = ranges[i].end - unit;
        if (in_rows) some = least(some, left_in_channel(patch, unit));
        if (made || !in_rows) some = least(some, kUnits);
        some -= some % patch::kBlock;
        give(patch, n, unit, some);
        if (in_rows) {
          any |= put_rows(machine, patch, unit, some, cover, change);
        } else {
          machine.run(out.value, some);
          any |= differences(patch.clean + unit, some, patch.rectify);
          spread(patch, unit, some, out.value, cover, change);
        }
        unit += some;
      }
      while (unit < ranges[i].end) {
        const int some = least(kUnits - filled, ranges[i].end - unit);
        collect(patch, unit, some);
        if (filled == kUnits) any |= flush(patch, n, cover, change);
        unit += some;
      }
    }
    any |= flush(patch, n, cover, change);
    any &= 0x7fffffff;
    bool changed = false;
    for (int i = 0; i < kLanes; i++) changed |= any[i] != 0;
    return changed;
  }

 private:
  bool reads(patch::PatchValue value) const { return op.program().reads() >> value & 1; }

  patch::PatchKey key(int64_t n) const {
    return {static_cast<uint32_t>(op.seed[0]), static_cast<uint32_t>(op.seed[1]), op.ids + 3 * n};
  }

  // Gives the machine what it reads of neighbours.
  void give(const Patch &patch, int64_t n, int unit, int some) {
    machine.set(patch::kClean, patch.clean + unit);
    if (source) machine.set(patch::kSource, patch.source + unit);
    if (mean) machine.set(patch::kMean, op.mean + unit);
    if (places) set_places(unit, some, 0);
    if (random) key(n).uniform(unit, some, in[patch::kRandom].value);
    if (made) set_made();
  }

  void collect(const Patch &patch, int unit, int some) {
    pieces[count++] = {unit, some};
    copy(patch::kClean, patch.clean + unit, some);
    if (source) copy(patch::kSource, patch.source + unit, some);
    if (mean) copy(patch::kMean, op.mean + unit, some);
    filled += some;
  }

  void copy(patch::PatchValue value, const float *from, int some) {
    float *to = in[value].value + filled;
    for (int i = 0; i < some; i += kLanes) {
      const int left = least(kLanes, some - i);
      store_first(to + i, load_first(from + i, left), left);
    }
  }

  void set_places(int unit, int some, int at) {
    site.indices(unit, some, in[patch::kUnit].value + at, in[patch::kChannel].value + at,
                 in[patch::kRow].value + at, in[patch::kColumn].value + at);
  }

  // Places and random numbers are made in their tiles, by whoever runs the program, for all of it.
  void set_made() {
    for (int v = patch::kUnit; v <= patch::kRandom; v++) {
      machine.set(static_cast<patch::PatchValue>(v), in[v].value);
    }
  }

  // Puts the differences of what has been collected where they lie; gives the bits of them all.
  ivec flush(const Patch &patch, int64_t n, const Cover &cover, const Change &change) {
    if (filled == 0) return ivec{};
    if (random) draw(key(n));
    for (int i = 0, at = 0; places && i < count; at += pieces[i++].count) {
      set_places(pieces[i].unit, pieces[i].count, at);
    }
    const int vectors = (filled + patch::kBlock - 1) / patch::kBlock * patch::kBlock;
    for (patch::PatchTile &tile : in) {
      for (int i = filled; i < vectors; i++) tile.value[i] = 0.0f;
    }
    machine.set(patch::kClean, in[patch::kClean].value);
    machine.set(patch::kSource, in[patch::kSource].value);
    machine.set(patch::kMean, in[patch::kMean].value);
    set_made();
    machine.run(out.value, vectors);
    const ivec any = differences(in[patch::kClean].value, filled, patch.rectify);
    const float *d = out.value;
    for (int i = 0; i < count; i++) {
      spread(patch, pieces[i].unit, pieces[i].count, d, cover, change);
      d += pieces[i].count;
    }
    count = 0;
    filled = 0;
    return any;
  }

  // The random numbers of what has been collected, whose blocks of four units are drawn together.
  void draw(const patch::PatchKey &key) {
    uint32_t blocks[kUnits + kLanes];
    int drawn = 0;
    for (int i = 0; i < count; i++) {
      const int last = (pieces[i].unit + pieces[i].count - 1) / 4;
      for (int b = pieces[i].unit / 4; b <= last; b++) blocks[drawn++] = static_cast<uint32_t>(b);
    }
    for (int i = 0; i < kLanes; i++) blocks[drawn + i] = 0;
    float numbers[4 * (kUnits + kLanes)];
    for (int i = 0; i < drawn; i += kLanes) key.blocks<1>(blocks + i, numbers + 4 * i);
    float *to = in[patch::kRandom].value;
    const float *from = numbers;
    for (int i = 0; i < count; i++) {
      const int skip = pieces[i].unit % 4;
      for (int u = 0; u < pieces[i].count; u++) *to++ = from[skip + u];
      from += (skip + pieces[i].count + 3) / 4 * 4;
    }
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

  // Puts the differences `d` of neighbours where they lie in the change.
  void spread(const Patch &patch, int unit, int some, const float *d, const Cover &cover,
              const Change &change) {
    const int h = patch.h;
    const int w = patch.w;
    const int k = h * w == 1 ? 1 : change.channels;
    int channel = unit / (h * w);
    int y = unit % (h * w) / w;
    int x = unit % w;
    for (int left = some; left > 0;) {
      const int in_row = h * w == 1 ? some : least(w - x, left);
      float *to = change.d + (change.at(y, x) - change.d) + channel - cover.first_channel;
      int at = 0;
      if (k == 1) {
        for (; at + kLanes <= in_row; at += kLanes) store(to + at, load(d + at));
      }
      for (; at < in_row; at++) to[static_cast<ptrdiff_t>(at) * k] = d[at];
      d += in_row;
      left -= in_row;
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
