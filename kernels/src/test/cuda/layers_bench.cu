// Times the layers of the reference autoencoder and their gradients, each form of each kernel, at few
// and many rows, and compares them with float64.
//
//   nvcc -std=c++17 -ftz=true -O3 -arch=sm_90 -o layers_bench layers_bench.cu && ./layers_bench [JSON [PART]]
//
// Prints a line for each (PART: of those whose names have it alone): microseconds (median of 25 samples of several launches each), TFLOP/s
// counting only taps inside the image, their share of 60, GB/s counting each value once, and the
// relative error of some rows (2-norm), or of some weights. Ends with status 1 when an error is over
// 1e-5, or 1e-3 where operands are rounded. Outputs are NaN before each check. At few rows the operands stay in the cache, as they do
// in training.
//
// With g++ -x c++ -DPB_EMULATOR and the emulator's sources it runs on the host, and times nothing.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "../../main/cuda/conv_down.cu"
#include "../../main/cuda/conv_down_held.cu"
#include "../../main/cuda/conv_generic.cu"
#include "../../main/cuda/conv_up.cu"
#include "../../main/cuda/conv_up_held.cu"
#include "../../main/cuda/conv_up_thin.cu"
#include "../../main/cuda/conv_wgrad.cu"
#include "../../main/cuda/conv_wgrad_rounded.cu"
#include "../../main/cuda/conv_wgrad_tensor.cu"
#include "../../main/cuda/linear.cu"
#include "../../main/cuda/linear_tensor.cu"
#include "layers_bench.h"

namespace {

constexpr double kPeak = 60e12;
constexpr double kError = 1e-5;
constexpr double kRounded = 1e-3;  // of operands of 11 bits

// A geometry between (c, 2 w, 2 w) and (o, w, w).
struct Halving {
  int w, c, o;

  long long large() const { return 4LL * c * w * w; }
  long long small() const { return 1LL * o * w * w; }
  // Of one row, taps inside the image.
  double operations() const {
    const double along = 4.0 * w - 2;
    return 2.0 * c * o * along * along;
  }
  std::string down() const { return text("%dx%d,%d>%d", 2 * w, 2 * w, c, o); }
  std::string up() const { return text("%dx%d,%d>%d", w, w, o, c); }
};

struct Outcome {
  double micros, error;
};

// One way to compute something.
struct Form {
  std::string op, layer, name;
  double operations, bytes;  // of a row
  double more;               // bytes of weights
  std::function<void(int rows)> work;
  std::function<double(int rows)> error;
};

Device device;
float *a, *b, *weights, *bias, *out, *parts;
int *count;

void rows_are(int rows) { device.write(count, &rows, sizeof rows); }

const float *row_of(const float *all, long long size, long long row, std::vector<float> &into) {
  into.resize(size);
  device.read(into.data(), all + row * size, size * sizeof(float));
  return into.data();
}

Finish relu(const float *from) { return {from, nullptr, nullptr, nullptr, kPlain, kRelu, 0.0}; }

struct Norm {
  double off = 0, all = 0;

