// Holds the tail's kernels to float64 on a GPU and times them, in every form, beside the two rates
// that bound them: products of matrices by mma.sync, and copies.
//
// Build: nvcc -std=c++17 -ftz=true -arch=sm_90 -O3 -Ikernels/src/main/cuda -Ikernels/src/test/cuda \
//          -o tail_bench bench/src/test/cuda/tail_bench.cu
// Usage: tail_bench JSON [SEED [KERNEL]]; with KERNEL only its times, right or not. Timed by events, the median of 40 launches after 5; a launch reads
// 268 MB of changes, five times what an L2 holds. Inputs are drawn anew from the seed (the time of
// day without one), effects are poisoned before the launch that is checked, 24 cells of it by float64.
#include <time.h>

#include <algorithm>
#include <map>

#include "change_pack.cu"
#include "change_pixels.cu"
#include "tail_channel.cu"
#include "tail_channel_pack.cu"
#include "tail_colors.cu"
#include "tail_exact.cu"
#include "tail_exact_colors.cu"
#include "tail_pack.cu"
#include "tail_streamed.cu"
#include "channel_check.h"
#include "pixels_check.h"
#include "tail_check.h"

#define CHECK(call)                                                                             \
  do {                                                                                          \
    const cudaError_t status = (call);                                                          \
    if (status != cudaSuccess) {                                                                \
      fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, cudaGetErrorString(status)); \
      exit(1);                                                                                  \
    }                                                                                           \
  } while (0)

struct DrawParams {
  void *to;
  long long count;
  long long seed;
  double scale;
  long long bf16;  // else float32
};

// Numbers of about a normal distribution; of bf16 a quarter are zero.
PB_KERNEL(draw, DrawParams, 256, 1) {
  const long long step = (long long)gridDim.x * blockDim.x;
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < p.count; i += step) {
    unsigned long long z = (unsigned long long)(i + 1) * 0x9e3779b97f4a7c15ull + (unsigned long long)p.seed;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    z ^= z >> 31;
    const int sum = (int)(z & 0xffff) + (int)(z >> 16 & 0xffff) + (int)(z >> 32 & 0xffff) - 98302;
    const float x = (float)(sum * p.scale / 32768);
    if (p.bf16 != 0) {
      static_cast<unsigned short *>(p.to)[i] = z >> 62 == 0 ? 0 : to_bf16(x);
    } else {
      static_cast<float *>(p.to)[i] = x;
    }
  }
}

struct PeakParams {
  float *to;
  long long turns;
};

