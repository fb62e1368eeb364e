// Checks of the kernels that carry changes through the head of the conv4 decoder, on a GPU or on
// the emulator, against float64.
//
// Whoever includes this has defined, and included the standard library for:
//   void *room(const char *owner, long long bytes)     device memory
//   void give(void *to, const void *from, long long)   copies to the device
//   void take(void *to, const void *from, long long)   copies back, all work done
//   void launch(const char *kernel, int x, int y, int threads, int shared, const P &params)
//   void expect(bool, const char *what, double value, double limit)
#pragma once

struct Draw {
  unsigned long long state;

  unsigned next() {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    unsigned x = (unsigned)(state >> 33);
    return x ^ x >> 15;
  }
  double uniform() { return (next() % 16777216 + 0.5) / 16777216; }
  double normal() { return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform()); }
  std::vector<float> normals(size_t count, double scale) {
    std::vector<float> all(count);
    for (float &x : all) x = (float)(scale * normal());
    return all;
  }
};

inline unsigned short host_bf16(float x) {
  unsigned bits;
  memcpy(&bits, &x, 4);
  return (unsigned short)((bits + 0x7fffu + (bits >> 16 & 1)) >> 16);
}
inline float host_of_bf16(unsigned short x) {
  unsigned bits = (unsigned)x << 16;
  float result;
  memcpy(&result, &bits, 4);
  return result;
}
inline float host_rounded(double x) { return host_of_bf16(host_bf16((float)x)); }
// The nearest fp16 of the normal ones, as a number.
inline double host_half(double x) {
  if (x == 0) return x;
  int exponent;
  frexp(x, &exponent);
  const double step = ldexp(1.0, (exponent < -13 ? -13 : exponent) - 11);
  const double value = rint(x / step) * step;
  return value > 65504 ? 65504 : value < -65504 ? -65504 : value;
}
inline double host_relu(double x) { return x > 0 ? x : 0; }
inline double host_bent(double a, double d) {
  const double x = d + (a < 0 ? a : 0), y = a > 0 ? -a : 0;
  return x > y ? x : y;
}

template <class T>
T *device(const char *owner, const std::vector<T> &from) {
  T *to = (T *)room(owner, (long long)(from.size() * sizeof(T)));
  give(to, from.data(), (long long)(from.size() * sizeof(T)));
  return to;
}
template <class T>
T *poisoned(const char *owner, size_t count) {
  return device(owner, std::vector<T>(count, (T)-1));
}
template <class T>
std::vector<T> host(const T *from, size_t count) {
  std::vector<T> to(count);
  take(to.data(), from, (long long)(count * sizeof(T)));
  return to;
}

// Sums of a transposed convolution of a change, in (H, W, C) order: in (h, h, ci), w (4, 4, ci, co).
// `size` receives the sums of the sizes of the products.
inline void host_up(const double *in, int h, int ci, int co, const double *w, double *out, double *size) {
  const int large = 2 * h;
  for (int i = 0; i < large * large * co; i++) out[i] = size[i] = 0;
  for (int y = 0; y < h; y++) {
    for (int x = 0; x < h; x++) {
      for (int ky = 0; ky < 4; ky++) {
        for (int kx = 0; kx < 4; kx++) {
          const int oy = 2 * y - 1 + ky, ox = 2 * x - 1 + kx;
          if (oy < 0 || oy >= large || ox < 0 || ox >= large) continue;
          double *sum = out + (oy * large + ox) * co;
          double *all = size + (oy * large + ox) * co;
          for (int c = 0; c < ci; c++) {
            const double d = in[(y * h + x) * ci + c];
            if (d == 0) continue;
            const double *weights = w + ((ky * 4 + kx) * ci + c) * co;
            for (int o = 0; o < co; o++) {
              sum[o] += d * weights[o];
              all[o] += fabs(d * weights[o]);
            }
          }
        }
      }
    }
  }
}

struct Run {
  const int *base, *count;
};

struct Cells {
  int count, capacity, bases;
  std::vector<int> base;
  int *d_base, *d_count, *d_bases;

