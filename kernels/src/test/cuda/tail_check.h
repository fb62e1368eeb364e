// What the tail's kernels must compute, in float64, and the cases on which they are held to it, on
// any machine that runs kernels: the host's emulator or a GPU.
//
// A Machine has
//   void *allocate(size_t bytes);            // filled with NaN
//   void write(void *to, const void *from, size_t bytes);
//   void read(void *to, const void *from, size_t bytes);
//   void launch(const char *kernel, int blocks, int threads, int shared, const void *params, size_t bytes);
// each of which ends the program when it fails.
#pragma once

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace tail_check {

constexpr Adds kAllAdds[] = {Adds::kSquares, Adds::kSizes, Adds::kProducts};

inline const char *name_of(Adds adds) {
  return adds == Adds::kSquares ? "squares" : adds == Adds::kSizes ? "sizes" : "products";
}

inline Adds adds_of(const char *kernel) {
  return strstr(kernel, "squares") != nullptr ? Adds::kSquares : strstr(kernel, "sizes") != nullptr ? Adds::kSizes : Adds::kProducts;
}

struct Way {
  const char *kernel;
  int threads;
  int shared;
  int blocks;  // on a multiprocessor
  int colors;
  bool exact = false;  // whether nothing is rounded

  Adds adds() const { return adds_of(kernel); }
};

inline const std::vector<Way> &ways() {
  static const std::vector<Way> all = {
      {"tail_streamed_squares", 384, kTailStreamedShared, 1, 1},
      {"tail_streamed_sizes", 384, kTailStreamedShared, 1, 1},
      {"tail_streamed_products", 384, kTailStreamedShared, 1, 1},
      {"tail_colors_squares", 256, kTailColorsShared, 1, 3},
      {"tail_colors_sizes", 256, kTailColorsShared, 1, 3},
      {"tail_colors_products", 256, kTailColorsShared, 1, 3},
      {"tail_exact_squares", 256, kTailExactShared, 1, 1, true},
      {"tail_exact_sizes", 256, kTailExactShared, 1, 1, true},
      {"tail_exact_products", 256, kTailExactShared, 1, 1, true},
      {"tail_exact_colors_squares", 256, kTailExactColorsShared, 1, 3, true},
      {"tail_exact_colors_sizes", 256, kTailExactColorsShared, 1, 3, true},
      {"tail_exact_colors_products", 256, kTailExactColorsShared, 1, 3, true},
  };
  return all;
}

// What of a cell's image is wanted.
struct Effect {
  double value = 0;
  double squares = 0;

  // A pixel whose logit l moves by d.
  void add(Adds adds, double l, double d, double toward) {
    const double x = fmax(l, l + d);
    const double y = fmin(l, l + d);
    const double moved = -expm1(y - x) / ((1 + exp(-x)) * (1 + exp(y)));
    const double one = adds == Adds::kProducts ? copysign(moved, d) * toward : adds == Adds::kSizes ? moved : moved * moved;
    value += one;
    squares += one * one;
  }
  // The relative error of what a kernel found. Of products as many add as take away: what errors of
  // theirs leave is measured by what they themselves would if their signs were drawn.
  double error(Adds adds, float found) const {
    if (isnan(value) && isnan(found)) return 0;
    const double scale = adds == Adds::kProducts ? sqrt(squares) : value;
    return scale == 0 ? fabs(found) : fabs(found - value) / scale;
  }
};

// Directions, and which of them each cell has.
struct Directions {
  static constexpr int kCount = 3;
  std::vector<float> table;
  std::vector<int> row;

  Directions(size_t size, int cells, unsigned seed) : table(kCount * size) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    for (float &x : table) x = normal(random);
    for (int i = 0; i < cells; i++) row.push_back((int)(random() % kCount));
  }
  const float *of(int cell) const { return &table[(size_t)row[(size_t)cell] * (table.size() / kCount)]; }
};

// The larger error; one that is not a number is larger than any.
inline double larger(double a, double b) { return a >= b ? a : b >= a ? b : INFINITY; }

inline float rounded(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u;
  memcpy(&x, &bits, 4);
  return x;
}
inline uint16_t bf16_bits(float x) {
  x = rounded(x);
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return (uint16_t)(bits >> 16);
}

// A decoder's last two layers, clean values of some bases and changes of some cells.
struct Case {
  int colors;
  int bases;
  int cells;
  bool exact;
  std::vector<float> first, second;    // weights
  std::vector<float> active, logits;   // per base
  std::vector<float> change;           // per cell, [16][16][32], numbers of bf16 where not exact
  std::vector<int> base;
  Directions directions;

