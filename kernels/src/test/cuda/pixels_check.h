// What change_pixels must compute, in float64, and the cases on which it is held to it; a Machine is
// that of tail_check.h.
#pragma once

#include "tail_check.h"

namespace pixels_check {

constexpr int kThreads = 128;
constexpr int kBlocks = 6;  // on a multiprocessor
constexpr int kChunkBytes = 32 * (9 * 4 + 4 * 8);
constexpr int kRowBytes = 4 * 2 * 2 * 10 * 128;
inline int shared_bytes(int colors) { return (2048 + 128) * colors + 2 * kChunkBytes + kRowBytes; }

// A value of 32 x 32 x 32 behind a rectifier, patched in one channel or a part of one.
struct PixelsCase {
  int colors, bases, cells;
  bool rectifies = true;
  std::vector<float> clean, sources, logits, weights, numbers;
  std::vector<int> base, source, ranges;
  tail_check::Directions directions;

  PixelsCase(int colors, int bases, int cells, double size, unsigned seed)
      : colors(colors), bases(bases), cells(cells), directions((size_t)colors * 4096, cells, seed + 1) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    const auto fill = [&](std::vector<float> &v, size_t count, double scale) {
      v.resize(count);
      for (float &x : v) x = (float)(scale * normal(random));
    };
    fill(clean, (size_t)bases * 32768, 1);
    fill(sources, (size_t)bases * 32768, 1);
    fill(logits, (size_t)bases * colors * 4096, 4);
    fill(weights, (size_t)32 * colors * 16, 0.3);
    for (size_t i = 0; i < logits.size(); i += 97) logits[i] *= 10;
    for (int i = 0; i < cells; i++) {
      base.push_back((int)(random() % (unsigned)bases));
      source.push_back((int)(random() % (unsigned)bases));
      const int channel = (int)(random() % 32);
      const int first = i % 3 == 1 ? (int)(random() % 900) : 0;
      const int end = i % 3 == 1 ? first + (int)(random() % 124) : 1024;
      for (const int x : {i, channel * 1024 + first, channel * 1024 + end}) ranges.push_back(x);
      const float s = (float)size;
      const float low = i % 5 == 4 ? -0.5f : -INFINITY;
      const float high = i % 5 == 4 ? 0.75f : INFINITY;
      // An interchange of a part; nothing at all now and then.
      const bool none = i % 7 == 6;
      for (const float x : {none ? 1 : 1 - s, none ? 0 : 0.1f * s, none ? 0 : s, none ? -INFINITY : low, none ? INFINITY : high}) {
        numbers.push_back(x);
      }
    }
  }

  tail_check::Effect effect(int cell, Adds adds) const {
    const float *const x = &clean[(size_t)base[(size_t)cell] * 32768];
    const float *const s = &sources[(size_t)source[(size_t)cell] * 32768];
    const float *const five = &numbers[(size_t)cell * 5];
    const float *const l = &logits[(size_t)base[(size_t)cell] * colors * 4096];
    std::vector<double> taps((size_t)colors * 4096);
    for (int u = ranges[(size_t)cell * 3 + 1]; u < ranges[(size_t)cell * 3 + 2]; u++) {
      const double mixed = fmin(fmax((double)x[u] * five[0] + five[1] + (double)s[u] * five[2], five[3]), five[4]);
      const double d = rectifies ? fmax(mixed, 0) - fmax((double)x[u], 0) : mixed - x[u];
      for (int i = 0; i < 16 * colors; i++) {
        const int oy = 2 * (u / 32 % 32) - 1 + i / 4 % 4;
        const int ox = 2 * (u % 32) - 1 + i % 4;
        if (oy < 0 || ox < 0 || oy > 63 || ox > 63) continue;
        taps[((size_t)(i / 16) * 64 + oy) * 64 + ox] += d * weights[(size_t)(u / 1024) * colors * 16 + i];
      }
    }
    const float *const toward = directions.of(cell);
    tail_check::Effect sum;
    for (int i = 0; i < colors * 4096; i++) sum.add(adds, l[i], taps[(size_t)i], toward[i]);
    return sum;
  }
};