  Cells(Draw &draw, int count, int capacity, int bases, bool runs) : count(count), capacity(capacity), bases(bases) {
    base.resize(capacity, 0);
    for (int i = 0; i < count; i++) base[i] = runs ? i * bases / count : (int)(draw.next() % bases);
    d_base = device("base", base);
    d_count = device("count", std::vector<int>{count});
    d_bases = device("bases", std::vector<int>{bases});
  }
  Run run() const { return {d_base, d_count}; }
};

// A clean value (bases; C, plane), where every eighth unit lies near the kink for changes of `size`.
inline std::vector<float> clean_values(Draw &draw, size_t count, double size) {
  std::vector<float> clean(count);
  for (float &x : clean) x = (float)(draw.normal() * (draw.next() % 8 == 0 ? size : 1));
  return clean;
}

struct UpLayer {
  int ci, co, h;
  const char *kernel;
  int batch, shared;  // cells of a batch; bytes
  std::vector<float> w;
  std::vector<double> rounded;  // (4, 4, ci, co)
  unsigned *packed;

  UpLayer(Draw &draw, int ci, int co, int h, const char *kernel, int batch, int shared)
      : ci(ci), co(co), h(h), kernel(kernel), batch(batch), shared(shared) {
    w = draw.normals((size_t)ci * co * 16, 1 / sqrt(2.0 * ci));
    rounded.resize(w.size());
    for (size_t i = 0; i < w.size(); i++) rounded[i % 16 * ci * co + i / 16] = host_rounded(w[i]);
    packed = poisoned<unsigned>("packed", (size_t)ci * co * 8);
    launch("change_up_pack", 7, 1, 256, 0, ChangePackParams{device("w", w), packed, ci, co, 1});
  }
  int in_size() const { return h * h * ci; }
  int out_size() const { return 4 * h * h * co; }

  unsigned short *pack_clean(const Cells &cells, const std::vector<float> &clean) const {
    unsigned short *to = poisoned<unsigned short>("clean", clean.size());
    launch("change_clean_pack", 3, 1, 256, kChangeCleanShared,
           ChangeCleanParams{device("a", clean), to, cells.d_bases, co, 4 * h * h});
    return to;
  }
  void run(const Run &run, const unsigned short *in, const unsigned short *clean, unsigned short *out,
           int blocks) const {
    launch(kernel, blocks, 1, 256, shared, ChangeUpParams{in, packed, clean, run.base, run.count, out});
  }
};

// One layer: every element of a change of `size` within bf16's half of a last place.
inline void check_up(Draw &draw, const UpLayer &layer, int count, double size, bool runs, int blocks) {
  Cells cells(draw, count, count + 5, 3, runs);
  std::vector<unsigned short> in((size_t)cells.capacity * layer.in_size(), 0x7fc0);
  for (size_t i = 0; i < (size_t)count * layer.in_size(); i++) {
    in[i] = draw.next() % 3 == 0 ? 0 : host_bf16((float)(size * draw.normal()));
  }
  const auto clean = clean_values(draw, (size_t)cells.bases * layer.out_size(), size);
  unsigned short *d_in = device("in", in);
  unsigned short *d_clean = layer.pack_clean(cells, clean);
  const size_t all = (size_t)cells.capacity * layer.out_size();
  unsigned short *d_out = poisoned<unsigned short>("out", all);
  layer.run(cells.run(), d_in, d_clean, d_out, blocks);
  const auto out = host(d_out, all);
  std::vector<double> x(layer.in_size()), sums(layer.out_size()), sizes(layer.out_size());
  double worst = 0, off = 0, norm = 0;
  const int pixels = 4 * layer.h * layer.h;
  for (int c = 0; c < count; c++) {
    for (int i = 0; i < layer.in_size(); i++) x[i] = host_of_bf16(in[(size_t)c * layer.in_size() + i]);
    host_up(x.data(), layer.h, layer.ci, layer.co, layer.rounded.data(), sums.data(), sizes.data());
    for (int i = 0; i < layer.out_size(); i++) {
      const double a = clean[((size_t)cells.base[c] * layer.co + i % layer.co) * pixels + i / layer.co];
      const double want = host_bent(host_half(a), sums[i]);
      const double got = host_of_bf16(out[(size_t)c * layer.out_size() + i]);
      const double bound = fabs(want) / 256 + 2e-6 * sizes[i];
      const double error = got == got ? fabs(got - want) / (bound + 1e-300) : 1e9;
      worst = fmax(worst, error);
      const double exact = host_bent(a, sums[i]);
      off += (got - exact) * (got - exact);
      norm += exact * exact;
    }
  }
  bool kept = true;
  for (size_t i = (size_t)count * layer.out_size(); i < all; i++) kept &= out[i] == 0xffff;
  expect(worst <= 1, layer.kernel, worst, 1);
  expect(sqrt(off / norm) < 3e-3, "  beside exact clean values", sqrt(off / norm), 3e-3);
  expect(kept, "  rows beyond the cells are left alone", kept ? 0 : 1, 0);
}

