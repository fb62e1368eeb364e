// Bytes of shared memory that the kernels of tails lay out, as the host is told: a test compares these
// numbers with those of io.patchbay.kernels.cuda.
#pragma once

constexpr int kTailStreamedShared = 232128;
constexpr int kTailColorsShared = 227936;
constexpr int kTailExactShared = 232384;
constexpr int kTailExactColorsShared = 216032;
constexpr int kTailChannelShared = 221120;