  Case(int colors, int bases, int cells, double size, unsigned seed, bool exact = false)
      : colors(colors), bases(bases), cells(cells), exact(exact), directions((size_t)colors * 4096, cells, seed + 1) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    const auto fill = [&](std::vector<float> &v, size_t count, double scale) {
      v.resize(count);
      for (float &x : v) x = (float)(scale * normal(random));
    };
    fill(first, 32 * 32 * 16, sqrt(2.0 / 128));
    fill(second, (size_t)32 * colors * 16, sqrt(2.0 / 128));
    fill(active, (size_t)bases * 32768, 1.0);
    fill(logits, (size_t)bases * colors * 4096, 4.0);
    for (size_t i = 0; i < logits.size(); i += 97) logits[i] *= 10;
    for (size_t i = 0; i < active.size(); i += 1013) active[i] *= 1e5f;
    fill(change, (size_t)cells * 8192, size);
    for (float &x : change) x = random() % 4 == 0 ? 0.0f : exact ? x : rounded(x);
    for (int i = 0; i < cells; i++) {
      base.push_back((int)(random() % (unsigned)bases));
    }
  }

  Effect effect(int cell, Adds adds) const {
    std::vector<double> sums(32768), taps((size_t)colors * 4096);
    const float *const d = &change[(size_t)cell * 8192];
    std::vector<float> w(first);
    for (float &x : w) x = exact ? x : rounded(x);
    std::vector<double> row(32 * 16);
    for (int p = 0; p < 256; p++) {
      for (double &x : row) x = 0;
      for (int c = 0; c < 32; c++) {
        const double x = d[p * 32 + c];
        for (int i = 0; x != 0 && i < 512; i++) row[i] += x * w[c * 512 + i];
      }
      scatter(row, p / 16, p % 16, 16, 32, sums);
    }
    const float *const a = &active[(size_t)base[cell] * 32768];
    for (int i = 0; i < 32768; i++) {
      sums[i] = fmax(a[i] + sums[i], 0.0) - fmax((double)a[i], 0.0);
    }
    row.assign((size_t)colors * 16, 0);
    for (int p = 0; p < 1024; p++) {
      for (double &x : row) x = 0;
      for (int c = 0; c < 32; c++) {
        for (int i = 0; i < colors * 16; i++) row[i] += sums[c * 1024 + p] * second[(size_t)c * colors * 16 + i];
      }
      scatter(row, p / 32, p % 32, 32, colors, taps);
    }
    const float *const l = &logits[(size_t)base[cell] * colors * 4096];
    const float *const toward = directions.of(cell);
    Effect sum;
    for (int i = 0; i < colors * 4096; i++) sum.add(adds, l[i], taps[i], toward[i]);
    return sum;
  }

 private:
  // Adds what a pixel of `side` x `side` gives to each of its sixteen outputs.
  static void scatter(const std::vector<double> &row, int y, int x, int side, int outputs, std::vector<double> &to) {
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < 16; i++) {
        const int oy = 2 * y - 1 + i / 4;
        const int ox = 2 * x - 1 + i % 4;
        if (oy < 0 || ox < 0 || oy >= 2 * side || ox >= 2 * side) continue;
        to[((size_t)o * 2 * side + oy) * 2 * side + ox] += row[o * 16 + i];
      }
    }
  }
};

// A case in the memory of a machine, packed.
template <class Machine>
struct Loaded {
  Machine &machine;
  const Case &of;
  TailProducts params = {};  // of which the kernels of squares and sizes take the first
  float *effect;
  int capacity;