// The layer as the first of a chain: nothing but the output is rounded, or not even that. One channel
// changes, or all.
inline void check_first(Draw &draw, int ci, int co, int h, const char *kernel, bool whole, int shared, int count,
                        double size, bool one, int blocks) {
  UpLayer layer(draw, ci, co, h, kernel, 0, shared);
  std::vector<double> exact(layer.w.size());
  for (size_t i = 0; i < exact.size(); i++) exact[i % 16 * ci * co + i / 16] = layer.w[i];
  layer.packed = poisoned<unsigned>("packed", (size_t)ci * co * 16);
  launch("change_up_split_pack", 7, 1, 256, 0, ChangePackParams{device("w", layer.w), layer.packed, ci, co, 1});
  Cells cells(draw, count, count + 5, 3, false);
  const int pixels = h * h;
  std::vector<float> in((size_t)cells.capacity * layer.in_size(), 0.0f);
  for (size_t i = 0; i < (size_t)count * layer.in_size(); i++) {
    if (!one || (int)(i / pixels % ci) == (int)(i / layer.in_size() * 7 % ci)) in[i] = (float)(size * draw.normal());
  }
  unsigned short *d_in = poisoned<unsigned short>("split", in.size() * 2);
  launch("change_split_pack", 4, 1, 256, kChangeCleanShared,
         ChangeCleanParams{device("in", in), d_in, cells.d_count, ci, pixels});
  const auto clean = clean_values(draw, (size_t)cells.bases * layer.out_size(), size);
  unsigned short *d_clean;
  if (whole) {
    d_clean = (unsigned short *)poisoned<float>("clean", clean.size());
    launch("change_clean_order", 3, 1, 256, kChangeCleanShared,
           ChangeCleanParams{device("a", clean), d_clean, cells.d_bases, co, 4 * pixels});
  } else {
    d_clean = layer.pack_clean(cells, clean);
  }
  const int parts = whole ? 2 : 1;
  const size_t all = (size_t)cells.capacity * layer.out_size() * parts;
  unsigned short *d_out = poisoned<unsigned short>("out", all);
  launch(kernel, blocks, co / 32, 256, shared,
         ChangeUpParams{d_in, layer.packed, d_clean, cells.d_base, cells.d_count, d_out});
  const auto out = host(d_out, all);
  std::vector<double> x(layer.in_size()), sums(layer.out_size()), sizes(layer.out_size());
  double worst = 0;
  for (int c = 0; c < count; c++) {
    for (int i = 0; i < layer.in_size(); i++) {
      x[i] = in[(size_t)c * layer.in_size() + i % ci * pixels + i / ci];
    }
    host_up(x.data(), h, ci, co, exact.data(), sums.data(), sizes.data());
    for (int i = 0; i < layer.out_size(); i++) {
      const double a = clean[((size_t)cells.base[c] * co + i % co) * 4 * pixels + i / co];
      const double want = host_bent(whole ? a : host_half(a), sums[i]);
      const unsigned short *pixel = out.data() + ((size_t)c * layer.out_size() + i / co * co) * parts + i % co;
      const double got = host_of_bf16(pixel[0]) + (whole ? host_of_bf16(pixel[co]) : 0.0);
      const double bound = fabs(want) / (whole ? 65536 : 256) + (whole ? 3.1e-5 : 2e-5) * sizes[i];
      worst = fmax(worst, got == got ? fabs(got - want) / (bound + 1e-300) : 1e9);
    }
  }
  bool kept = true;
  for (size_t i = (size_t)count * layer.out_size() * parts; i < all; i++) kept &= out[i] == 0xffff;
  expect(worst <= 1, kernel, worst, 1);
  expect(kept, "  rows beyond the cells are left alone", kept ? 0 : 1, 0);
}