// Eight chains of m16n8k16 a warp, 16 warps a block: what mma.sync can do.
PB_KERNEL(mma_peak, PeakParams, 512, 1) {
  float c[8][4];
  unsigned a[4];
  unsigned b[2][2];
  for (int i = 0; i < 32; i++) c[i >> 2][i & 3] = 0.0f;
  for (int i = 0; i < 4; i++) a[i] = pack_bf16(1.0f + threadIdx.x % 7 * 0.125f, 0.5f + i);
  for (int i = 0; i < 4; i++) b[i >> 1][i & 1] = pack_bf16(1.0f / (3 + threadIdx.x % 5), -0.25f * i);
#pragma unroll 1
  for (long long n = 0; n < p.turns; n++) {
#pragma unroll
    for (int i = 0; i < 32; i++) mma_bf16_16816(c[i & 7], a, b[i & 1]);
  }
  float sum = 0.0f;
  for (int i = 0; i < 32; i++) sum += c[i >> 2][i & 3];
  p.to[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

struct Gpu {
  std::map<std::string, const void *> kernels;
  std::map<const void *, int> granted;  // bytes of shared memory
  std::vector<void *> memory;
  int processors;

  Gpu() {
    int value;
    CHECK(cudaDeviceGetAttribute(&value, cudaDevAttrMultiProcessorCount, 0));
    processors = value;
#define KERNEL(name) kernels[#name] = reinterpret_cast<const void *>(&name)
    KERNEL(tail_pack_weights);
    KERNEL(tail_pack_active);
    KERNEL(tail_pack_image);
    KERNEL(tail_pack_low);
    KERNEL(tail_pack_exact);
    KERNEL(change_split_pack);
    KERNEL(tail_exact_squares);
    KERNEL(tail_exact_sizes);
    KERNEL(tail_exact_products);
    KERNEL(tail_exact_colors_squares);
    KERNEL(tail_exact_colors_sizes);
    KERNEL(tail_exact_colors_products);
    KERNEL(tail_streamed_squares);
    KERNEL(tail_streamed_sizes);
    KERNEL(tail_streamed_products);
    KERNEL(tail_colors_squares);
    KERNEL(tail_colors_sizes);
    KERNEL(tail_colors_products);
    KERNEL(change_pixels_pack);
    KERNEL(change_pixels_squares);
    KERNEL(change_pixels_sizes);
    KERNEL(change_pixels_products);
    KERNEL(tail_channel_pack_weights);
    KERNEL(tail_channel_pack_image_weights);
    KERNEL(tail_channel_pack_active);
    KERNEL(tail_channel_squares);
    KERNEL(tail_channel_sizes);
    KERNEL(tail_channel_products);
    KERNEL(draw);
    KERNEL(mma_peak);
#undef KERNEL
  }
  void *allocate(size_t bytes) {
    void *to;
    CHECK(cudaMalloc(&to, bytes));
    CHECK(cudaMemset(to, 0xff, bytes));
    memory.push_back(to);
    return to;
  }
  void free_all() {
    CHECK(cudaDeviceSynchronize());
    for (void *each : memory) CHECK(cudaFree(each));
    memory.clear();
  }
  void write(void *to, const void *from, size_t bytes) { CHECK(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice)); }
  void read(void *to, const void *from, size_t bytes) { CHECK(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost)); }
  void launch(const char *kernel, int blocks, int threads, int shared, const void *params, size_t) {
    const auto found = kernels.find(kernel);
    if (found == kernels.end()) {
      fprintf(stderr, "no kernel: %s\n", kernel);
      exit(1);
    }
    if (granted[found->second] < shared) {
      CHECK(cudaFuncSetAttribute(found->second, cudaFuncAttributeMaxDynamicSharedMemorySize, shared));
      granted[found->second] = shared;
    }
    void *arguments[] = {const_cast<void *>(params)};
    CHECK(cudaLaunchKernel(found->second, dim3((unsigned)blocks), dim3((unsigned)threads), arguments, (size_t)shared, nullptr));
    CHECK(cudaGetLastError());
  }
  template <class T>
  T *drawn(size_t count, long long seed, double scale) {
    DrawParams params = {allocate(count * sizeof(T)), (long long)count, seed, scale, sizeof(T) == 2};
    launch("draw", 8 * processors, 256, 0, &params, sizeof params);
    return static_cast<T *>(params.to);
  }
  // Milliseconds: the median and the least.
  template <class F>
  std::pair<double, double> time(const F &work, int repeats = 40) {
    cudaEvent_t begin, end;
    CHECK(cudaEventCreate(&begin));
    CHECK(cudaEventCreate(&end));
    std::vector<float> all;
    for (int i = -5; i < repeats; i++) {
      CHECK(cudaEventRecord(begin));
      work();
      CHECK(cudaEventRecord(end));
      CHECK(cudaEventSynchronize(end));
      float one;
      CHECK(cudaEventElapsedTime(&one, begin, end));
      if (i >= 0) all.push_back(one);
    }
    CHECK(cudaEventDestroy(begin));
    CHECK(cudaEventDestroy(end));
    std::sort(all.begin(), all.end());
    return {all[all.size() / 2], all[0]};
  }
};

static FILE *json;
static bool first_row = true;

static void row(const char *text) {
  fprintf(json, "%s\n    %s", first_row ? "" : ",", text);
  first_row = false;
  fflush(json);
}

// Directions in which the neighbours of a base have one, of a few.
struct Directed {
  static constexpr int kCount = 64;
  Gpu &gpu;
  size_t size;
  int per_base;
  float *table;
  int *row;

  Directed(Gpu &gpu, size_t size, int cells, int per_base, long long seed)
      : gpu(gpu), size(size), per_base(per_base), table(gpu.drawn<float>(kCount * size, seed, 1.0)),
        row(static_cast<int *>(gpu.allocate(sizeof(int) * (size_t)cells))) {
    std::vector<int> rows;
    for (int i = 0; i < cells; i++) rows.push_back(of(i));
    gpu.write(row, rows.data(), sizeof(int) * rows.size());
  }
  int of(int cell) const { return cell / per_base % kCount; }
  // The direction of a cell, for a case of one.
  void take(int cell, tail_check::Directions &one) const {
    one.row.assign(1, 0);
    gpu.read(one.table.data(), table + (size_t)of(cell) * size, sizeof(float) * size);
  }
};