  Loaded(Machine &machine, const Case &of) : machine(machine), of(of), capacity(of.cells + 8) {
    TailWeightsParams weights = {};
    weights.first = put(of.first);
    weights.second = put(of.second);
    weights.weights = static_cast<unsigned *>(machine.allocate(4 * 16384));
    weights.image_weights = static_cast<unsigned *>(machine.allocate((size_t)4 * 1024 * of.colors));
    weights.colors = of.colors;
    machine.launch("tail_pack_weights", 8, 256, 0, &weights, sizeof weights);
    if (of.exact) {
      TailWeightsParams low = weights;
      low.weights += 8192;
      machine.launch("tail_pack_low", 8, 256, 0, &low, sizeof low);
    }
    TailCleanParams clean = {};
    clean.active = put(of.active);
    clean.logits = put(of.logits);
    clean.packed_active = static_cast<uint4 *>(machine.allocate((size_t)of.bases * (of.exact ? 131072 : 65536)));
    clean.image = static_cast<float4 *>(machine.allocate((size_t)of.bases * of.colors * 16384));
    clean.packed_logits = static_cast<float4 *>(machine.allocate((size_t)of.bases * of.colors * 16384));
    clean.bases = put(std::vector<int>{of.bases});
    clean.colors = of.colors;
    machine.launch(of.exact ? "tail_pack_exact" : "tail_pack_active", 16, 256, 0, &clean, sizeof clean);
    machine.launch("tail_pack_image", 16, 256, 0, &clean, sizeof clean);
    std::vector<uint16_t> change(of.change.size() * (of.exact ? 2 : 1));
    for (size_t i = 0; i < of.change.size(); i++) {
      const float x = of.change[i];
      const size_t at = of.exact ? i / 32 * 64 + i % 32 : i;
      change[at] = bf16_bits(x);
      if (of.exact) change[at + 32] = bf16_bits(x - rounded(x));
    }
    params.change = put(change);
    params.base = put(of.base);
    params.weights = weights.weights;
    params.image_weights = weights.image_weights;
    params.active = clean.packed_active;
    params.image = clean.image;
    params.logits = clean.packed_logits;
    params.rows = put(std::vector<int>{of.cells});
    params.directions = reinterpret_cast<const float2 *>(put(of.directions.table));
    params.direction = put(of.directions.row);
    effect = static_cast<float *>(machine.allocate(sizeof(float) * capacity));
    params.effect = effect;
  }

  template <class T>
  T *put(const std::vector<T> &v) {
    T *to = static_cast<T *>(machine.allocate(sizeof(T) * v.size()));
    machine.write(to, v.data(), sizeof(T) * v.size());
    return to;
  }

  static size_t bytes(Adds adds) { return adds == Adds::kProducts ? sizeof(TailProducts) : sizeof(TailParams); }
  // The effects, after which nothing may have been written.
  std::vector<float> run(const Way &way, int blocks) {
    std::vector<float> poison((size_t)capacity, -12345.0f);
    machine.write(effect, poison.data(), 4 * poison.size());
    machine.launch(way.kernel, blocks, way.threads, way.shared, &params, bytes(way.adds()));
    machine.read(poison.data(), effect, 4 * poison.size());
    for (int i = of.cells; i < capacity; i++) {
      if (poison[(size_t)i] != -12345.0f) {
        fprintf(stderr, "%s: wrote effect %d of %d\n", way.kernel, i, of.cells);
        exit(1);
      }
    }
    poison.resize((size_t)of.cells);
    return poison;
  }
};

// The largest relative error of the effects.
inline double largest_error(const Case &of, Adds adds, const std::vector<float> &effects, const std::vector<Effect> &want) {
  double worst = 0;
  for (int i = 0; i < of.cells; i++) {
    worst = larger(worst, want[(size_t)i].error(adds, effects[(size_t)i]));
  }
  return worst;
}

// The largest relative error: rounding the second layer's operands to bf16 is most of it, where done.
// Products do not average the pixels' own.
inline double allowed(const Way &way) {
  if (way.exact) return 3e-5;
  return way.adds() == Adds::kProducts ? 3e-4 : 1e-4;
}

// Runs every way on cases of each size. Returns how many failed.
template <class Machine>
int check_all(Machine &machine, int cells, int grid, const char *only) {
  int failed = 0;
  for (const int kind : {0, 1, 2, 3}) {
    const bool exact = kind / 2 == 1;
    const int colors = kind % 2 == 1 ? 3 : 1;
    for (const double size : {3.0, 0.15, 5e-3, 1.5e-4}) {
      Case of(colors, 5, cells, size, (unsigned)(17 + cells + 1000 * size), exact);
      std::map<Adds, std::vector<Effect>> all;
      for (const Adds adds : kAllAdds) {
        for (int i = 0; i < cells; i++) all[adds].push_back(of.effect(i, adds));
      }
      Loaded<Machine> loaded(machine, of);
      for (const Way &way : ways()) {
        if (way.colors != colors || way.exact != exact) continue;
        if (only != nullptr && strcmp(only, way.kernel) != 0) continue;
        const auto effects = loaded.run(way, grid * way.blocks);
        const auto &want = all[way.adds()];
        const double error = largest_error(of, way.adds(), effects, want);
        // The same cells among others blocks must come out the same.
        const auto again = loaded.run(way, grid * way.blocks + 2);
        const bool same = memcmp(effects.data(), again.data(), 4 * effects.size()) == 0;
        const bool right = error <= allowed(way);
        printf("%-30s colors %d size %-7g effect %-10.3g cells %d error %.2e %s%s\n", way.kernel, colors, size,
               want[0].value, cells, error, right ? "right" : "WRONG", same ? "" : " DIFFERS");
        if (!right || !same) failed++;
      }
    }
  }
  return failed;
}

}  // namespace tail_check
