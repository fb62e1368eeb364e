// The new values of a unit by an op of one's own, and the random numbers that it may read: for
// kernels and callers that spread a change themselves.
//
// out[count] = program(clean, source, mean, value, indices, random), one slice of one row, where it
// lies. Operations: the program's per unit; bytes: 4 per unit for each of clean, source, mean and
// random that the program reads and 4 for the result, nothing more. patch_random: a block of Philox
// per four units, 20 wide products, and 4 bytes written per unit.
#include "patch_machine.h"
#include "patch_units.h"

using namespace patch;

// out[i] = program(clean[i], source[i], mean[i], value, indices of unit first + i, random[i]) for
// i < count: a slice of one row of a site whose channels have `plane` units in rows of `width`. Of
// source, mean and random only what the program reads has to be there. out may be clean.
PB_EXPORT int32_t PB_NAME(patch_values)(const int32_t *words, int32_t length,
                                        const float *constants, int32_t constant_count,
                                        const float *clean, const float *source, const float *mean,
                                        float value, const float *random, int32_t first,
                                        int32_t plane, int32_t width, float *out, int64_t count) {
  const FlushDenormals flushed;
  const PatchProgram program{reinterpret_cast<const PatchStep *>(words), length, constants,
                             constant_count};
  if (!program.valid()) return 1;
  const uint32_t reads = program.reads();
  if (count < 0) return 14;
  if (first < 0 || first + count > INT32_MAX) return 10;
  if (plane < 1) return 11;
  if (width < 1 || plane % width != 0) return 12;
  if (count == 0) return 0;
  const struct {
    PatchValue of;
    const float *from;
    int32_t argument;
  } given[] = {{kClean, clean, 5}, {kSource, source, 6}, {kMean, mean, 7}, {kRandom, random, 9}};
  for (const auto &g : given) {
    if (g.from == nullptr && (reads >> g.of & 1)) return g.argument;
  }
  if (out == nullptr) return 13;
  const PatchSite site{plane, width};
  const bool places = reads >> kUnit & 15;  // unit, channel, row, column
  PatchMachine machine(program);
  machine.set_all(kValue, value);
  PatchTile tiles[kNamedValues];
  PatchTile result;
  for (int64_t at = 0; at < count; at += kTile) {
    const int n = static_cast<int>(count - at < kTile ? count - at : kTile);
    const int whole = (n + kBlock - 1) / kBlock * kBlock;
    for (const auto &g : given) {
      if (!(reads >> g.of & 1)) continue;
      if (whole == n) {
        machine.set(g.of, g.from + at);
      } else {
        PatchTile &tile = tiles[g.of];
        memset(tile.value + n, 0, sizeof(float) * (whole - n));
        memcpy(tile.value, g.from + at, sizeof(float) * n);
        machine.set(g.of, tile.value);
      }
    }
    if (places) {
      for (int v = kUnit; v <= kColumn; v++) {
        memset(tiles[v].value + n, 0, sizeof(float) * (whole - n));
        machine.set(static_cast<PatchValue>(v), tiles[v].value);
      }
      site.indices(first + static_cast<int32_t>(at), n, tiles[kUnit].value, tiles[kChannel].value,
                   tiles[kRow].value, tiles[kColumn].value);
    }
    machine.run(whole == n ? out + at : result.value, whole);
    if (whole != n) memcpy(out + at, result.value, sizeof(float) * n);
  }
  return 0;
}

// y[i] = the random number of unit first + i, i < count, of the row with these ids: low and high
// bits of the input id, and the draw.
PB_EXPORT int32_t PB_NAME(patch_random)(int32_t seed0, int32_t seed1, const int32_t *ids,
                                        int32_t first, float *y, int64_t count) {
  if (count < 0) return 6;
  if (first < 0 || first + count > INT32_MAX) return 4;
  if (count == 0) return 0;
  if (ids == nullptr || ids[1] < 0 || ids[1] > 0xFFFF) return 3;
  if (y == nullptr) return 5;
  const PatchKey key{static_cast<uint32_t>(seed0), static_cast<uint32_t>(seed1), ids};
  key.uniform(first, static_cast<int>(count), y);
  return 0;
}