// Times a way on many cells, and checks some of them. Returns whether they were right.
static bool time_tail(Gpu &gpu, const tail_check::Way &way, int per_base, double size, long long seed) {
  using namespace tail_check;
  const int cells = 16384;
  const int bases = (cells + per_base - 1) / per_base;
  const int colors = way.colors;
  Case weights(colors, 1, 1, 1, (unsigned)seed, way.exact);
  Loaded<Gpu> loaded(gpu, weights);
  TailProducts params = loaded.params;
  float *const active = gpu.drawn<float>((size_t)bases * 32768, seed + 1, 1.0);
  float *const logits = gpu.drawn<float>((size_t)bases * colors * 4096, seed + 2, 4.0);
  TailCleanParams clean = {};
  clean.active = active;
  clean.logits = logits;
  clean.packed_active = static_cast<uint4 *>(gpu.allocate((size_t)bases * (way.exact ? 131072 : 65536)));
  clean.image = static_cast<float4 *>(gpu.allocate((size_t)bases * colors * 16384));
  clean.packed_logits = static_cast<float4 *>(gpu.allocate((size_t)bases * colors * 16384));
  clean.bases = loaded.put(std::vector<int>{bases});
  clean.colors = colors;
  const auto pack = gpu.time(
      [&] {
        gpu.launch(way.exact ? "tail_pack_exact" : "tail_pack_active", 8 * gpu.processors, 256, 0, &clean, sizeof clean);
        gpu.launch("tail_pack_image", 8 * gpu.processors, 256, 0, &clean, sizeof clean);
      },
      5);
  const int *const count = loaded.put(std::vector<int>{cells});
  unsigned short *change;
  float *whole = nullptr;
  if (way.exact) {
    whole = gpu.drawn<float>((size_t)cells * 8192, seed + 3, size);
    change = static_cast<unsigned short *>(gpu.allocate((size_t)cells * 32768));
    ChangeCleanParams split = {whole, change, count, 32, 256};
    gpu.launch("change_split_pack", 8 * gpu.processors, 256, kChangeCleanShared, &split, sizeof split);
  } else {
    change = gpu.drawn<unsigned short>((size_t)cells * 8192, seed + 3, size);
  }
  std::vector<int> base;
  for (int i = 0; i < cells; i++) base.push_back(i / per_base);
  const Directed directed(gpu, (size_t)colors * 4096, cells, per_base, seed + 5);
  float *const effect = static_cast<float *>(gpu.allocate(sizeof(float) * (cells + 8)));
  params.change = change;
  params.base = loaded.put(base);
  params.active = clean.packed_active;
  params.image = clean.image;
  params.logits = clean.packed_logits;
  params.effect = effect;
  params.rows = count;
  params.directions = reinterpret_cast<const float2 *>(directed.table);
  params.direction = directed.row;

  const int blocks = way.blocks * gpu.processors;
  const auto time = gpu.time([&] { gpu.launch(way.kernel, blocks, way.threads, way.shared, &params, sizeof params); });
  CHECK(cudaMemset(effect, 0xff, sizeof(float) * (cells + 8)));
  gpu.launch(way.kernel, blocks, way.threads, way.shared, &params, sizeof params);
  std::vector<float> effects((size_t)cells + 8);
  gpu.read(effects.data(), effect, 4 * effects.size());
  bool written = true;
  for (int i = 0; i < cells; i++) written &= effects[(size_t)i] == effects[(size_t)i];
  for (int i = cells; i < cells + 8; i++) written &= effects[(size_t)i] != effects[(size_t)i];

  double worst = 0;
  double mean = 0;
  const int checked = 24;
  for (int k = 0; k < checked; k++) {
    const int cell = (int)((long long)(cells - 1) * k / (checked - 1));
    Case one(colors, 1, 1, 1, (unsigned)seed, way.exact);
    gpu.read(one.active.data(), active + (size_t)base[(size_t)cell] * 32768, 4 * 32768);
    gpu.read(one.logits.data(), logits + (size_t)base[(size_t)cell] * colors * 4096, (size_t)4 * 4096 * colors);
    if (way.exact) {
      std::vector<float> planes(8192);
      gpu.read(planes.data(), whole + (size_t)cell * 8192, 4 * 8192);
      for (int i = 0; i < 8192; i++) one.change[(size_t)i] = planes[(size_t)(i % 32 * 256 + i / 32)];
    } else {
      std::vector<uint16_t> bits(8192);
      gpu.read(bits.data(), change + (size_t)cell * 8192, 2 * 8192);
      for (int i = 0; i < 8192; i++) {
        const uint32_t wide = (uint32_t)bits[(size_t)i] << 16;
        memcpy(&one.change[(size_t)i], &wide, 4);
      }
    }
    directed.take(cell, one.directions);
    const auto want = one.effect(0, way.adds());
    const double error = want.error(way.adds(), effects[(size_t)cell]);
    mean += want.value / checked;
    worst = tail_check::larger(worst, error);
  }
  const bool right = written && worst <= allowed(way);
  const double rate = cells / time.first * 1e3;
  const double flops = rate * 2.0 * (3936256 + 508032.0 * colors);
  printf("%-30s %2d/base effect %-8.2g %7.3f ms %6.2f M cells/s %6.1f TFLOP/s %5.1f %% error %.1e %s\n", way.kernel,
         per_base, mean, time.first, rate / 1e6, flops / 1e12, flops / 8e12, worst, right ? "right" : "WRONG");
  fflush(stdout);
  char text[600];
  snprintf(text, sizeof text,
           "{\"kernel\": \"%s\", \"colors\": %d, \"cells\": %d, \"cells_per_base\": %d, \"mean_effect\": %.6g, \"ms_median\": %.6g, "
           "\"ms_least\": %.6g, \"cells_per_s\": %.6g, \"tflops\": %.5g, \"share_of_800\": %.4g, \"pack_ms\": %.5g, "
           "\"largest_error\": %.4g, \"right\": %s}",
           way.kernel, colors, cells, per_base, mean, time.first, time.second, rate, flops / 1e12, flops / 8e14, pack.first,
           worst, right ? "true" : "false");
  row(text);
  gpu.free_all();
  return right;
}

