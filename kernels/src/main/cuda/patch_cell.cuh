// How far a patch moves a unit, in the kernels that take a cell's one channel apart: by five numbers of
// the cell, or by an op of one's own where that is compiled in (PB_PATCH_OP).
//
// Cells stand in a list there, in which what belongs to a cell is found by its number.
#pragma once

#include "patch_moves.cuh"

#ifdef PB_PATCH_OP
#include "patch_program.cuh"

struct PatchCells {
  const int *list;    // of the cells here, their numbers
  const float *mean;  // of the site; or null, as those below
  const int *seed;
  const int *ids;     // of each cell
  long long plane, width;
};
#endif

// A cell, as those kernels keep it in shared memory while its turn is near.
struct PatchCell {
  int base, source, first, end;  // its first unit and the end, within one channel
  float keep, shift, take, low, high;
};

// One of eight threads copies its part of a cell. `at`: of the cell, in the list.
template <class Params>
PB_DEVICE void stage_cell(const Params &p, int at, int part, PatchCell &to) {
  switch (part) {
    case 0: to.base = p.base[at]; break;
    case 1: to.source = p.source[at]; break;
    case 2: to.first = p.ranges[3 * at + 1]; to.end = p.ranges[3 * at + 2]; break;
    case 3: to.keep = p.numbers[5 * at]; break;
    case 4: to.shift = p.numbers[5 * at + 1]; break;
    case 5: to.take = p.numbers[5 * at + 2]; break;
    case 6: to.low = p.numbers[5 * at + 3]; break;
    case 7: to.high = p.numbers[5 * at + 4]; break;
  }
}

PB_DEVICE bool limits(const PatchCell &cell) { return patch_limits(cell.low, cell.high); }

// `at`: of the cell, in the list; limited: whether limits(cell); x: of the unit in the base, s: in the
// source.
template <class Params>
PB_DEVICE float patch_moved(const Params &p, [[maybe_unused]] int at, const PatchCell &cell,
                            [[maybe_unused]] bool limited, [[maybe_unused]] int unit, float x, float s) {
#ifdef PB_PATCH_OP
  const float mean = p.own.mean == nullptr ? 0.0f : p.own.mean[unit];
  const int *ids = p.own.ids + 3ll * p.own.list[at];
  const PatchUnit u(x, s, mean, cell.shift, unit, p.own.plane, p.own.width, p.own.seed, ids);
  const float moved = patch_op(u) - x;
#else
  const float moved = patch_moves(x, s, cell.keep, cell.shift, cell.take, limited, cell.low, cell.high);
#endif
  return p.rectifies != 0 ? (moved < -x ? -x : moved) + fminf(x, 0.0f) : moved;
}
