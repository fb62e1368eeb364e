// The head's kernels on a GPU: checks against float64, then times.
//
//   nvcc -std=c++17 -O3 -ftz=true -arch=sm_90 head_bench.cu -o head_bench && ./head_bench [FILE.json [seed]]
#include <cuda_runtime.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "../../../../kernels/src/main/cuda/change_up.cu"
#include "../../../../kernels/src/main/cuda/change_up_first.cu"
#include "../../../../kernels/src/main/cuda/change_down.cu"
#include "../../../../kernels/src/main/cuda/change_down_image.cu"
#include "../../../../kernels/src/main/cuda/change_linear.cu"
#include "../../../../kernels/src/main/cuda/change_pack.cu"

PB_CHANGE_UP(d1_deep, 64, 64, 4, 4, 4)
PB_CHANGE_UP(d1_large, 64, 64, 4, 8, 3)
PB_CHANGE_UP(d2_deep, 64, 32, 8, 2, 4)
PB_CHANGE_UP(d2_large, 64, 32, 8, 4, 3)
PB_CHANGE_DOWN(down1_deep, 32, 64, 8, 2, 4, false)
PB_CHANGE_LINEAR(linear_deep, 256, 32, 4, kRounded)
PB_CHANGE_LINEAR(linear_large, 256, 64, 3, kRounded)

// The matrix instruction alone: `rounds` times 8 independent products a warp.
struct PeakParams { float *out; long long rounds; };
PB_KERNEL(peak, PeakParams, 512, 1) {
  float sums[8][4] = {};
  unsigned a[4], b[2];
  for (int i = 0; i < 4; i++) a[i] = 0x3f803f80u + threadIdx.x * 65537 + i;
  for (int i = 0; i < 2; i++) b[i] = 0x3c003c00u + threadIdx.x * 257 + i;
  for (long long r = 0; r < p.rounds; r++) {
#pragma unroll
    for (int i = 0; i < 8; i++) mma_bf16_16816(sums[i], a, b);
  }
  float all = 0;
  for (int i = 0; i < 32; i++) all += sums[i / 4][i % 4];
  p.out[blockIdx.x * blockDim.x + threadIdx.x] = all;
}

static void check(cudaError_t status, const char *what) {
  if (status == cudaSuccess) return;
  printf("%s: %s\n", what, cudaGetErrorString(status));
  exit(1);
}

static std::vector<void *> rooms;
static void *room(const char *owner, long long bytes) {
  void *to;
  check(cudaMalloc(&to, (size_t)bytes), owner);
  check(cudaMemset(to, 0xff, (size_t)bytes), owner);
  rooms.push_back(to);
  return to;
}
static void give(void *to, const void *from, long long bytes) {
  check(cudaMemcpy(to, from, (size_t)bytes, cudaMemcpyHostToDevice), "copy to the device");
}
static void take(void *to, const void *from, long long bytes) {
  check(cudaDeviceSynchronize(), "kernels");
  check(cudaMemcpy(to, from, (size_t)bytes, cudaMemcpyDeviceToHost), "copy from the device");
}

#define NAMED(name) {#name, (const void *)name}
static const std::map<std::string, const void *> kernels = {
    NAMED(change_up_64_64_4), NAMED(change_up_first_64_64_4), NAMED(change_up_first_64_32_8),
    NAMED(change_up_exact_64_64_4), NAMED(change_up_exact_64_32_8), NAMED(change_linear_256_split),
    NAMED(change_down_32_32_16), NAMED(change_down_32_64_8), NAMED(change_down_64_64_4_wide), NAMED(change_down_pack),
    NAMED(down1_deep), NAMED(change_down_image_1_32_32), NAMED(change_down_image_3_32_32),
    NAMED(change_up_split_pack), NAMED(change_split_pack), NAMED(change_up_64_32_8), NAMED(change_linear_256),
    NAMED(change_linear_any), NAMED(change_split), NAMED(change_up_pack), NAMED(change_linear_pack),
    NAMED(change_clean_pack), NAMED(change_clean_order), NAMED(d1_deep), NAMED(d1_large), NAMED(d2_deep),
    NAMED(d2_large), NAMED(linear_deep), NAMED(linear_large), NAMED(peak)};

template <class P>
static void launch(const char *name, int x, int y, int threads, int shared, const P &params) {
  const void *kernel = kernels.at(name);
  static std::map<std::string, int> allowed;
  if (shared > 48 * 1024 && allowed[name] < shared) {
    check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared), name);
    allowed[name] = shared;
  }
  void *arguments[] = {(void *)&params};
  check(cudaLaunchKernel(kernel, dim3(x, y), dim3(threads), arguments, (size_t)shared, 0), name);
  check(cudaGetLastError(), name);
}