// Times patches of whole channels from other inputs, and holds some to float64.
//
// @param one a case of one cell, to be filled with one of the timed
// @param channel units of one; of a value 32
// @param also reads into `one` what else the effect of a base depends on
// @param run launches the kernel
template <class One, class Params, class Also, class Run>
static bool time_patches(Gpu &gpu, const char *kernel, int per_base, One &one, Params &params, size_t channel,
                         long long seed, const Also &also, const Run &run) {
  const int cells = 131072;
  const int bases = cells / per_base;
  const auto put = [&](const auto &v) {
    void *const to = gpu.allocate(sizeof v[0] * v.size());
    gpu.write(to, v.data(), sizeof v[0] * v.size());
    return static_cast<std::remove_const_t<std::remove_reference_t<decltype(v[0])>> *>(to);
  };
  const size_t size = 32 * channel;
  float *const clean = gpu.drawn<float>((size_t)bases * size, seed + 1, 1.0);
  float *const sources = gpu.drawn<float>((size_t)bases * size, seed + 2, 1.0);
  std::vector<int> base, source, ranges;
  std::vector<float> numbers;
  for (int i = 0; i < cells; i++) {
    base.push_back(i / per_base);
    source.push_back((int)((i * 7919ll + 13) % bases));
    const int first = i % 32 * (int)channel;
    for (const int x : {i, first, first + (int)channel}) ranges.push_back(x);
    for (const float x : {0.0f, 0.0f, 1.0f, -INFINITY, INFINITY}) numbers.push_back(x);
  }
  float *const effect = static_cast<float *>(gpu.allocate(sizeof(float) * (cells + 8)));
  params.clean = clean;
  params.sources = sources;
  params.base = put(base);
  params.source = put(source);
  params.ranges = put(ranges);
  params.numbers = put(numbers);
  params.effect = effect;
  params.skipped = nullptr;
  params.rows = put(std::vector<int>{cells});
  const Directed directed(gpu, 4096, cells, per_base, seed + 5);
  params.directions = reinterpret_cast<decltype(params.directions)>(directed.table);
  params.direction = directed.row;
  const auto time = gpu.time(run);
  CHECK(cudaMemset(effect, 0xff, sizeof(float) * (cells + 8)));
  run();
  std::vector<float> effects((size_t)cells + 8);
  gpu.read(effects.data(), effect, 4 * effects.size());
  bool written = true;
  for (int i = 0; i < cells; i++) written &= effects[(size_t)i] == effects[(size_t)i];
  for (int i = cells; i < cells + 8; i++) written &= effects[(size_t)i] != effects[(size_t)i];
  double worst = 0;
  double mean = 0;
  const int checked = 48;
  for (int k = 0; k < checked; k++) {
    const size_t cell = (size_t)((long long)(cells - 1) * k / (checked - 1));
    gpu.read(one.clean.data(), clean + (size_t)base[cell] * size, 4 * size);
    gpu.read(one.sources.data(), sources + (size_t)source[cell] * size, 4 * size);
    also((size_t)base[cell]);
    for (int i = 0; i < 3; i++) one.ranges[(size_t)i] = ranges[cell * 3 + (size_t)i];
    for (int i = 0; i < 5; i++) one.numbers[(size_t)i] = numbers[cell * 5 + (size_t)i];
    directed.take((int)cell, one.directions);
    const Adds adds = tail_check::adds_of(kernel);
    const auto want = one.effect(0, adds);
    const double error = want.error(adds, effects[cell]);
    mean += want.value / checked;
    worst = tail_check::larger(worst, error);
  }
  const bool right = written && worst <= 1e-4;
  const double rate = cells / time.first * 1e3;
  printf("%-30s %2d/base effect %-8.2g %7.3f ms %6.1f M cells/s error %.1e %s\n", kernel, per_base, mean, time.first,
         rate / 1e6, worst, right ? "right" : "WRONG");
  fflush(stdout);
  char text[500];
  snprintf(text, sizeof text,
           "{\"kernel\": \"%s\", \"cells\": %d, \"cells_per_base\": %d, \"mean_effect\": %.6g, \"ms_median\": %.6g, "
           "\"ms_least\": %.6g, \"cells_per_s\": %.6g, \"largest_error\": %.4g, \"right\": %s}",
           kernel, cells, per_base, mean, time.first, time.second, rate, worst, right ? "true" : "false");
  row(text);
  gpu.free_all();
  return right;
}