// A convolution of a change, in (H, W, C) order: in (2 h, 2 h, ci), w (4, 4, ci, co).
inline void host_down(const double *in, int h, int ci, int co, const double *w, double *out, double *size) {
  for (int i = 0; i < h * h * co; i++) out[i] = size[i] = 0;
  for (int i = 0; i < h * h * 16; i++) {
    const int y = i / 16 / h, x = i / 16 % h, ky = i % 16 / 4, kx = i % 4;
    const int iy = 2 * y - 1 + ky, ix = 2 * x - 1 + kx;
    if (iy < 0 || iy >= 2 * h || ix < 0 || ix >= 2 * h) continue;
    for (int c = 0; c < ci; c++) {
      const double d = in[(iy * 2 * h + ix) * ci + c];
      if (d == 0) continue;
      const double *weights = w + ((ky * 4 + kx) * ci + c) * co;
      for (int o = 0; o < co; o++) {
        out[i / 16 * co + o] += d * weights[o];
        size[i / 16 * co + o] += fabs(d * weights[o]);
      }
    }
  }
}

inline int down_shared(int ci, int h, int cells, int stages) {
  return change_shared(2 * ci, 2 * h, cells, stages) + change_down_handed(ci);
}

// A convolution to (h, h, co); float32 in (C, H, W) order when wide.
inline void check_down(Draw &draw, int ci, int co, int h, bool wide, const char *kernel, int shared, int count,
                       double size, int blocks) {
  const auto w = draw.normals((size_t)ci * co * 16, 1 / sqrt(8.0 * ci));
  std::vector<double> rounded(w.size());
  for (size_t i = 0; i < w.size(); i++) {
    rounded[(i % 16 * ci + i / 16 % ci) * co + i / 16 / ci] = host_rounded(w[i]);
  }
  unsigned *packed = poisoned<unsigned>("packed", (size_t)ci * co * 8);
  launch("change_down_pack", 7, 1, 256, 0, ChangePackParams{device("w", w), packed, ci, co, 1});
  Cells cells(draw, count, count + 5, 3, false);
  const int ins = 4 * h * h * ci, outs = h * h * co;
  std::vector<unsigned short> in((size_t)cells.capacity * ins, 0x7fc0);
  for (size_t i = 0; i < (size_t)count * ins; i++) {
    in[i] = draw.next() % 3 == 0 ? 0 : host_bf16((float)(size * draw.normal()));
  }
  const auto clean = clean_values(draw, (size_t)cells.bases * outs, size);
  unsigned short *d_clean = poisoned<unsigned short>("clean", clean.size());
  launch("change_clean_pack", 3, 1, 256, kChangeCleanShared,
         ChangeCleanParams{device("a", clean), d_clean, cells.d_bases, co, h * h});
  const size_t all = (size_t)cells.capacity * outs;
  float *out = poisoned<float>("out", all);
  launch(kernel, blocks, 1, 256, shared,
         ChangeUpParams{device("in", in), packed, d_clean, cells.d_base, cells.d_count,
                        (unsigned short *)out});
  const auto raw = host(out, all);
  const unsigned short *narrow = (const unsigned short *)raw.data();
  std::vector<double> x(ins), sums(outs), sizes(outs);
  double worst = 0;
  for (int c = 0; c < count; c++) {
    for (int i = 0; i < ins; i++) x[i] = host_of_bf16(in[(size_t)c * ins + i]);
    host_down(x.data(), h, ci, co, rounded.data(), sums.data(), sizes.data());
    for (int i = 0; i < outs; i++) {
      const int logical = i % co * h * h + i / co;
      const double want = host_bent(host_half(clean[(size_t)cells.base[c] * outs + logical]), sums[i]);
      const double got = wide ? raw[(size_t)c * outs + logical] : host_of_bf16(narrow[(size_t)c * outs + i]);
      const double bound = (wide ? 0 : fabs(want) / 256) + 2e-6 * sizes[i];
      worst = fmax(worst, got == got ? fabs(got - want) / (bound + 1e-300) : 1e9);
    }
  }
  bool kept = true;
  const float poison = -1.0f;
  unsigned short words[2];
  memcpy(words, &poison, 4);
  const size_t half = wide ? 2 : 1;
  for (size_t i = (size_t)count * outs * half; i < all * half; i++) kept &= narrow[i] == words[i & 1];
  expect(worst <= 1, kernel, worst, 1);
  expect(kept, "  rows beyond the cells are left alone", kept ? 0 : 1, 0);
}

