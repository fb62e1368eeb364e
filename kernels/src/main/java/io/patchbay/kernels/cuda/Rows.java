package io.patchbay.kernels.cuda;

/// Where the number of rows of a run stands, and the most it may be.
///
/// @param count an address, as [Scope#rows] gives it
record Rows(long count, int most) {}
