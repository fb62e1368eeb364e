// What tail_channel must compute, in float64, and the cases on which it is held to it; a Machine is
// that of tail_check.h.
#pragma once

#include "tail_check.h"
#include "tail_shared.cuh"

namespace channel_check {

constexpr int kThreads = 512;
constexpr int kSharedBytes = kTailChannelShared;

// A value of 32 x 16 x 16, patched in one channel or a part of one, and the two layers after it.
struct ChannelCase {
  int bases, cells;
  bool rectifies = true;
  std::vector<float> clean, sources, active, logits, first, second, numbers;
  std::vector<int> base, source, ranges;
  tail_check::Directions directions;

  // @param shuffled whether the cells of a base do not follow each other
  ChannelCase(int bases, int cells, double size, bool shuffled, unsigned seed)
      : bases(bases), cells(cells), directions(4096, cells, seed + 1) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    const auto fill = [&](std::vector<float> &v, size_t count, double scale) {
      v.resize(count);
      for (float &x : v) x = (float)(scale * normal(random));
    };
    fill(clean, (size_t)bases * 8192, 1);
    fill(sources, (size_t)bases * 8192, 1);
    fill(active, (size_t)bases * 32768, 1);
    fill(logits, (size_t)bases * 4096, 4);
    fill(first, 32 * 32 * 16, sqrt(2.0 / 128));
    fill(second, 32 * 16, sqrt(2.0 / 128));
    for (size_t i = 0; i < logits.size(); i += 97) logits[i] *= 10;
    for (size_t i = 0; i < active.size(); i += 1013) active[i] *= 1e5f;
    for (int i = 0; i < cells; i++) {
      base.push_back(shuffled ? (int)(random() % (unsigned)bases) : (int)((long long)i * bases / cells));
      source.push_back((int)(random() % (unsigned)bases));
      const int channel = (int)(random() % 32);
      const int begin = i % 3 == 1 ? (int)(random() % 200) : 0;
      const int end = i % 3 == 1 ? begin + (int)(random() % 56) : 256;
      for (const int x : {i, channel * 256 + begin, channel * 256 + end}) ranges.push_back(x);
      const float s = (float)size;
      const float low = i % 5 == 4 ? -0.5f : -INFINITY;
      const float high = i % 5 == 4 ? 0.75f : INFINITY;
      // An interchange of a part; now and then nothing at all, or what is not a number.
      const bool none = i % 7 == 6;
      const float five[] = {1 - s, 0.1f * s, s, low, high};
      const float nothing[] = {1, 0, 0, -INFINITY, INFINITY};
      const float lost[] = {1, NAN, 0, -INFINITY, INFINITY};
      for (int k = 0; k < 5; k++) numbers.push_back((none ? nothing : i % 11 == 9 ? lost : five)[k]);
    }
  }

  tail_check::Effect effect(int cell, Adds adds) const {
    const float *const x = &clean[(size_t)base[(size_t)cell] * 8192];
    const float *const s = &sources[(size_t)source[(size_t)cell] * 8192];
    const float *const five = &numbers[(size_t)cell * 5];
    const float *const a = &active[(size_t)base[(size_t)cell] * 32768];
    const float *const l = &logits[(size_t)base[(size_t)cell] * 4096];
    std::vector<double> sums(32768), taps(4096);
    if (isnan(five[1]) && ranges[(size_t)cell * 3 + 1] < ranges[(size_t)cell * 3 + 2]) return {NAN, NAN};
    for (int u = ranges[(size_t)cell * 3 + 1]; u < ranges[(size_t)cell * 3 + 2]; u++) {
      const double mixed = fmin(fmax((double)x[u] * five[0] + five[1] + (double)s[u] * five[2], five[3]), five[4]);
      const double d = rectifies ? fmax(mixed, 0) - fmax((double)x[u], 0) : mixed - x[u];
      for (size_t o = 0; o < 32; o++) {
        scatter(d, &first[((size_t)(u / 256) * 32 + o) * 16], u / 16 % 16, u % 16, 16, &sums[o * 1024]);
      }
    }
    for (int i = 0; i < 32768; i++) {
      const double d = fmax(a[i] + sums[(size_t)i], 0.0) - fmax((double)a[i], 0.0);
      if (d != 0) scatter(d, &second[(size_t)(i / 1024) * 16], i / 32 % 32, i % 32, 32, taps.data());
    }
    const float *const toward = directions.of(cell);
    tail_check::Effect sum;
    for (int i = 0; i < 4096; i++) sum.add(adds, l[i], taps[(size_t)i], toward[i]);
    return sum;
  }

