// A unit of a site, as an op of a user's own sees it.
//
// The values are those of io.patchbay.engine.expression.PatchValue. What an op does not read need not
// be there. Indices and the random number are computed where they are read: a few divisions, and one
// Philox block.
#pragma once

#include "functions.cuh"
#include "philox.cuh"

constexpr unsigned kPatchStream = 15;  // io.patchbay.engine.random.Streams.PATCH

struct PatchUnit {
  float clean, source, mean, value;
  int unit, plane, width;  // of the site: units of a channel, and of a row of it
  const int *seed, *ids;   // low 32 bits and high 16 bits of the input id, and the draw

  PB_DEVICE PatchUnit(float clean, float source, float mean, float value, int unit, long long plane,
                      long long width, const int *seed, const int *ids)
      : clean(clean),
        source(source),
        mean(mean),
        value(value),
        unit(unit),
        plane(static_cast<int>(plane)),
        width(static_cast<int>(width)),
        seed(seed),
        ids(ids) {}

  PB_DEVICE float index() const { return static_cast<float>(unit); }
  PB_DEVICE float channel() const {
    return static_cast<float>(static_cast<unsigned>(unit) / static_cast<unsigned>(plane));
  }
  PB_DEVICE float row() const {
    const unsigned at = static_cast<unsigned>(unit) % static_cast<unsigned>(plane);
    return static_cast<float>(at / static_cast<unsigned>(width));
  }
  PB_DEVICE float column() const {
    const unsigned at = static_cast<unsigned>(unit) % static_cast<unsigned>(plane);
    return static_cast<float>(at % static_cast<unsigned>(width));
  }
  // Uniform in [0, 1) with 24 bits.
  PB_DEVICE float random() const {
    return PhiloxKey(seed, ids).uniform(static_cast<unsigned>(unit), kPatchStream);
  }
};