// A convolution of an image to (h, h, 32), whose operands are not rounded.
inline void check_image(Draw &draw, int ci, int h, const char *kernel, int stages, int count, double size,
                        int blocks) {
  const int co = 32;
  const auto w = draw.normals((size_t)ci * co * 16, 1 / sqrt(8.0 * ci));
  std::vector<double> exact(w.size());
  for (size_t i = 0; i < w.size(); i++) exact[(i % 16 * ci + i / 16 % ci) * co + i / 16 / ci] = w[i];
  Cells cells(draw, count, count + 2, 2, false);
  const int pixels = 4 * h * h, ins = pixels * ci, outs = h * h * co;
  auto in = draw.normals((size_t)cells.capacity * ins, size);
  const auto clean = clean_values(draw, (size_t)cells.bases * outs, size);
  unsigned short *d_clean = poisoned<unsigned short>("clean", clean.size());
  launch("change_clean_pack", 3, 1, 256, kChangeCleanShared,
         ChangeCleanParams{device("a", clean), d_clean, cells.d_bases, co, h * h});
  const size_t all = (size_t)cells.capacity * outs;
  unsigned short *out = poisoned<unsigned short>("out", all);
  launch(kernel, blocks, 1, 256, change_image_shared(ci, h, stages),
         ChangeUpParams{device("in", in), device("w", w), d_clean, cells.d_base, cells.d_count, out});
  const auto got = host(out, all);
  std::vector<double> x(ins), sums(outs), sizes(outs);
  double worst = 0;
  for (int c = 0; c < count; c++) {
    for (int i = 0; i < ins; i++) x[i] = in[(size_t)c * ins + i % ci * pixels + i / ci];
    host_down(x.data(), h, ci, co, exact.data(), sums.data(), sizes.data());
    for (int i = 0; i < outs; i++) {
      const double a = clean[(size_t)cells.base[c] * outs + i % co * h * h + i / co];
      const double want = host_bent(host_half(a), sums[i]);
      const double is = host_of_bf16(got[(size_t)c * outs + i]);
      const double bound = fabs(want) / 256 + 1e-5 * sizes[i];
      worst = fmax(worst, is == is ? fabs(is - want) / (bound + 1e-300) : 1e9);
    }
  }
  bool kept = true;
  for (size_t i = (size_t)count * outs; i < all; i++) kept &= got[i] == 0xffff;
  expect(worst <= 1, kernel, worst, 1);
  expect(kept, "  rows beyond the cells are left alone", kept ? 0 : 1, 0);
}

struct LinearLayer {
  int k, n, plane;  // outputs stand for (n / plane, plane)
  std::vector<float> w;
  float *d_w;
  unsigned *packed;