 private:
  // Adds what a pixel of `side` x `side` gives to each of its sixteen outputs.
  static void scatter(double d, const float *weights, int y, int x, int side, double *to) {
    for (int i = 0; i < 16; i++) {
      const int oy = 2 * y - 1 + i / 4;
      const int ox = 2 * x - 1 + i % 4;
      if (oy < 0 || ox < 0 || oy >= 2 * side || ox >= 2 * side) continue;
      to[oy * 2 * side + ox] += d * weights[i];
    }
  }
};

template <class Machine>
struct LoadedChannel {
  Machine &machine;
  TailChannelProducts params = {};  // of which the kernels of squares and sizes take the first

  LoadedChannel(Machine &machine, const ChannelCase &of) : machine(machine) {
    TailChannelWeightsParams weights = {};
    weights.weights = put(of.first);
    weights.packed = static_cast<uint4 *>(machine.allocate(131072));
    machine.launch("tail_channel_pack_weights", 8, 256, 0, &weights, sizeof weights);
    TailChannelImageWeightsParams second = {};
    second.weights = put(of.second);
    second.packed = static_cast<unsigned *>(machine.allocate(4096));
    machine.launch("tail_channel_pack_image_weights", 2, 256, 0, &second, sizeof second);
    TailChannelCleanParams clean = {};
    clean.active = put(of.active);
    clean.packed = static_cast<float4 *>(machine.allocate((size_t)of.bases * 131072));
    clean.bases = put(std::vector<int>{of.bases});
    machine.launch("tail_channel_pack_active", 16, 256, 0, &clean, sizeof clean);
    params.clean = put(of.clean);
    params.sources = put(of.sources);
    params.base = put(of.base);
    params.source = put(of.source);
    params.ranges = put(of.ranges);
    params.numbers = put(of.numbers);
    params.weights = weights.packed;
    params.image_weights = reinterpret_cast<const uint4 *>(second.packed);
    params.active = clean.packed;
    params.logits = reinterpret_cast<const float4 *>(put(of.logits));
    params.effect = static_cast<float *>(machine.allocate(sizeof(float) * (size_t)(of.cells + 8)));
    params.skipped = static_cast<int *>(machine.allocate(sizeof(int) * (size_t)(of.cells + 8)));
    params.rows = put(std::vector<int>{of.cells});
    params.rectifies = of.rectifies;
    params.directions = reinterpret_cast<const float4 *>(put(of.directions.table));
    params.direction = put(of.directions.row);
  }
  static size_t bytes(Adds adds) {
    return adds == Adds::kProducts ? sizeof(TailChannelProducts) : sizeof(TailChannelParams);
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
  int number = 0;
  for (const double size : {30.0, 1.0, 0.01, 1e-4}) {
    const bool shuffled = ++number % 2 == 0;
    ChannelCase of(shuffled ? 5 : 3, cells, size, shuffled, (unsigned)(5 + cells + number));
    of.rectifies = number < 4;
    LoadedChannel<Machine> loaded(machine, of);
    for (const Adds adds : tail_check::kAllAdds) {
      const std::string kernel = std::string("tail_channel_") + tail_check::name_of(adds);
      std::vector<float> effects[2];
      std::vector<int> skipped((size_t)cells + 8);
      for (int i = 0; i < 2; i++) {
        effects[i].assign((size_t)cells + 8, -12345.0f);
        skipped.assign((size_t)cells + 8, 77);
        machine.write(loaded.params.effect, effects[i].data(), 4 * effects[i].size());
        machine.write(loaded.params.skipped, skipped.data(), 4 * skipped.size());
        machine.launch(kernel.c_str(), blocks + 2 * i, kThreads, kSharedBytes, &loaded.params, loaded.bytes(adds));
        machine.read(effects[i].data(), loaded.params.effect, 4 * effects[i].size());
        machine.read(skipped.data(), loaded.params.skipped, 4 * skipped.size());
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
      right &= worst <= (adds == Adds::kProducts ? 3e-5 : 1e-5);
      printf("%-30s %s size %-7g effect %-10.3g cells %d error %.2e %s\n",
             kernel.c_str(), shuffled ? "shuffled" : "in order", size, of.effect(0, adds).value, cells, worst, right ? "right" : "WRONG");
      if (!right) failed++;
    }
  }
  return failed;
}

}  // namespace channel_check
