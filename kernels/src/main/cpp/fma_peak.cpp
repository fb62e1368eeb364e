// The machine's own ceiling: fused multiply-adds on registers alone, to which every rate of the
// other kernels is compared in the same run.
//
// kChains accumulators hide the latency of the instruction (4 cycles on two ports need 8).
// Operations: 2 * kChains * PB_LANES FLOP per iteration; bytes: none. generic has no fused
// multiply-add, its peak is that of a multiply and an add.
#include "vec.h"

namespace {
constexpr int kChains = 12;
}

// Runs `iterations` rounds and writes one float that depends on all of them to *out.
PB_EXPORT int32_t PB_NAME(fma_peak)(int64_t iterations, float *out) {
  if (iterations < 0) return 1;
  if (out == nullptr) return 2;
  vec sum[kChains];
  for (int i = 0; i < kChains; i++) sum[i] = broadcast(0.001f * static_cast<float>(i));
  vec a = broadcast(0.999f);
  vec b = broadcast(1e-4f);
  for (int64_t n = 0; n < iterations; n++) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; i++) {
      sum[i] = fma(sum[i], a, b);
    }
  }
  vec total = sum[0];
  for (int i = 1; i < kChains; i++) total += sum[i];
  *out = sum_lanes(total);
  return 0;
}

// FLOP of one iteration of fma_peak.
PB_EXPORT int32_t PB_NAME(fma_peak_flops)() { return 2 * kChains * kLanes; }
