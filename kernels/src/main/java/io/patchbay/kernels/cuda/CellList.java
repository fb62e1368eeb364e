package io.patchbay.kernels.cuda;

/// Some cells in the device's memory, a list or a window of one.
///
/// @param cells address of the cells
/// @param bases address of their bases
/// @param directions address of their rows of the table of directions, or 0 where there is none
/// @param count address of their number
/// @param most how many there may be
record CellList(long cells, long bases, long directions, long count, int most) {}
