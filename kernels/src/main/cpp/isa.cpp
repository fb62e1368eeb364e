// Whether this machine runs this build's instruction set.
#include "vec.h"

PB_EXPORT int32_t PB_NAME(isa_supported)() {
#if PB_LANES == 16
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#elif PB_LANES == 8
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return 1;
#endif
}

// Whether this build has kernels of bf16 operands, and the machine runs them.
PB_EXPORT int32_t PB_NAME(bf16_supported)() {
#if PB_LANES == 16
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return 0;
#endif
}
