// What a patch program may read of a unit beside activations: its place and its random number.
//
// Operations: one conversion and one store per unit and index. Random numbers: a block of Philox per
// four units, kLanes blocks at once, whose words are put into the order of the units by eight
// shuffles per 4 kLanes of them.
#ifndef PB_PATCH_UNITS_H
#define PB_PATCH_UNITS_H

#include <string.h>

#include "philox.h"
#include "transpose.h"

namespace {
namespace patch {

// Where the units of a site lie: `plane` units to a channel, `width` to a row.
struct PatchSite {
  int32_t plane, width;

  // The indices of units `first` to `first + count - 1` of one row of a value.
  void indices(int32_t first, int count, float *__restrict unit, float *__restrict channel,
               float *__restrict row, float *__restrict column) const {
    for (int i = 0; i < count; i++) unit[i] = static_cast<float>(first + i);
    if (plane == 1) {
      memcpy(channel, unit, sizeof(float) * count);
      memset(row, 0, sizeof(float) * count);
      memset(column, 0, sizeof(float) * count);
      return;
    }
    int32_t c = first / plane, r = first % plane / width, x = first % plane % width;
    for (int i = 0; i < count;) {
      const int end = count - i < width - x ? count : i + width - x;
      for (; i < end; i++, x++) {
        channel[i] = static_cast<float>(c);
        row[i] = static_cast<float>(r);
        column[i] = static_cast<float>(x);
      }
      x = 0;
      if (++r == plane / width) {
        r = 0;
        c++;
      }
    }
  }
};

// What keys the random numbers of a row: the seed, and low and high bits of the input id and the
// draw as `ids` of the kernel `normal`.
struct PatchKey {
  uint32_t seed0, seed1;
  const int32_t *ids;

  // Uniform numbers, 24 bits each, of kLanes blocks of four units.
  void blocks(const uint32_t *block, float *y) const {
    constexpr uint32_t kStream = 15;  // io.patchbay.engine.random.Streams.PATCH
    uvec x[4];
    memcpy(x, block, sizeof(uvec));
    x[1] = uvec{} + static_cast<uint32_t>(ids[2]);
    x[2] = uvec{} + static_cast<uint32_t>(ids[0]);
    x[3] = uvec{} + (static_cast<uint32_t>(ids[1]) << 16 | kStream);
    philox(x, seed0, seed1);
    vec word[4];
    for (int w = 0; w < 4; w++) word[w] = to_float((ivec)(x[w] >> 8)) * 0x1p-24f;
    const vec even[2] = {interleave<false>(word[0], word[2]), interleave<true>(word[0], word[2])};
    const vec odd[2] = {interleave<false>(word[1], word[3]), interleave<true>(word[1], word[3])};
    for (int half = 0; half < 2; half++) {
      store(y + 2 * half * kLanes, interleave<false>(even[half], odd[half]));
      store(y + (2 * half + 1) * kLanes, interleave<true>(even[half], odd[half]));
    }
  }

  // Those of units `first` to `first + count - 1`.
  void uniform(int32_t first, int count, float *y) const {
    constexpr int kNumbers = 4 * kLanes;
    int skip = first % 4;
    for (uint32_t begin = static_cast<uint32_t>(first) / 4; count > 0; begin += kLanes) {
      uint32_t block[kLanes];
      for (int i = 0; i < kLanes; i++) block[i] = begin + static_cast<uint32_t>(i);
      float some[kNumbers];
      const bool whole = skip == 0 && count >= kNumbers;
      blocks(block, whole ? y : some);
      const int left = kNumbers - skip < count ? kNumbers - skip : count;
      if (!whole) memcpy(y, some + skip, sizeof(float) * left);
      y += left;
      count -= left;
      skip = 0;
    }
  }
};

}  // namespace patch
}  // namespace

#endif
