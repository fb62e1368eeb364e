// What a patch program may read of a unit beside activations: its place and its random number.
//
// Operations: one conversion and one store per unit and index. Random numbers: a block of Philox per
// four units, kLanes blocks at once and four times as many where there are, whose words are put into
// the order of the units by eight shuffles per 4 kLanes of them.
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

  // What a counter has beside the block of units, `apart` words from one another.
  void rest(uint32_t *words, int apart) const {
    constexpr uint32_t kStream = 15;  // io.patchbay.engine.random.Streams.PATCH
    words[0] = static_cast<uint32_t>(ids[2]);
    words[apart] = static_cast<uint32_t>(ids[0]);
    words[2 * apart] = static_cast<uint32_t>(ids[1]) << 16 | kStream;
  }

  // The number of a word.
  static PB_INLINE vec number(uvec word) { return to_float((ivec)(word >> 8)) * 0x1p-24f; }

  // Uniform numbers, 24 bits each, of N times kLanes blocks of four units.
  template <int N>
  PB_INLINE void blocks(const uint32_t *block, float *y) const {
    uint32_t words[3];
    rest(words, 1);
    uvec x[N][4];
    for (int i = 0; i < N; i++) {
      memcpy(x[i], block + i * kLanes, sizeof(uvec));
      for (int w = 0; w < 3; w++) x[i][w + 1] = uvec{} + words[w];
    }
    philox(x, seed0, seed1);
    for (int i = 0; i < N; i++) in_order(x[i], y + 4 * i * kLanes);
  }

  // Those of units `first` to `first + count - 1`.
  void uniform(int32_t first, int count, float *y) const {
    constexpr int kNumbers = 4 * kLanes;
    int skip = first % 4;
    uint32_t block[kTogether * kLanes];
    for (uint32_t begin = static_cast<uint32_t>(first) / 4; count > 0;) {
      for (int i = 0; i < kTogether * kLanes; i++) block[i] = begin + static_cast<uint32_t>(i);
      if (skip == 0 && count >= kTogether * kNumbers) {
        blocks<kTogether>(block, y);
        y += kTogether * kNumbers;
        count -= kTogether * kNumbers;
        begin += kTogether * kLanes;
        continue;
      }
      float some[kNumbers];
      blocks<1>(block, some);
      const int left = kNumbers - skip < count ? kNumbers - skip : count;
      memcpy(y, some + skip, sizeof(float) * left);
      y += left;
      count -= left;
      begin += kLanes;
      skip = 0;
    }
  }

 private:
  static constexpr int kTogether = 4;

  // The words of kLanes blocks as numbers, unit after unit.
  static PB_INLINE void in_order(const uvec (&x)[4], float *y) {
    vec word[4];
    for (int w = 0; w < 4; w++) word[w] = number(x[w]);
    const vec even[2] = {interleave<false>(word[0], word[2]), interleave<true>(word[0], word[2])};
    const vec odd[2] = {interleave<false>(word[1], word[3]), interleave<true>(word[1], word[3])};
    for (int half = 0; half < 2; half++) {
      store(y + 2 * half * kLanes, interleave<false>(even[half], odd[half]));
      store(y + (2 * half + 1) * kLanes, interleave<true>(even[half], odd[half]));
    }
  }
};

// Random numbers of pieces of a few units each, of several rows: a block of every piece goes into a
// lane, so that no lane of Philox is made for nothing.
class PatchDraws {
  uint32_t counter[4][kLanes] = {};
  float *to[kLanes];
  int skip[kLanes], taken[kLanes];
  int lanes = 0;
  PatchKey key{};

 public:
  // Puts those of units `first` to `first + count - 1` to y, at the next flush at the latest. All
  // keys have the same seed.
  void add(const PatchKey &of, int32_t first, int count, float *y) {
    key = of;
    for (int left = count, unit = first; left > 0;) {
      const int before = unit % 4;
      const int here = 4 - before < left ? 4 - before : left;
      counter[0][lanes] = static_cast<uint32_t>(unit) / 4;
      of.rest(&counter[1][lanes], kLanes);
      to[lanes] = y;
      skip[lanes] = before;
      taken[lanes] = here;
      if (++lanes == kLanes) flush();
      unit += here;
      y += here;
      left -= here;
    }
  }

  void flush() {
    if (lanes == 0) return;
    uvec x[4];
    memcpy(x, counter, sizeof(x));
    philox(x, key.seed0, key.seed1);
    float numbers[4][kLanes];
    for (int w = 0; w < 4; w++) store(numbers[w], PatchKey::number(x[w]));
    for (int i = 0; i < lanes; i++)
      for (int e = 0; e < taken[i]; e++) to[i][e] = numbers[skip[i] + e][i];
    lanes = 0;
  }
};

}  // namespace patch
}  // namespace

#endif
