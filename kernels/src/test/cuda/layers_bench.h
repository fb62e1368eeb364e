// What a bench of kernels stands on: memory, launches and times of a GPU, or of the emulator, which
// runs few rows and times nothing.
#pragma once

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

inline std::string text(const char *format, ...) {
  char line[1024];
  va_list list;
  va_start(list, format);
  vsnprintf(line, sizeof line, format, list);
  va_end(list);
  return line;
}

#ifdef PB_EMULATOR
#define BENCH_BOTH inline
#else
#define BENCH_BOTH __host__ __device__ inline
#endif

BENCH_BOTH unsigned mixed(unsigned long long i) {
  unsigned h = (unsigned)i * 0x9e3779b1u ^ (unsigned)(i >> 32) * 0x85ebca77u;
  h = (h ^ (h >> 16)) * 0x7feb352du;
  h = (h ^ (h >> 15)) * 0x846ca68bu;
  return h ^ (h >> 16);
}

// Number `i` of stream `seed`, in -1 to 1.
BENCH_BOTH float drawn(unsigned seed, long long i) {
  return (float)(mixed((unsigned long long)i + ((unsigned long long)seed << 40)) >> 8) * (2.0f / 16777216.0f) - 1.0f;
}

constexpr int threads_of(int, int, int, int, int threads) {
  return threads;
}

#ifdef PB_EMULATOR

extern "C" {
int pb_emulator_launch(const char *kernel, int blocksX, int blocksY, int threads, int shared, const void *params,
                       long long bytes, int order, char *error, int errorLength);
void *pb_emulator_allocate(const char *owner, long long bytes);
}

template <class P>
struct Kernel {
  const char *name;
};

#define KERNEL(source, kernel, params) (Kernel<params>{#source "/" #kernel})

class Device {
 public:
  std::string name() const { return "emulator"; }
  int processors() const { return 2; }
  std::vector<int> sizes() const { return {3, 17}; }
  float *drawn_floats(unsigned seed, long long floats) {
    auto *at = static_cast<float *>(pb_emulator_allocate("bench", floats * (long long)sizeof(float)));
    for (long long i = 0; i < floats; i++) at[i] = drawn(seed, i);
    return at;
  }
  int *integers(int n) { return static_cast<int *>(pb_emulator_allocate("bench", n * (long long)sizeof(int))); }
  const int *one() {
    static int *at = nullptr;
    if (at == nullptr) *(at = integers(1)) = 1;
    return at;
  }
  void write(void *to, const void *from, size_t bytes) { memcpy(to, from, bytes); }
  void read(void *to, const void *from, size_t bytes) { memcpy(to, from, bytes); }
  void poison(float *to, long long floats) { memset(to, 0xff, floats * sizeof(float)); }
  template <class P>
  void launch(Kernel<P> kernel, int x, int y, int threads, int shared, const P &params) {
    char error[1024];
    if (pb_emulator_launch(kernel.name, x, y, threads, shared, &params, sizeof params, 2, error, sizeof error) != 0) {
      fprintf(stderr, "%s\n", error);
      exit(3);
    }
  }
  double micros(const std::function<void()> &) { return 1; }
};

#else

#include <cuda_runtime.h>

#define CHECK(call)                                                                                     \
  do {                                                                                                  \
    const cudaError_t status = (call);                                                                  \
    if (status != cudaSuccess) {                                                                        \
      fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, cudaGetErrorString(status));        \
      exit(3);                                                                                          \
    }                                                                                                   \
  } while (0)

__global__ void fill_drawn(float *to, long long floats, unsigned seed) {
  const long long step = (long long)gridDim.x * blockDim.x;
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < floats; i += step) to[i] = drawn(seed, i);
}

template <class P>
using Kernel = void (*)(const P);

#define KERNEL(source, kernel, params) (kernel)

class Device {
 public:
  std::string name() const {
    cudaDeviceProp facts;
    CHECK(cudaGetDeviceProperties(&facts, 0));
    return facts.name;
  }
  int processors() const {
    cudaDeviceProp facts;
    CHECK(cudaGetDeviceProperties(&facts, 0));
    return facts.multiProcessorCount;
  }
  std::vector<int> sizes() const { return {64, 1024, 8192}; }
  float *drawn_floats(unsigned seed, long long floats) {
    float *at;
    CHECK(cudaMalloc(&at, floats * sizeof(float)));
    fill_drawn<<<2048, 256>>>(at, floats, seed);
    CHECK(cudaGetLastError());
    CHECK(cudaDeviceSynchronize());
    return at;
  }
  int *integers(int n) {
    int *at;
    CHECK(cudaMalloc(&at, n * sizeof(int)));
    return at;
  }
  const int *one() {
    static int *at = nullptr;
    if (at == nullptr) {
      at = integers(1);
      const int value = 1;
      write(at, &value, sizeof value);
    }
    return at;
  }
  void write(void *to, const void *from, size_t bytes) { CHECK(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice)); }
  void read(void *to, const void *from, size_t bytes) { CHECK(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost)); }
  void poison(float *to, long long floats) { CHECK(cudaMemset(to, 0xff, floats * sizeof(float))); }
  template <class P>
  void launch(Kernel<P> kernel, int x, int y, int threads, int shared, const P &params) {
    CHECK(cudaFuncSetAttribute(reinterpret_cast<const void *>(kernel), cudaFuncAttributeMaxDynamicSharedMemorySize,
                               shared));
    kernel<<<dim3(x, y), threads, shared>>>(params);
    CHECK(cudaGetLastError());
  }
  // The median time of `work`, of 25 samples after two that warm up. Each sample has about 300 us of work
  // or more, so that the ends of the measurement do not count.
  double micros(const std::function<void()> &work) {
    cudaEvent_t begin, end;
    CHECK(cudaEventCreate(&begin));
    CHECK(cudaEventCreate(&end));
    std::vector<double> samples;
    int each = 1;
    for (int i = 0; i < 27; i++) {
      CHECK(cudaEventRecord(begin));
      for (int k = 0; k < each; k++) work();
      CHECK(cudaEventRecord(end));
      CHECK(cudaEventSynchronize(end));
      float ms;
      CHECK(cudaEventElapsedTime(&ms, begin, end));
      if (i >= 2) samples.push_back(ms * 1e3 / each);
      if (i == 1) each = std::min(64, std::max(1, (int)(300.0 / (ms * 1e3))));
    }
    CHECK(cudaEventDestroy(begin));
    CHECK(cudaEventDestroy(end));
    std::sort(samples.begin(), samples.end());
    return samples[samples.size() / 2];
  }
};

#endif