static bool time_pixels(Gpu &gpu, const char *kernel, int per_base, long long seed) {
  using namespace pixels_check;
  const int bases = 131072 / per_base;
  PixelsCase one(1, 1, 1, 1, (unsigned)seed);
  LoadedPixels<Gpu> loaded(gpu, one);
  ChangePixelsProducts params = loaded.params;
  float *const logits = gpu.drawn<float>((size_t)bases * 4096, seed + 3, 4.0);
  ChangePixelsPackParams pack = {};
  pack.logits = logits;
  pack.image = static_cast<float2 *>(gpu.allocate((size_t)bases * 16384));
  pack.packed_logits = static_cast<float2 *>(gpu.allocate((size_t)bases * 16384));
  pack.bases = loaded.put(std::vector<int>{bases});
  pack.colors = 1;
  gpu.launch("change_pixels_pack", 8 * gpu.processors, 256, 0, &pack, sizeof pack);
  params.image = pack.image;
  params.logits = pack.packed_logits;
  return time_patches(
      gpu, kernel, per_base, one, params, 1024, seed,
      [&](size_t base) { gpu.read(one.logits.data(), logits + base * 4096, 4 * 4096); },
      [&] { gpu.launch(kernel, kBlocks * gpu.processors, kThreads, shared_bytes(1), &params, sizeof params); });
}

static bool time_channel(Gpu &gpu, const char *kernel, int per_base, double size, long long seed) {
  using namespace channel_check;
  const int bases = 131072 / per_base;
  ChannelCase one(1, 1, 1, false, (unsigned)seed);
  for (float &w : one.first) w *= (float)size;
  LoadedChannel<Gpu> loaded(gpu, one);
  TailChannelProducts params = loaded.params;
  float *const active = gpu.drawn<float>((size_t)bases * 32768, seed + 3, 1.0);
  float *const logits = gpu.drawn<float>((size_t)bases * 4096, seed + 4, 4.0);
  const int *const count = loaded.put(std::vector<int>{bases});
  TailChannelCleanParams clean = {active, static_cast<float4 *>(gpu.allocate((size_t)bases * 131072)), count};
  gpu.launch("tail_channel_pack_active", 8 * gpu.processors, 256, 0, &clean, sizeof clean);
  params.active = clean.packed;
  params.logits = reinterpret_cast<const float4 *>(logits);
  return time_patches(
      gpu, kernel, per_base, one, params, 256, seed,
      [&](size_t base) {
        gpu.read(one.active.data(), active + base * 32768, 4 * 32768);
        gpu.read(one.logits.data(), logits + base * 4096, 4 * 4096);
      },
      [&] { gpu.launch(kernel, gpu.processors, kThreads, kSharedBytes, &params, sizeof params); });
}