  LinearLayer(Draw &draw, int k, int n, int plane) : k(k), n(n), plane(plane) {
    w = draw.normals((size_t)k * n, 1 / sqrt(0.5 * k));
    d_w = device("w", w);
    packed = nullptr;
    if (k % 16 == 0 && n % 16 == 0) {
      packed = poisoned<unsigned>("packed", (size_t)k * n);
      launch("change_linear_pack", 5, 1, 256, 0, ChangePackParams{d_w, packed, k, n, plane});
    }
  }
  // Where logical output i stands.
  int at(int i) const { return i % plane * (n / plane) + i / plane; }

  std::vector<double> sums(const double *in) const {
    std::vector<double> all(n, 0.0);
    for (int o = 0; o < n; o++) {
      for (int i = 0; i < k; i++) all[o] += in[i] * (double)w[(size_t)o * k + i];
    }
    return all;
  }
};

inline double split_value(const std::vector<unsigned short> &rows, size_t row, int n, int i) {
  return (double)host_of_bf16(rows[row * 2 * n + i]) + (double)host_of_bf16(rows[row * 2 * n + n + i]);
}

// The layer outside the matrix unit, both of its outputs, and change_split.
inline void check_any(Draw &draw, int k, int n, int count, double size, bool rectifies) {
  const LinearLayer layer(draw, k, n, 1);
  Cells cells(draw, count, count + 3, 3, false);
  auto in = draw.normals((size_t)cells.capacity * k, size);
  for (float &x : in) {
    if (draw.next() % 2 == 0) x = 0;
  }
  const auto clean = clean_values(draw, (size_t)cells.bases * n, size);
  const size_t all = (size_t)cells.capacity * n;
  float *out = poisoned<float>("out", all);
  unsigned short *split = poisoned<unsigned short>("split", 2 * all);
  unsigned short *again = poisoned<unsigned short>("again", 2 * all);
  ChangeLinearParams p = {device("in", in), layer.d_w,     device("a", clean), cells.d_base, cells.d_count, out,
                          k,                n,             rectifies ? 1 : 0,  0};
  launch("change_linear_any", 3, (n + 255) / 256, 256, kChangeAnyShared, p);
  p.out = split;
  p.splits = 1;
  launch("change_linear_any", 2, (n + 255) / 256, 256, kChangeAnyShared, p);
  launch("change_split", 3, 1, 256, 0, ChangeSplitParams{out, cells.d_count, again, n});
  const auto got = host(out, all);
  const auto high = host(split, 2 * all);
  const auto high2 = host(again, 2 * all);
  double worst = 0, halves = 0, norm = 0;
  for (int c = 0; c < count; c++) {
    std::vector<double> x(in.begin() + (size_t)c * k, in.begin() + (size_t)(c + 1) * k);
    const auto sums = layer.sums(x.data());
    double length = 0;
    for (double v : x) length += v * v;
    for (int i = 0; i < n; i++) {
      const double a = clean[(size_t)cells.base[c] * n + i];
      const double want = rectifies ? host_bent(a, sums[i]) : sums[i];
      const double number = got[(size_t)c * n + i];
      worst = fmax(worst, number == number ? fabs(number - want) / (sqrt(length) + 1e-300) : 1e9);
      const double two = split_value(high, c, n, i);
      const double off = two == two ? fabs(two - number) : 1e9;
      halves = fmax(halves, number == 0 ? off : off / fabs(number));
      norm += want * want;
    }
  }
  bool kept = true;
  for (size_t i = (size_t)count * n; i < all; i++) kept &= got[i] != got[i] || got[i] == -1.0f;
  for (size_t i = (size_t)count * 2 * n; i < 2 * all; i++) kept &= high[i] == 0xffff && high2[i] == 0xffff;
  expect(worst < 2e-6, "change_linear_any", worst, 2e-6);
  expect(halves < 1.6e-5, "  high and low", halves, 1.6e-5);
  expect(memcmp(high.data(), high2.data(), high.size() * 2) == 0, "  change_split: the same", 0, 0);
  expect(kept && norm > 0, "  rows beyond the cells are left alone", kept ? 0 : 1, 0);
}

