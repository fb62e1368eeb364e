// What every kernel of this folder stands on.
//
// A kernel takes one parameter, a struct of fields of eight bytes each (addresses, integers, bits
// of doubles), so that one launch serves every kernel, on a GPU and on the emulator:
//
//   struct ScaleParams { const float *x; float *y; const int *rows; long long size; };
//   PB_KERNEL(scale, ScaleParams, 256, 1) { ... p.rows ... }
//
// The number of rows of a run is read from device memory (`const int *`), because launches are
// recorded once and replayed for any number of rows up to a program's capacity: a grid covers the
// capacity, and threads beyond the rows of the run do nothing.
//
// Shared memory is always that of the launch: PB_SHARED(name) declares it as bytes aligned to 128.
// Barriers are __syncthreads() and __syncwarp(); votes and shuffles take the full mask.
#pragma once

#ifdef PB_EMULATOR
#include "emulator/emulator.h"
#else
#define PB_KERNEL(name, params, threads, blocks) \
  extern "C" __global__ void __launch_bounds__(threads, blocks) name(const __grid_constant__ params p)
#define PB_SHARED(name) extern __shared__ __align__(128) unsigned char name[]
#endif

#define PB_DEVICE __device__ __forceinline__
