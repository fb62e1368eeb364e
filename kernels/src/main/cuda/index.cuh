// Where elements lie: quotients of 64-bit numbers, which are nearly always small.
//
// A division of 64-bit integers is some eighty instructions, one of 32-bit integers about twenty;
// the branch between them goes the same way for whole warps.
#pragma once

#include "patchbay.cuh"

// n / d for n >= 0 and d > 0.
PB_DEVICE long long quotient(long long n, long long d) {
  if (((n | d) >> 32) == 0) return static_cast<unsigned>(n) / static_cast<unsigned>(d);
  return n / d;
}

// The number of this thread among all threads of the launch, and how many these are.
PB_DEVICE long long thread_number() {
  return static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
}

PB_DEVICE long long thread_count() { return static_cast<long long>(gridDim.x) * blockDim.x; }