  void add(double is, double expected) {
    off += (is - expected) * (is - expected);
    all += expected * expected;
    if (is != is) off = HUGE_VAL;
  }
  double error() const { return sqrt(off / all); }
};

// Some rows of a convolution or its transpose against float64.
double layer_error(Halving s, bool up, int rows) {
  Norm norm;
  std::vector<float> x, y, w, bs;
  row_of(weights, 16LL * s.c * s.o, 0, w);
  row_of(bias, 64, 0, bs);
  const int checked[3] = {0, rows / 2, rows - 1};
  for (const int row : checked) {
    row_of(a, up ? s.small() : s.large(), row, x);
    row_of(out, up ? s.large() : s.small(), row, y);
    std::vector<double> sums(y.size());
    const int W = s.w, L = 2 * s.w;
    for (int o = 0; o < s.o; o++)
      for (int c = 0; c < s.c; c++)
        for (int oy = 0; oy < W; oy++)
          for (int kh = 0; kh < 4; kh++) {
            const int iy = 2 * oy - 1 + kh;
            if (iy < 0 || iy >= L) continue;
            for (int ox = 0; ox < W; ox++)
              for (int kw = 0; kw < 4; kw++) {
                const int ix = 2 * ox - 1 + kw;
                if (ix < 0 || ix >= L) continue;
                const double tap = w[((o * s.c + c) * 4 + kh) * 4 + kw];
                const int large = (c * L + iy) * L + ix, small = (o * W + oy) * W + ox;
                if (up) {
                  sums[large] += tap * x[small];
                } else {
                  sums[small] += tap * x[large];
                }
              }
          }
    const int plane = up ? L * L : W * W;
    for (size_t i = 0; i < sums.size(); i++) norm.add(y[i], std::max(0.0, sums[i] + bs[i / plane]));
  }
  return norm.error();
}

// Some weights of a gradient against float64: of x in a, of g in b, made as `drawn` says.
double wgrad_error(Halving s, int rows) {
  Norm norm;
  std::vector<float> dw;
  row_of(out, 16LL * s.c * s.o, 0, dw);
  const int W = s.w, L = 2 * s.w;
  for (int i = 0; i < (rows > 1024 ? 4 : 24); i++) {
    const int at = (int)(mixed(i + 7) % (unsigned)dw.size());
    const int kw = at % 4, kh = at / 4 % 4, c = at / 16 % s.c, o = at / 16 / s.c;
    double sum = 0;
    for (int row = 0; row < rows; row++)
      for (int oy = 0; oy < W; oy++)
        for (int ox = 0; ox < W; ox++) {
          const int iy = 2 * oy - 1 + kh, ix = 2 * ox - 1 + kw;
          if (iy < 0 || iy >= L || ix < 0 || ix >= L) continue;
          sum += (double)drawn(1, row * s.large() + (c * L + iy) * L + ix) *
                 drawn(2, row * s.small() + (o * W + oy) * W + ox);
        }
    norm.add(dw[at], sum);
  }
  return norm.error();
}

double linear_error(int inner, int outer, int rows) {
  Norm norm;
  std::vector<float> x, y, w, bs;
  row_of(weights, 1LL * inner * outer, 0, w);
  row_of(bias, 1024, 0, bs);
  for (const int row : {0, rows / 2, rows - 1}) {
    row_of(a, inner, row, x);
    row_of(out, outer, row, y);
    for (int j = 0; j < outer; j++) {
      double sum = bs[j];
      for (int k = 0; k < inner; k++) sum += (double)x[k] * w[1LL * j * inner + k];
      norm.add(y[j], std::max(0.0, sum));
    }
  }
  return norm.error();
}

double linear_wgrad_error(int inner, int outer, int rows) {
  Norm norm;
  std::vector<float> dw;
  row_of(out, 1LL * inner * outer, 0, dw);
  for (int i = 0; i < 100; i++) {
    const int at = (int)(mixed(i + 7) % (unsigned)dw.size());
    double sum = 0;
    for (long long row = 0; row < rows; row++) {
      sum += (double)drawn(2, row * outer + at / inner) * drawn(1, row * inner + at % inner);
    }
    norm.add(dw[at], sum);
  }
  return norm.error();
}

template <class T>
std::function<void(int)> halving(Kernel<HalvingParams> kernel, Halving s, int made, int threads) {
  return [=](int rows) {
    device.launch(kernel, (rows + T::kImages - 1) / T::kImages * T::kBands, (made + T::kOutputs - 1) / T::kOutputs,
                  threads, T::kShared, HalvingParams{a, weights, out, count, s.c, s.o, relu(bias)});
  };
}

// Of a kernel that holds weights of all `held` channels: as io.patchbay.kernels.cuda.HeldForms launches it.
template <class T>
std::function<void(int)> holding(Kernel<HalvingParams> kernel, Halving s, int made, int weights_held, bool few) {
  return [=](int rows) {
    const int groups = (rows + T::kImages - 1) / T::kImages * T::kBands;
    const int across = (made + T::kOutputs - 1) / T::kOutputs;
    const int most = few ? groups : std::max(1, device.processors() / across);
    device.launch(kernel, std::min(groups, most), across, T::kThreads,
                  4 * (weights_held * 16 * T::kOutputs + 2 * T::kStage), HalvingParams{a, weights, out, count, s.c, s.o, relu(bias)});
  };
}

template <class T, int BANDS>
std::function<void(int)> thin(Kernel<HalvingParams> kernel, Halving s) {
  return [=](int rows) {
    device.launch(kernel, rows * BANDS, 1, T::kThreads, T::kShared,
                  HalvingParams{a, weights, out, count, s.c, s.o, relu(bias)});
  };
}

std::function<void(int)> generic(Kernel<ConvParams> kernel, Halving s, bool up) {
  return [=](int rows) {
    const int high = up ? s.w + 1 : s.w;  // of a phase
    device.launch(kernel, (rows * high * high + 63) / 64 * (up ? 4 : 1), ((up ? s.c : s.o) + 63) / 64, 256, (int)sizeof(ProductTile<4>),
                  ConvParams{up ? nullptr : a, weights, up ? a : nullptr, out, count, s.c, 2 * s.w, 2 * s.w, s.o, s.w,
                             s.w, 4, 4, 2, 1, 0, relu(bias)});
  };
}

// As io.patchbay.kernels.cuda.Layers splits the rows.
template <class T, int CB>
std::function<void(int)> wgrad(Kernel<WeightGradParams> kernel, Halving s, int many, int threads = 256) {
  return [=](int rows) {
    const int blocks = (s.c + CB - 1) / CB * ((s.o + 31) / 32), size = 16 * s.c * s.o;
    const int steps = rows * T::kBands, most = std::max(1, many / blocks);
    const int chunk = (steps + most - 1) / most, n = (steps + chunk - 1) / chunk;
    device.launch(kernel, blocks, n, threads, T::kShared,
                  WeightGradParams{a, b, n == 1 ? out : parts, count, s.c, s.o, chunk, size, nullptr, 0});
    if (n > 1) {
      device.launch(KERNEL(conv_generic, conv_generic_join, JoinParams), (size + 31) / 32, 1, 256, 1024,
                    JoinParams{parts, out, count, T::kBands, chunk, size, nullptr, 0, size});
    }
  };
}

LinearParams product(const float *x, const float *y, const int *m, int per_row, const int *k, int per_inner, int n,
                     int a_row, int a_inner, int b_inner, int b_column, Finish finish) {
  return {x, y, out, m, per_row, k, per_inner, n, a_row, a_inner, b_inner, b_column, 0, finish};
}

template <class T>
std::function<void(int)> linear_tensor(Kernel<LinearTensorParams> kernel, int inner, int outer) {
  return [=](int rows) {
    device.launch(kernel, (rows + T::kRows - 1) / T::kRows, (outer + T::kColumns - 1) / T::kColumns, 256, T::kShared,
                  LinearTensorParams{a, weights, out, count, 1, device.one(), inner, outer, inner, 0, inner, 1, relu(bias)});
  };
}

template <class T>
std::function<void(int)> linear_tensor_wgrad(Kernel<LinearTensorParams> kernel, int inner, int outer) {
  return [=](int) {
    device.launch(kernel, (outer + T::kRows - 1) / T::kRows, (inner + T::kColumns - 1) / T::kColumns, 256, T::kShared,
                  LinearTensorParams{b, a, out, device.one(), outer, count, 1, inner, outer, 1, inner, 0, Finish{}});
  };
}

std::function<void(int)> linear_wgrad(int inner, int outer) {
  return [=](int rows) {
    const int blocks = (outer + 63) / 64 * ((inner + 63) / 64), chunk = 256, n = (rows + chunk - 1) / chunk;
    LinearParams p = product(b, a, device.one(), outer, count, 1, inner, 1, outer, inner, 1, Finish{});
    if (n == 1) {
      device.launch(KERNEL(linear, linear, LinearParams), blocks, 1, 256, (int)sizeof(ProductTile<4>), p);
      return;
    }
    p.y = parts;
    p.chunk = chunk;
    device.launch(KERNEL(linear, linear_part, LinearParams), blocks, n, 256, (int)sizeof(ProductTile<4>), p);
    device.launch(KERNEL(linear, linear_join, LinearJoinParams), (inner * outer + 255) / 256, 1, 256, 0,
                  LinearJoinParams{parts, out, count, 1, chunk, outer, inner, Finish{}});
  };
}

#define DOWN(form, w, c, o, ...)                                                                              \
  {"down", Halving{w, c, o}.down(), #form, Halving{w, c, o}.operations(),                                     \
   4.0 * (Halving{w, c, o}.large() + Halving{w, c, o}.small()), 64.0 * c * o,                                 \
   halving<Down<__VA_ARGS__>>(KERNEL(conv_down, form, HalvingParams), {w, c, o}, o, threads_of(__VA_ARGS__)), \
   [](int rows) { return layer_error({w, c, o}, false, rows); }}
#define UP(form, w, c, o, ...)                                                                            \
  {"up", Halving{w, c, o}.up(), #form, Halving{w, c, o}.operations(),                                     \
   4.0 * (Halving{w, c, o}.large() + Halving{w, c, o}.small()), 64.0 * c * o,                             \
   halving<Up<__VA_ARGS__>>(KERNEL(conv_up, form, HalvingParams), {w, c, o}, c, threads_of(__VA_ARGS__)), \
   [](int rows) { return layer_error({w, c, o}, true, rows); }}
#define DOWN_HELD(form, parts, w, c, o, m, n, wm, wn, few)                                                           \
  {"down", Halving{w, c, o}.down(), #form, Halving{w, c, o}.operations(),                                     \
   4.0 * (Halving{w, c, o}.large() + Halving{w, c, o}.small()), 64.0 * c * o,                                 \
   holding<DownHeld<parts, w, m, n, wm, wn>>(KERNEL(conv_down_held, form, HalvingParams), {w, c, o}, o, c, few),     \
   [](int rows) { return layer_error({w, c, o}, false, rows); }}
#define UP_HELD(form, parts, w, c, o, mp, np, few)                                                                  \
  {"up", Halving{w, c, o}.up(), #form, Halving{w, c, o}.operations(),                                        \
   4.0 * (Halving{w, c, o}.large() + Halving{w, c, o}.small()), 64.0 * c * o,                                \
   holding<UpHeld<parts, w, mp, np>>(KERNEL(conv_up_held, form, HalvingParams), {w, c, o}, c, o, few),              \
   [](int rows) { return layer_error({w, c, o}, true, rows); }}
#define THIN(form, w, c, o, strip, bands)                                                        \
  {"up", Halving{w, c, o}.up(), #form, Halving{w, c, o}.operations(),                   \
   4.0 * (Halving{w, c, o}.large() + Halving{w, c, o}.small()), 64.0 * c * o,           \
   thin<UpThin<c, strip, bands>, bands>(KERNEL(conv_up_thin, form, HalvingParams), {w, c, o}),     \
   [](int rows) { return layer_error({w, c, o}, true, rows); }}
#define GENERIC(form, above, w, c, o)                                                                            \
  {above ? "up" : "down", above ? Halving{w, c, o}.up() : Halving{w, c, o}.down(), #form,                           \
   Halving{w, c, o}.operations(), 4.0 * (Halving{w, c, o}.large() + Halving{w, c, o}.small()), 64.0 * c * o,  \
   generic(KERNEL(conv_generic, form, ConvParams), {w, c, o}, above),                                            \
   [](int rows) { return layer_error({w, c, o}, above, rows); }}
#define WGRAD(form, w, c, o, cb, r, many)                                                                      \
  {"wgrad", Halving{w, c, o}.down(), #form " " #many, Halving{w, c, o}.operations(),                           \
   4.0 * (Halving{w, c, o}.large() + Halving{w, c, o}.small()), 64.0 * c * o,                                  \
   wgrad<WeightGrad<w, cb, r>, cb>(KERNEL(conv_wgrad, form, WeightGradParams), {w, c, o}, many),               \
   [](int rows) { return wgrad_error({w, c, o}, rows); }}
#define WGRAD_TENSOR(form, parts, w, c, o, r, many)                                                             \
  {"wgrad", Halving{w, c, o}.down(), #form " " #many, Halving{w, c, o}.operations(),                           \
   4.0 * (Halving{w, c, o}.large() + Halving{w, c, o}.small()), 64.0 * c * o,                                  \
   wgrad<WeightGradTensor<w, r, parts>, 16>(KERNEL(conv_wgrad_tensor, form, WeightGradParams), {w, c, o}, many), \
   [](int rows) { return wgrad_error({w, c, o}, rows); }}
#define WGRAD_ROUNDED(form, w, c, o)                                                                            \
  {"wgrad", Halving{w, c, o}.down(), #form, Halving{w, c, o}.operations(),                                     \
   4.0 * (Halving{w, c, o}.large() + Halving{w, c, o}.small()), 64.0 * c * o,                                  \
   wgrad<WeightGradRounded<w>, 32>(KERNEL(conv_wgrad_rounded, form, WeightGradParams), {w, c, o}, 132, 512),   \
   [](int rows) { return wgrad_error({w, c, o}, rows); }}
#define LINEAR_TENSOR(inner, outer, parts, form, m, n)                                                           \
  {"linear", text("%d>%d", inner, outer), "linear_tensor_" #form, 2.0 * inner * outer, 4.0 * (inner + outer),    \
   4.0 * inner * outer,                                                                                          \
   linear_tensor<LinearTensor<parts, m, n>>(KERNEL(linear_tensor, linear_tensor_##form, LinearTensorParams), inner, outer), \
   [](int rows) { return linear_error(inner, outer, rows); }},                                                   \
  {"wgrad", text("%d>%d", inner, outer), "linear_tensor_" #form, 2.0 * inner * outer, 4.0 * (inner + outer),     \
   4.0 * inner * outer,                                                                                          \
   linear_tensor_wgrad<LinearTensor<parts, m, n>>(KERNEL(linear_tensor, linear_tensor_##form, LinearTensorParams), inner, outer), \
   [](int rows) { return linear_wgrad_error(inner, outer, rows); }}
#define LINEAR_TENSORS(inner, outer)                              \
  LINEAR_TENSOR(inner, outer, 1, 64_tf32, 4, 4),                  \
  LINEAR_TENSOR(inner, outer, 1, 32_tf32, 2, 4),                  \
  LINEAR_TENSOR(inner, outer, 1, 16_tf32, 1, 2),                  \
  LINEAR_TENSOR(inner, outer, 3, 64_tf32x3, 4, 4),                \
  LINEAR_TENSOR(inner, outer, 3, 32_tf32x3, 2, 4),                \
  LINEAR_TENSOR(inner, outer, 3, 16_tf32x3, 1, 2)
#define LINEAR_WGRAD(inner, outer)                                                                   \
  {"wgrad", text("%d>%d", inner, outer), "linear_sums", 2.0 * inner * outer, 4.0 * (inner + outer),  \
   4.0 * inner * outer, linear_wgrad(inner, outer), [](int rows) { return linear_wgrad_error(inner, outer, rows); }}

#ifndef PB_EMULATOR
__global__ void rounding_alone(float *out, int turns) {
  float x[16];
  for (int i = 0; i < 16; i++) x[i] = (float)(threadIdx.x + i);
  for (int turn = 0; turn < turns; turn++) {
#pragma unroll
    for (int i = 0; i < 16; i++) x[i] = __uint_as_float(to_tf32(x[i]) + 1);
  }
  float sum = 0;
  for (int i = 0; i < 16; i++) sum += x[i];
  out[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

// How many numbers a multiprocessor rounds to tf32 in a nanosecond.
double rounded_alone() {
  const int turns = 2000;
  const double micros =
      device.micros([&] { rounding_alone<<<device.processors(), 1024>>>(out, turns); });
  return 16.0 * 1024 * turns / micros * 1e-3;
}
#endif

std::vector<Form> forms() {
  return {
      DOWN(conv_down_32, 32, 1, 32, 32, 8, 8, 4, 128),
      DOWN(conv_down_32, 32, 3, 32, 32, 8, 8, 4, 128),
      DOWN(conv_down_16, 16, 32, 32, 16, 8, 8, 4, 128),
      DOWN(conv_down_16_few, 16, 32, 32, 16, 8, 2, 16, 256),
      DOWN(conv_down_8, 8, 32, 64, 8, 8, 8, 8, 128),
      DOWN(conv_down_8_few, 8, 32, 64, 8, 8, 2, 32, 128),
      DOWN(conv_down_4, 4, 64, 64, 4, 4, 8, 8, 128),
      DOWN(conv_down_4_few, 4, 64, 64, 4, 4, 2, 32, 128),
      DOWN_HELD(conv_down_held_16_tf32, 1, 16, 32, 32, 2, 4, 16, 1, false),
      DOWN_HELD(conv_down_held_16_few_tf32, 1, 16, 32, 32, 2, 2, 4, 1, true),
      DOWN_HELD(conv_down_held_8_tf32, 1, 8, 32, 64, 2, 4, 8, 2, false),
      DOWN_HELD(conv_down_held_8_few_tf32, 1, 8, 32, 64, 2, 2, 4, 1, true),
      DOWN_HELD(conv_down_held_4_tf32, 1, 4, 64, 64, 2, 2, 8, 2, false),
      DOWN_HELD(conv_down_held_4_few_tf32, 1, 4, 64, 64, 1, 2, 4, 1, true),
      DOWN_HELD(conv_down_held_16_tf32x3, 3, 16, 32, 32, 2, 4, 8, 1, false),
      DOWN_HELD(conv_down_held_16_few_tf32x3, 3, 16, 32, 32, 2, 2, 4, 1, true),
      DOWN_HELD(conv_down_held_8_tf32x3, 3, 8, 32, 64, 2, 4, 4, 2, false),
      DOWN_HELD(conv_down_held_8_few_tf32x3, 3, 8, 32, 64, 2, 2, 4, 1, true),
      DOWN_HELD(conv_down_held_4_tf32x3, 3, 4, 64, 64, 2, 2, 8, 2, false),
      DOWN_HELD(conv_down_held_4_few_tf32x3, 3, 4, 64, 64, 1, 2, 4, 1, true),
      GENERIC(conv_generic_down, false, 16, 32, 32),
      UP(conv_up_4, 4, 64, 64, 4, 4, 8, 8, 256),
      UP(conv_up_4_few, 4, 64, 64, 4, 4, 2, 32, 256),
      UP(conv_up_8, 8, 32, 64, 8, 8, 4, 8, 256),
      UP(conv_up_8_few, 8, 32, 64, 8, 8, 1, 32, 256),
      UP(conv_up_16, 16, 32, 32, 16, 8, 4, 8, 256),
      UP_HELD(conv_up_held_4_tf32, 1, 4, 64, 64, 8, 2, false),
      UP_HELD(conv_up_held_4_few_tf32, 1, 4, 64, 64, 4, 1, true),
      UP_HELD(conv_up_held_8_tf32, 1, 8, 32, 64, 8, 2, false),
      UP_HELD(conv_up_held_8_few_tf32, 1, 8, 32, 64, 4, 1, true),
      UP_HELD(conv_up_held_16_tf32, 1, 16, 32, 32, 8, 2, false),
      UP_HELD(conv_up_held_16_few_tf32, 1, 16, 32, 32, 4, 1, true),
      UP_HELD(conv_up_held_4_tf32x3, 3, 4, 64, 64, 4, 2, false),
      UP_HELD(conv_up_held_4_few_tf32x3, 3, 4, 64, 64, 4, 1, true),
      UP_HELD(conv_up_held_8_tf32x3, 3, 8, 32, 64, 4, 2, false),
      UP_HELD(conv_up_held_8_few_tf32x3, 3, 8, 32, 64, 4, 1, true),
      UP_HELD(conv_up_held_16_tf32x3, 3, 16, 32, 32, 4, 2, false),
      UP_HELD(conv_up_held_16_few_tf32x3, 3, 16, 32, 32, 4, 1, true),
      THIN(conv_up_to_1, 32, 1, 32, 8, 1),
      THIN(conv_up_to_1_few, 32, 1, 32, 2, 2),
      THIN(conv_up_to_3, 32, 3, 32, 4, 1),
      THIN(conv_up_to_3_few, 32, 3, 32, 2, 2),
      GENERIC(conv_generic_up, true, 16, 32, 32),
      WGRAD(conv_wgrad_32_of_1, 32, 1, 32, 1, 8, 264),
      WGRAD(conv_wgrad_32_of_1, 32, 1, 32, 1, 8, 132),
      WGRAD(conv_wgrad_32_of_3, 32, 3, 32, 3, 8, 264),
      WGRAD(conv_wgrad_32_of_3, 32, 3, 32, 3, 8, 132),
      WGRAD_TENSOR(conv_wgrad_16_tf32x3, 3, 16, 32, 32, 4, 264),
      WGRAD_TENSOR(conv_wgrad_8_tf32x3, 3, 8, 32, 64, 8, 264),
      WGRAD_TENSOR(conv_wgrad_4_tf32x3, 3, 4, 64, 64, 4, 264),
      WGRAD_ROUNDED(conv_wgrad_rounded_16, 16, 32, 32),
      WGRAD_ROUNDED(conv_wgrad_rounded_8, 8, 32, 64),
      WGRAD_ROUNDED(conv_wgrad_rounded_4, 4, 64, 64),
      LINEAR_TENSORS(1024, 256),
      LINEAR_TENSORS(256, 1024),
      LINEAR_TENSORS(256, 20),
      LINEAR_TENSORS(10, 256),
      LINEAR_WGRAD(1024, 256),
      LINEAR_WGRAD(256, 20),
  };
}

}  // namespace

int main(int argc, char **argv) {
  const std::vector<int> sizes = device.sizes();
  const long long most = 32768LL * sizes.back();
  a = device.drawn_floats(1, most);
  b = device.drawn_floats(2, most);
  out = device.drawn_floats(3, most);
  parts = device.drawn_floats(4, 40LL << 20);
  weights = device.drawn_floats(5, 1 << 20);
  bias = device.drawn_floats(6, 1024);
  count = device.integers(1);
#ifndef PB_EMULATOR
  printf("numbers rounded to tf32 a nanosecond and multiprocessor: %.1f\n", rounded_alone());
#endif
  std::string json;
  bool right = true;
  printf("%-6s %-14s %-24s %5s %9s %7s %6s %6s %8s\n", "op", "layer", "form", "rows", "us", "TF/s", "of 60", "GB/s",
         "error");
  for (const Form &form : forms()) {
    if (argc > 2 && form.name.find(argv[2]) == std::string::npos) continue;
    for (const int rows : sizes) {
      rows_are(rows);
      device.poison(out, most);
      form.work(rows);
      const double error = form.error(rows);
      const bool rounded = form.name.find("_rounded") != std::string::npos || (form.name.find("_tf32") != std::string::npos && form.name.find("x3") == std::string::npos);
      const double allowed = rounded ? kRounded : kError;
      right = right && error <= allowed;
      const double micros = device.micros([&] { form.work(rows); });
      const double rate = form.operations * rows / micros * 1e6;
      const double bytes = (form.bytes * rows + form.more) / micros * 1e-3;
      printf("%-6s %-14s %-24s %5d %9.2f %7.2f %5.1f%% %6.0f %8.1e%s\n", form.op.c_str(), form.layer.c_str(),
             form.name.c_str(), rows, micros, rate * 1e-12, 100 * rate / kPeak, bytes, error,
             error <= allowed ? "" : " WRONG");
      json += text("%s  {\"op\": \"%s\", \"layer\": \"%s\", \"form\": \"%s\", \"rows\": %d, \"us\": %.3f, "
                   "\"tflops\": %.4f, \"gbps\": %.1f, \"error\": %.3g}",
                   json.empty() ? "" : ",\n", form.op.c_str(), form.layer.c_str(), form.name.c_str(), rows, micros,
                   rate * 1e-12, bytes, error);
    }
  }
  if (argc > 1) {
    FILE *file = fopen(argv[1], "w");
    if (file == nullptr) {
      perror(argv[1]);
      return 2;
    }
    fprintf(file, "{\"device\": \"%s\", \"layers\": [\n%s\n]}\n", device.name().c_str(), json.c_str());
    fclose(file);
  }
  printf("%s\n", right ? "all right" : "WRONG RESULTS");
  return right ? 0 : 1;
}