// The layer on the matrix unit: `kernel` writes bf16, or two of them where it splits.
inline void check_linear(Draw &draw, const char *kernel, bool splits, int n, int plane, int count, double size,
                         bool rectifies, int blocks, int shared) {
  const int k = 256;
  const LinearLayer layer(draw, k, n, plane);
  Cells cells(draw, count, count + 7, 3, false);
  auto in = draw.normals((size_t)cells.capacity * k, size);
  for (float &x : in) {
    if (draw.next() % 2 == 0) x = 0;
  }
  const auto clean = clean_values(draw, (size_t)cells.bases * n, size);
  unsigned short *split = poisoned<unsigned short>("split", (size_t)cells.capacity * k * 2);
  launch("change_split", 9, 1, 256, 0, ChangeSplitParams{device("in", in), cells.d_count, split, k});
  float *ordered = poisoned<float>("a", clean.size());
  launch("change_clean_order", 4, 1, 256, kChangeCleanShared,
         ChangeCleanParams{device("clean", clean), ordered, cells.d_bases, n / plane, plane});
  const size_t all = (size_t)cells.capacity * n;
  float *out = poisoned<float>("out", all);
  launch(kernel, blocks, n / 128, 256, shared,
         ChangeLinearParams{split, layer.packed, ordered, cells.d_base, cells.d_count, out, k, n, rectifies,
                            splits ? n / plane : 0});
  const auto raw = host(out, all);
  const unsigned short *narrow = (const unsigned short *)raw.data();
  double worst = 0;
  for (int c = 0; c < count; c++) {
    std::vector<double> x(in.begin() + (size_t)c * k, in.begin() + (size_t)(c + 1) * k);
    const auto sums = layer.sums(x.data());
    double length = 0;
    for (double v : x) length += v * v;
    length = sqrt(length);
    for (int i = 0; i < n; i++) {
      const double a = clean[(size_t)cells.base[c] * n + i];
      const double want = rectifies ? host_bent(a, sums[i]) : sums[i];
      const size_t at = (size_t)c * n + layer.at(i);
      const size_t channels = (size_t)(n / plane);
      const unsigned short *pixel = narrow + at / channels * 2 * channels + at % channels;
      const double got = splits ? host_of_bf16(pixel[0]) + (double)host_of_bf16(pixel[channels])
                                : host_of_bf16(narrow[at]);
      const double bound = fabs(want) / (splits ? 65536 : 256) + 2e-5 * length;
      const double error = got == got ? fabs(got - want) / (bound + 1e-300) : 1e9;
      worst = fmax(worst, error);
    }
  }
  bool kept = true;
  const size_t half = splits ? 2 : 1;
  const float poison = -1.0f;
  unsigned short words[2];
  memcpy(words, &poison, 4);
  for (size_t i = (size_t)count * n * half; i < all * half; i++) kept &= narrow[i] == words[i & 1];
  expect(worst <= 1, kernel, worst, 1);
  expect(kept, "  rows beyond the cells are left alone", kept ? 0 : 1, 0);
}

struct Head {
  LinearLayer fc1, fc2;
  UpLayer d1, d2;

  Head(Draw &draw, const char *up1, int batch1, int shared1, const char *up2, int batch2, int shared2)
      : fc1(draw, 10, 256, 1), fc2(draw, 256, 1024, 16), d1(draw, 64, 64, 4, up1, batch1, shared1),
        d2(draw, 64, 32, 8, up2, batch2, shared2) {}

  struct Buffers {
    float *dz, *a1, *a2;
    unsigned short *h1, *h2, *h3, *h4, *a3, *a4;
  };

  void run(const Run &cells, const Buffers &b, int sms) const {
    launch("change_linear_any", 2 * sms, 1, 256, kChangeAnyShared,
           ChangeLinearParams{b.dz, fc1.d_w, b.a1, cells.base, cells.count, b.h1, 10, 256, 1, 1});
    launch("change_linear_256", sms < 8 ? 1 : sms / 8, 8, 256, change_linear_shared(256, 32, 3),
           ChangeLinearParams{b.h1, fc2.packed, b.a2, cells.base, cells.count, b.h2, 256, 1024, 1, 0});
    d1.run(cells, b.h2, b.a3, b.h3, sms);
    d2.run(cells, b.h3, b.a4, b.h4, sms);
  }
};