int main(int count, char **arguments) {
  if (count < 2 || (json = fopen(arguments[1], "w")) == nullptr) {
    fprintf(stderr, "usage: tail_bench JSON [SEED [KERNEL]]\n");
    return 2;
  }
  const long long seed = count > 2 ? atoll(arguments[2]) : (long long)::time(nullptr) % 1000000;
  Gpu gpu;
  cudaDeviceProp device;
  CHECK(cudaGetDeviceProperties(&device, 0));
  fprintf(json, "{\n  \"device\": \"%s\", \"seed\": %lld,\n  \"rows\": [", device.name, seed);
  printf("%s, %d multiprocessors, seed %lld\n", device.name, gpu.processors, seed);

  if (count > 3) {
    for (const auto &way : tail_check::ways()) {
      if (strcmp(way.kernel, arguments[3]) == 0) time_tail(gpu, way, 64, 0.15, seed);
    }
    if (strncmp("change_pixels_", arguments[3], 14) == 0) time_pixels(gpu, arguments[3], 64, seed);
    if (strncmp("tail_channel_", arguments[3], 13) == 0) time_channel(gpu, arguments[3], 64, 1, seed);
    fprintf(json, "\n  ]\n}\n");
    fclose(json);
    return 0;
  }
  int failed = tail_check::check_all(gpu, 9, gpu.processors, nullptr);
  failed += tail_check::check_all(gpu, 5, 2, nullptr);
  gpu.free_all();
  failed += pixels_check::check_all(gpu, 70, 3);
  gpu.free_all();
  failed += channel_check::check_all(gpu, 70, 3);
  gpu.free_all();

  {
    PeakParams peak = {static_cast<float *>(gpu.allocate((size_t)4 * 512 * gpu.processors)), 4000};
    const auto time = gpu.time([&] { gpu.launch("mma_peak", gpu.processors, 512, 0, &peak, sizeof peak); }, 11);
    const double flops = 4096.0 * 32 * 16 * 4000 * gpu.processors / (time.first * 1e-3);
    const size_t bytes = (size_t)1 << 30;
    void *const a = gpu.allocate(bytes);
    void *const b = gpu.allocate(bytes);
    const auto copy = gpu.time([&] { CHECK(cudaMemcpyAsync(a, b, bytes, cudaMemcpyDeviceToDevice)); }, 11);
    printf("mma.sync bf16: %.0f TFLOP/s; copy: %.2f TB/s\n", flops / 1e12, 2e-9 * bytes / copy.first);
    char text[200];
    snprintf(text, sizeof text, "{\"ceilings\": true, \"mma_sync_tflops\": %.5g, \"copy_tb_per_s\": %.4g}", flops / 1e12,
             2e-9 * bytes / copy.first);
    row(text);
    gpu.free_all();
  }

  for (const auto &way : tail_check::ways()) failed += time_tail(gpu, way, 64, 0.15, seed) ? 0 : 1;
  for (const auto &way : tail_check::ways()) {
    if (way.colors > 1 || way.adds() == Adds::kSizes) continue;
    for (const int per_base : {1, 4}) failed += time_tail(gpu, way, per_base, 0.15, seed) ? 0 : 1;
    for (const double size : {3.0, 0.005}) failed += time_tail(gpu, way, 64, size, seed) ? 0 : 1;
  }
  for (const int per_base : {64, 8}) {
    for (const char *kernel : {"change_pixels_squares", "change_pixels_products"}) {
      failed += time_pixels(gpu, kernel, per_base, seed) ? 0 : 1;
    }
    for (const char *kernel : {"tail_channel_squares", "tail_channel_products"}) {
      for (const double size : {1.0, 0.03}) failed += time_channel(gpu, kernel, per_base, size, seed) ? 0 : 1;
    }
  }
  fprintf(json, "\n  ],\n  \"failed\": %d\n}\n", failed);
  fclose(json);
  printf(failed == 0 ? "all right\n" : "%d FAILED\n", failed);
  return failed == 0 ? 0 : 1;
}
