// The host emulator, as device code sees it: what CUDA C++ has beyond C++, so that g++ compiles a
// .cu file as it stands. patchbay.cuh includes it when PB_EMULATOR is defined.
//
// The threads of a block are fibers of one thread of the host. Each runs until it waits for others:
// at a barrier of the block or, with the lanes of its warp, at a shuffle, a vote or a matrix
// instruction. So a thread that does not wait where it must runs far ahead of its neighbours, or
// far behind, and reads what is not there yet: shared memory is filled with NaN before each block.
#pragma once

#include <math.h>
#include <string.h>

// Of the emulator's own functions that are compiled with the kernels: their accesses to memory are not
// looked at.
#define PB_UNWATCHED __attribute__((no_sanitize("kernel-address")))

// Kernels that are compiled later find these in the emulator's library.
#pragma GCC visibility push(default)

namespace pb_emulator {

// Where a thread waits: `file` and `line` are those of the call.
struct Site {
  const char *what;
  const char *file;
  int line;
};

// Works on the records that the lanes of `mask` gave, when all have come.
using Combine = void (*)(void *const *records, unsigned mask);

// Waits until every lane of `mask` is here too, and lets the last one combine all records.
void collective(unsigned mask, Combine combine, void *record, Site site);

// __syncwarp(), which a test may take away.
void warp_barrier(unsigned mask, Site site);

// Waits at barrier `id` for `threads` threads, 0 for the whole block; returns how many of them came
// with `predicate` true. Threads that come to barrier `id` must come from one site, unless `named`.
int block_barrier(int id, int threads, bool named, bool predicate, Site site);

void copy_async(void *shared, const void *global, int bytes, bool zero, Site site);
void copy_commit();
void copy_wait(int pending, Site site);

// Ends the launch with an error where the thread has written to memory before.
void await_predecessors(Site site);

// The shared memory of the running block.
unsigned char *shared_memory();

// Ends the launch with an error unless `bytes` from `address`, a multiple of `align`, are shared
// memory of the block.
void check_shared(const void *address, int bytes, int align, Site site);

// Ends the launch with an error.
[[noreturn]] void fail(Site site, const char *message);

int lane();

// An access that is not compiled with the kernels' own.
void watch(const void *address, long long bytes, bool writes);
// One that others may make at the same time.
void watch_atomic(const void *address, int bytes);

// A kernel of the library: static constructors list them all, each in the form whose accesses to memory
// are watched, and in the fast one.
struct Registration {
  Registration(const char *source, const char *name, long long bytes, int threads, bool watched,
               void (*body)(const void *));
};

#ifdef PB_WATCHED
constexpr bool kWatched = true;
#else
constexpr bool kWatched = false;
#endif

}  // namespace pb_emulator

#pragma GCC visibility pop
#include "intrinsics.h"
#pragma GCC visibility push(default)
extern uint3 threadIdx, blockIdx, blockDim, gridDim;
#pragma GCC visibility pop

constexpr int warpSize = 32;

#include "warp.h"

#ifndef PB_SOURCE
#define PB_SOURCE __FILE__
#endif

#define PB_KERNEL(name, params, threads, blocks)                                               \
  static void name(const params &p);                                                           \
  static const ::pb_emulator::Registration name##_registration(                                \
      PB_SOURCE, #name, sizeof(params), threads, ::pb_emulator::kWatched,                      \
      [](const void *fields) { name(*static_cast<const params *>(fields)); });                 \
  static void name(const params &p)
#define PB_SHARED(name) unsigned char *const name = ::pb_emulator::shared_memory()

#define __global__
#define __device__
#define __host__
#define __constant__
#define __grid_constant__
#define __launch_bounds__(...)
#define __forceinline__ inline
#define __align__(bytes) __attribute__((aligned(bytes)))