static int failures = 0;
static std::string json;
static void expect(bool holds, const char *what, double value, double limit) {
  if (!holds || what[0] != ' ') printf("%s %-45s %.3g (%.3g)\n", holds ? "ok  " : "FAIL", what, value, limit);
  if (!holds) failures++;
  char line[300];
  snprintf(line, sizeof line, "%s\n  {\"check\": \"%s\", \"holds\": %s, \"value\": %.4g, \"limit\": %.4g}",
           json.empty() ? "" : ",", what, holds ? "true" : "false", value, limit);
  json += line;
}

#include "../../../../kernels/src/test/cuda/head_cases.h"

// Median milliseconds of what `work(i)` launches, i counting up.
template <class Work>
static double median(int times, Work work) {
  cudaEvent_t start, end;
  check(cudaEventCreate(&start), "event");
  check(cudaEventCreate(&end), "event");
  for (int i = 0; i < 5; i++) work(i);
  std::vector<float> all;
  for (int i = 0; i < times; i++) {
    check(cudaEventRecord(start), "event");
    work(i);
    check(cudaEventRecord(end), "event");
    check(cudaEventSynchronize(end), "kernels");
    float ms;
    check(cudaEventElapsedTime(&ms, start, end), "event");
    all.push_back(ms);
  }
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

static void row(const char *what, double ms, double cells, double macs) {
  const double rate = cells / ms / 1e3;
  const double teraflops = 2 * macs * cells / ms / 1e9;
  printf("%-28s %9.4f ms %8.2f M/s %7.1f TFLOP/s %5.1f %%\n", what, ms, rate, teraflops, teraflops / 8);
  char line[300];
  snprintf(line, sizeof line, ",\n  {\"time\": \"%s\", \"ms\": %.5f, \"cells\": %.0f, \"Mcells_s\": %.3f, \"TFLOP_s\": %.2f}",
           what, ms, cells, rate, teraflops);
  json += line;
}

// Much random data quickly: a drawn table, over and over.
template <class T>
static T *filled(Draw &draw, size_t count, bool bf16) {
  std::vector<T> table(1000003);
  for (T &x : table) x = bf16 ? (T)host_bf16((float)draw.normal()) : (T)draw.normal();
  T *to = (T *)room("data", (long long)(count * sizeof(T)));
  for (size_t at = 0; at < count; at += table.size()) {
    give(to + at, table.data(), (long long)(std::min(table.size(), count - at) * sizeof(T)));
  }
  return to;
}

struct Variant {
  const char *kernel;
  int shared;
};

static void time_up(Draw &draw, UpLayer layer, const std::vector<Variant> &variants, double macs, int sms) {
  const int count = 16384;
  Cells cells(draw, count, count, 256, true);
  unsigned short *in[2], *out[2];
  for (int i = 0; i < 2; i++) {
    in[i] = filled<unsigned short>(draw, (size_t)count * layer.in_size(), true);
    out[i] = (unsigned short *)room("out", (long long)count * layer.out_size() * 2);
  }
  const auto a = draw.normals((size_t)cells.bases * layer.out_size(), 1);
  const unsigned short *clean = layer.pack_clean(cells, a);
  std::vector<unsigned short> first;
  for (const Variant &v : variants) {
    check(cudaMemset(out[0], 0xff, (size_t)count * layer.out_size() * 2), "poison");
    ChangeUpParams p = {nullptr, layer.packed, clean, cells.d_base, cells.d_count, nullptr};
    const double ms = median(41, [&](int i) {
      p.in = in[i & 1];
      p.out = out[i & 1];
      launch(v.kernel, sms, 1, 256, v.shared, p);
    });
    row(v.kernel, ms, count, macs);
    const auto result = host(out[0], (size_t)64 * layer.out_size());
    if (first.empty()) first = result;
    expect(memcmp(first.data(), result.data(), result.size() * 2) == 0, "  the same bits as the first", 0, 0);
  }
}

// A kernel of ChangeUpParams on random weights: `ins`, `outs` and `weights` in numbers of 16 bits.
static void time_images(Draw &draw, const char *kernel, int shared, int x, int y, size_t ins, size_t outs, size_t base,
                        size_t weights, double macs) {
  const int count = 8192;
  Cells cells(draw, count, count, 128, true);
  const unsigned short *in[2] = {filled<unsigned short>(draw, count * ins, true),
                                 filled<unsigned short>(draw, count * ins, true)};
  unsigned short *out = (unsigned short *)room("out", (long long)(count * outs * 2));
  ChangeUpParams p = {nullptr, filled<unsigned short>(draw, weights, true),
                      filled<unsigned short>(draw, cells.bases * base, true), cells.d_base, cells.d_count, out};
  row(kernel, median(31, [&](int i) {
        p.in = in[i & 1];
        launch(kernel, x, y, 256, shared, p);
      }), count, macs);
}

static void release() {
  for (void *r : rooms) check(cudaFree(r), "free");
  rooms.clear();
}

int main(int count, char **arguments) {
  Draw draw = {count > 2 ? strtoull(arguments[2], nullptr, 10) : (unsigned long long)time(nullptr)};
  const unsigned long long seed = draw.state;
  cudaDeviceProp facts;
  check(cudaGetDeviceProperties(&facts, 0), "device");
  const int sms = facts.multiProcessorCount;
  printf("%s, %d multiprocessors, seed %llu\n", facts.name, sms, seed);

  using D1 = ChangeUp<64, 64, 4, 4, 3>;
  using D2 = ChangeUp<64, 32, 8, 2, 3>;
  const int shared = change_linear_shared(256, 32, 3);
  auto make1 = [&] { return UpLayer(draw, 64, 64, 4, "change_up_64_64_4", 4, D1::Cells::kShared); };
  auto make2 = [&] { return UpLayer(draw, 64, 32, 8, "change_up_64_32_8", 2, D2::Cells::kShared); };
  {
    const UpLayer d1 = make1(), d2 = make2();
    for (double size : {1.0, 1e-2, 1e-4}) {
      check_up(draw, d1, 131, size, size < 1, sms);
      check_up(draw, d2, 67, size, size < 1, sms);
    }
    const int first1 = change_shared(256, 4, 4, 3), first2 = change_shared(256, 8, 2, 3);
    check_first(draw, 64, 64, 4, "change_up_first_64_64_4", false, first1, 61, 1, true, sms / 2);
    check_first(draw, 64, 32, 8, "change_up_first_64_32_8", false, first2, 61, 1e-2, false, sms);
    for (double size : {1.0, 1e-6}) {
      check_first(draw, 64, 64, 4, "change_up_exact_64_64_4", true, first1, 601, size, size < 1, sms / 2);
      check_first(draw, 64, 32, 8, "change_up_exact_64_32_8", true, first2, 301, size, size < 1, sms);
    }
    check_down(draw, 32, 32, 16, false, "change_down_32_32_16", down_shared(32, 16, 1, 2), 29, 1e-2, sms);
    check_down(draw, 32, 64, 8, false, "change_down_32_64_8", down_shared(32, 8, 2, 3), 61, 1, sms / 5);
    check_down(draw, 64, 64, 4, true, "change_down_64_64_4_wide", down_shared(64, 4, 4, 3), 131, 1e-2, sms / 7);
    check_image(draw, 1, 32, "change_down_image_1_32_32", 3, 61, 1e-2, sms / 5);
    check_image(draw, 3, 32, "change_down_image_3_32_32", 2, 31, 1, sms / 11);
    check_any(draw, 10, 256, 1001, 1, true);
    check_any(draw, 70, 300, 77, 1e-3, false);
    for (double size : {1.0, 1e-4}) {
      check_linear(draw, "change_linear_256", false, 1024, 16, 333, size, true, sms / 8, shared);
      check_linear(draw, "change_linear_256_split", true, 1024, 16, 333, size, true, sms / 8, shared);
    }
    const Head head(draw, d1.kernel, 4, d1.shared, d2.kernel, 2, d2.shared);
    for (double size = 1; size > 1e-7; size /= 100) check_head(draw, head, 61, size, sms);
    release();
  }

  float *sums = (float *)room("peak", 4LL * 512 * sms);
  for (int warps = 8; warps <= 16; warps *= 2) {
    const double ms = median(31, [&](int) { launch("peak", sms, 1, 32 * warps, 0, PeakParams{sums, 2000}); });
    char name[60];
    snprintf(name, sizeof name, "m16n8k16 alone, %d warps", warps);
    row(name, ms, 1, 2000.0 * 8 * warps * sms * 2048);
  }
  release();

  time_up(draw, make1(),
          {{"change_up_64_64_4", D1::Cells::kShared},
           {"d1_deep", ChangeUp<64, 64, 4, 4, 4>::Cells::kShared},
           {"d1_large", ChangeUp<64, 64, 4, 8, 3>::Cells::kShared}},
          802816, sms);
  release();
  time_up(draw, make2(),
          {{"change_up_64_32_8", D2::Cells::kShared},
           {"d2_deep", ChangeUp<64, 32, 8, 2, 4>::Cells::kShared},
           {"d2_large", ChangeUp<64, 32, 8, 4, 3>::Cells::kShared}},
          1843200, sms);
  release();

  time_images(draw, "change_up_first_64_64_4", change_shared(256, 4, 4, 3), sms / 2, 2, 2048, 4096, 4096, 131072, 802816);
  time_images(draw, "change_up_first_64_32_8", change_shared(256, 8, 2, 3), sms, 1, 8192, 8192, 8192, 65536, 1843200);
  time_images(draw, "change_up_exact_64_64_4", change_shared(256, 4, 4, 3), sms, 2, 2048, 8192, 8192, 131072, 802816);
  time_images(draw, "change_up_exact_64_32_8", change_shared(256, 8, 2, 3), sms, 1, 8192, 16384, 16384, 65536, 1843200);
  release();
  time_images(draw, "change_down_image_1_32_32", change_image_shared(1, 32, 3), 2 * sms, 1, 8192, 32768, 32768, 1024,
              508032);
  release();
  time_images(draw, "change_down_32_32_16", down_shared(32, 16, 1, 2), sms, 1, 32768, 8192, 8192, 16384, 3936256);
  release();
  time_images(draw, "change_down_32_64_8", down_shared(32, 8, 2, 3), sms, 1, 8192, 4096, 4096, 32768, 1843200);
  time_images(draw, "down1_deep", down_shared(32, 8, 2, 4), sms, 1, 8192, 4096, 4096, 32768, 1843200);
  time_images(draw, "change_down_64_64_4_wide", down_shared(64, 4, 4, 3), sms, 1, 4096, 2048, 1024, 65536, 802816);
  release();

  const int all = 65536;
  const UpLayer d1 = make1(), d2 = make2();
  const Head head(draw, d1.kernel, 4, d1.shared, d2.kernel, 2, d2.shared);
  Cells cells(draw, all, all, 1024, true);
  Head::Buffers b;
  b.dz = filled<float>(draw, (size_t)all * 10, false);
  b.a1 = filled<float>(draw, (size_t)cells.bases * 256, false);
  b.a2 = filled<float>(draw, (size_t)cells.bases * 1024, false);
  b.a3 = d1.pack_clean(cells, draw.normals((size_t)cells.bases * 4096, 1));
  b.a4 = d2.pack_clean(cells, draw.normals((size_t)cells.bases * 8192, 1));
  b.h1 = (unsigned short *)room("h1", all * 1024LL);
  b.h2 = (unsigned short *)room("h2", all * 2048LL);
  b.h3 = (unsigned short *)room("h3", all * 8192LL);
  b.h4 = (unsigned short *)room("h4", all * 16384LL);
  const int any = 2 * sms;
  ChangeLinearParams first = {b.dz, head.fc1.d_w, b.a1, cells.d_base, cells.d_count, b.h1, 10, 256, 1, 1};
  row("change_linear_any 10 to 256",
      median(41, [&](int) { launch("change_linear_any", any, 1, 256, kChangeAnyShared, first); }), all, 2560);
  ChangeLinearParams second = {b.h1, head.fc2.packed, b.a2, cells.d_base, cells.d_count, b.h2, 256, 1024, 1, 0};
  for (const Variant &v : std::vector<Variant>{{"change_linear_256", shared},
                                               {"linear_deep", change_linear_shared(256, 32, 4)},
                                               {"linear_large", change_linear_shared(256, 64, 3)}}) {
    row(v.kernel, median(41, [&](int) { launch(v.kernel, sms / 8, 8, 256, v.shared, second); }), all, 262144);
  }
  second.out = b.h3;
  second.splits = 64;
  row("change_linear_256_split",
      median(41, [&](int) { launch("change_linear_256_split", sms / 8, 8, 256, shared, second); }), all, 262144);
  for (int chunk = 1024; chunk <= all; chunk *= 2) {
    int *part = device("part", std::vector<int>{chunk});
    const double ms = median(31, [&](int) {
      for (int from = 0; from < all; from += chunk) {
        const Run some = {cells.d_base + from, part};
        Head::Buffers now = b;
        now.dz = b.dz + (size_t)from * 10;
        head.run(some, now, sms);
      }
    });
    char name[60];
    snprintf(name, sizeof name, "head, %d cells at a time", chunk);
    row(name, ms, all, 802816 + 1843200 + 262144 + 2560);
  }
  check(cudaDeviceSynchronize(), "kernels");
  if (count > 1) {
    FILE *file = fopen(arguments[1], "w");
    if (file == nullptr) return 1;
    fprintf(file, "{\"device\": \"%s\", \"seed\": %llu, \"failures\": %d, \"rows\": [%s\n]}\n", facts.name, seed,
            failures, json.c_str());
    fclose(file);
  }
  printf(failures == 0 ? "all checks hold\n" : "%d checks FAILED\n", failures);
  return failures != 0;
}