template <class Machine>
struct LoadedPixels {
  Machine &machine;
  ChangePixelsProducts params = {};  // of which the kernels of squares and sizes take the first
  int *skipped;

  LoadedPixels(Machine &machine, const PixelsCase &of) : machine(machine) {
    ChangePixelsPackParams clean = {};
    clean.logits = put(of.logits);
    clean.image = static_cast<float2 *>(machine.allocate((size_t)of.bases * of.colors * 16384));
    clean.packed_logits = static_cast<float2 *>(machine.allocate((size_t)of.bases * of.colors * 16384));
    clean.bases = put(std::vector<int>{of.bases});
    clean.colors = of.colors;
    machine.launch("change_pixels_pack", 16, 256, 0, &clean, sizeof clean);
    params.clean = put(of.clean);
    params.sources = put(of.sources);
    params.base = put(of.base);
    params.source = put(of.source);
    params.ranges = put(of.ranges);
    params.numbers = put(of.numbers);
    params.weights = put(of.weights);
    params.image = clean.image;
    params.logits = clean.packed_logits;
    params.effect = static_cast<float *>(machine.allocate(sizeof(float) * (of.cells + 8)));
    params.skipped = skipped = static_cast<int *>(machine.allocate(sizeof(int) * (of.cells + 8)));
    params.rows = put(std::vector<int>{of.cells});
    params.colors = of.colors;
    params.rectifies = of.rectifies;
    params.directions = reinterpret_cast<const float2 *>(put(of.directions.table));
    params.direction = put(of.directions.row);
  }
  static size_t bytes(Adds adds) {
    return adds == Adds::kProducts ? sizeof(ChangePixelsProducts) : sizeof(ChangePixelsParams);
  }
  template <class T>
  T *put(const std::vector<T> &v) {
    T *to = static_cast<T *>(machine.allocate(sizeof(T) * v.size()));
    machine.write(to, v.data(), sizeof(T) * v.size());
    return to;
  }
};

// Returns how many failed.
template <class Machine>
int check_all(Machine &machine, int cells, int blocks) {
  int failed = 0;
  for (const int colors : {1, 3}) {
    for (const double size : {100.0, 8.0, 1.0, 0.01, 1e-4}) {
      PixelsCase of(colors, 3, cells, size, (unsigned)(5 + cells));
      of.rectifies = size != 1.0;
      LoadedPixels<Machine> loaded(machine, of);
      for (const Adds adds : tail_check::kAllAdds) {
        const std::string kernel = std::string("change_pixels_") + tail_check::name_of(adds);
        std::vector<float> effects[2];
        std::vector<int> skipped((size_t)cells + 8);
        for (int i = 0; i < 2; i++) {
          effects[i].assign((size_t)cells + 8, -12345.0f);
          skipped.assign((size_t)cells + 8, 77);
          machine.write(loaded.params.effect, effects[i].data(), 4 * effects[i].size());
          machine.write(loaded.skipped, skipped.data(), 4 * skipped.size());
          machine.launch(kernel.c_str(), blocks + 2 * i, kThreads, shared_bytes(colors), &loaded.params, loaded.bytes(adds));
          machine.read(effects[i].data(), loaded.params.effect, 4 * effects[i].size());
          machine.read(skipped.data(), loaded.skipped, 4 * skipped.size());
        }
        double worst = 0;
        bool right = memcmp(effects[0].data(), effects[1].data(), 4 * effects[0].size()) == 0;
        for (int i = 0; i < cells; i++) {
          const auto want = of.effect(i, adds);
          worst = tail_check::larger(worst, want.error(adds, effects[0][(size_t)i]));
          right &= skipped[(size_t)i] == (want.squares == 0 ? 1 : 0);
        }
        for (int i = cells; i < cells + 8; i++) {
          right &= effects[0][(size_t)i] == -12345.0f && skipped[(size_t)i] == 77;
        }
        right &= worst <= 1e-4;
        printf("%-30s colors %d size %-7g effect %-10.3g cells %d error %.2e %s\n",
               kernel.c_str(), colors, size, of.effect(0, adds).value, cells, worst,
               right ? "right" : "WRONG");
        if (!right) failed++;
      }
    }
  }
  return failed;
}

}  // namespace pixels_check