// The whole head against the definition of Propagate in float64: operands of the convolutions are
// rounded, all else is exact. do(z_i = v) changes of `size`.
inline void check_head(Draw &draw, const Head &head, int count, double size, int sms) {
  Cells cells(draw, count, count + 2, 3, true);
  std::vector<float> dz((size_t)cells.capacity * 10, 0.0f);
  for (int c = 0; c < count; c++) dz[c * 10 + draw.next() % 10] = (float)(size * (draw.next() % 2 ? 1 : -1));
  const auto a1 = draw.normals((size_t)cells.bases * 256, 1), a2 = draw.normals((size_t)cells.bases * 1024, 1);
  const auto a3 = draw.normals((size_t)cells.bases * 4096, 1), a4 = draw.normals((size_t)cells.bases * 8192, 1);
  Head::Buffers b;
  b.dz = device("dz", dz);
  b.a1 = device("a1", a1);
  b.a2 = poisoned<float>("a2", a2.size());
  launch("change_clean_order", 4, 1, 256, kChangeCleanShared, ChangeCleanParams{device("a", a2), b.a2, cells.d_bases, 64, 16});
  b.a3 = head.d1.pack_clean(cells, a3);
  b.a4 = head.d2.pack_clean(cells, a4);
  b.h1 = poisoned<unsigned short>("h1", (size_t)cells.capacity * 512);
  b.h2 = poisoned<unsigned short>("h2", (size_t)cells.capacity * 1024);
  b.h3 = poisoned<unsigned short>("h3", (size_t)cells.capacity * 4096);
  b.h4 = poisoned<unsigned short>("h4", (size_t)cells.capacity * 8192);
  head.run(cells.run(), b, sms);
  const auto got = host(b.h4, (size_t)cells.capacity * 8192);
  double off = 0, norm = 0;
  for (int c = 0; c < count; c++) {
    const int base = cells.base[c];
    std::vector<double> x(dz.begin() + c * 10, dz.begin() + c * 10 + 10);
    auto h1 = head.fc1.sums(x.data());
    for (int i = 0; i < 256; i++) h1[i] = host_bent(a1[base * 256 + i], h1[i]);
    const auto sums = head.fc2.sums(h1.data());
    std::vector<double> h2(1024), h3(4096), h4(8192), sizes(8192);
    for (int i = 0; i < 1024; i++) {
      h2[head.fc2.at(i)] = host_rounded(host_bent(a2[(size_t)base * 1024 + i], sums[i]));
    }
    host_up(h2.data(), 4, 64, 64, head.d1.rounded.data(), h3.data(), sizes.data());
    for (int i = 0; i < 4096; i++) h3[i] = host_rounded(host_bent(a3[(base * 64 + i % 64) * 64 + i / 64], h3[i]));
    host_up(h3.data(), 8, 64, 32, head.d2.rounded.data(), h4.data(), sizes.data());
    for (int i = 0; i < 8192; i++) {
      const double want = host_bent(a4[((size_t)base * 32 + i % 32) * 256 + i / 32], h4[i]);
      const double is = host_of_bf16(got[(size_t)c * 8192 + i]);
      off += is == is ? (is - want) * (is - want) : 1e30;
      norm += want * want;
    }
  }
  expect(sqrt(off / norm) < 4e-3, "the head beside its definition", sqrt(off / norm), 4e-3);

  // The same bits for a cell whichever cells are there and however many blocks.
  Run fewer = cells.run();
  fewer.count = device("fewer", std::vector<int>{count / 2 + 1});
  unsigned short *all = b.h4;
  b.h4 = poisoned<unsigned short>("again", (size_t)cells.capacity * 8192);
  head.run(fewer, b, 1);
  const auto again = host(b.h4, (size_t)(count / 2 + 1) * 8192);
  expect(memcmp(again.data(), got.data(), again.size() * 2) == 0, "  the same bits in a smaller run", 0, 0);
  b.h4 = all;
}
