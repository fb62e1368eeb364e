// A patch by an op of one's own: some units of some rows become what a program makes of them.
//
// y[n][d] = x[n][d], but for each range (row, begin, end) with first_row <= row < first_row + n the
// units begin to end - 1 of that row become program(x, source, mean, value, indices, random) at
// that unit. x and source are rows beside y's, or rows of a table by an index per row of y: then no
// row of the table is copied that is not patched. mean is one row, value one number per row.
// fired[i] grows by the number of units written for row first_row + i.
//
// A unit is counted in (C, H, W) order; the values lie as (H, W, C), a flat one has C = d, H = W =
// 1. Neighbours in memory go through the program where they are. Units that lie apart, a channel of
// an image or one latent of many rows, are first collected in tiles of 256, with those of other
// ranges and rows, so that vectors are full.
//
// Operations: the program's per patched unit. Bytes: 8 per element of x, and per patched unit 4 for
// each of x, source and mean that the program reads, and 4 for the result; of a channel of an image
// each of these is a cache line, 64 bytes, and that is what bounds it.
#include "patch_machine.h"
#include "patch_units.h"

#include "ranges.h"

namespace {

using namespace patch;

struct PatchCall {
  const float *x;
  const int32_t *x_index;  // or null: x has a row for each of y
  int64_t x_rows;
  const float *source;
  const int32_t *source_index;  // or null, likewise
  int64_t source_rows;
  const float *mean;
  const float *value;
  const int32_t *seed;
  const int32_t *ids;
  const int32_t *ranges;
  int64_t m;
  float *y;
  int32_t *fired;
  int64_t c, h, w, first_row, n;
};

// Units of one row: `at` and `stride` say where they lie in it, `first` is the number of the first.
struct Piece {
  int64_t row, at, stride;
  int32_t first;
  int count;
};

// Pieces of fewer units draw their random numbers together with others.
constexpr int kFewUnits = 4 * kLanes;

class Patching {
  const PatchCall &call;
  const PatchSite site;
  const int64_t d;
  const bool source, mean, value, places, random;
  PatchMachine machine;
  PatchTile in[kNamedValues];
  PatchTile out;
  PatchDraws draws;
  Piece pieces[kTile];
  int filled = 0, count = 0;

 public:
  Patching(const PatchProgram &program, uint32_t reads, const PatchCall &of)
      : call(of),
        site{static_cast<int32_t>(of.h * of.w), static_cast<int32_t>(of.w)},
        d(of.c * of.h * of.w),
        source(reads >> kSource & 1),
        mean(reads >> kMean & 1),
        value(reads >> kValue & 1),
        places(reads >> kUnit & 15),  // unit, channel, row, column
        random(reads >> kRandom & 1),
        machine(program) {}

  // The row of x, or of the source, that belongs to a row of y.
  const float *x_row(int64_t row) const {
    return call.x + (call.x_index == nullptr ? row : call.x_index[row]) * d;
  }

  const float *source_row(int64_t row) const {
    return call.source + (call.source_index == nullptr ? row : call.source_index[row]) * d;
  }

  void patch(int64_t row, Range range) {
    const int64_t pixels = site.plane;
    const bool whole = range.begin == 0 && range.end == d && !places && !random;
    if (whole || pixels == 1 || call.c == 1) {
      neighbours(row, range.begin, range.end - range.begin);
      return;
    }
    int64_t channel = range.begin / pixels, pixel = range.begin % pixels;
    for (int64_t unit = range.begin; unit < range.end;) {
      const int64_t left = range.end - unit;
      const int64_t here = left < pixels - pixel ? left : pixels - pixel;
      apart({row, pixel * call.c + channel, call.c, static_cast<int32_t>(unit),
             static_cast<int>(here)});
      unit += here;
      pixel = 0;
      channel++;
    }
  }

  // Computes what has been collected.
  void flush() {
    if (filled == 0) return;
    draws.flush();
    const int whole = (filled + kBlock - 1) / kBlock * kBlock;
    for (int i = filled; i < whole; i++)
      for (PatchTile &tile : in) tile.value[i] = 0.0f;
    for (int v = 0; v < kNamedValues; v++) machine.set(static_cast<PatchValue>(v), in[v].value);
    machine.run(out.value, whole);
    const float *from = out.value;
    for (int i = 0; i < count; i++) {
      const Piece p = pieces[i];
      float *to = call.y + p.row * d + p.at;
      for (int e = 0; e < p.count; e++) to[e * p.stride] = from[e];
      call.fired[p.row] += p.count;
      from += p.count;
    }
    filled = 0;
    count = 0;
  }

 private:
  // Units that lie one after the other: whole tiles of them in place, the rest collected.
  void neighbours(int64_t row, int64_t at, int64_t left) {
    while (left >= kTile && !places && !random) {
      machine.set(kClean, x_row(row) + at);
      if (source) machine.set(kSource, source_row(row) + at);
      if (mean) machine.set(kMean, call.mean + at);
      if (value) machine.set_all(kValue, call.value[row]);
      machine.run(call.y + row * d + at, kTile);
      call.fired[row] += kTile;
      at += kTile;
      left -= kTile;
    }
    if (left > 0) apart({row, at, 1, static_cast<int32_t>(at), static_cast<int>(left)});
  }

  void apart(Piece left) {
    while (left.count > 0) {
      Piece piece = left;
      if (piece.count > kTile - filled) piece.count = kTile - filled;
      collect(piece);
      if (filled == kTile) flush();
      left.at += piece.count * piece.stride;
      left.first += piece.count;
      left.count -= piece.count;
    }
  }

  void collect(Piece p) {
    pieces[count++] = p;
    take(kClean, x_row(p.row) + p.at, p);
    if (source) take(kSource, source_row(p.row) + p.at, p);
    if (mean) take(kMean, call.mean + p.at, p);
    if (value) {
      for (int i = 0; i < p.count; i++) in[kValue].value[filled + i] = call.value[p.row];
    }
    if (places) {
      site.indices(p.first, p.count, in[kUnit].value + filled, in[kChannel].value + filled,
                   in[kRow].value + filled, in[kColumn].value + filled);
    }
    if (random) draw(p);
    filled += p.count;
  }

  void draw(Piece p) {
    float *to = in[kRandom].value + filled;
    if (p.count < kFewUnits) {
      draws.add(key(p.row), p.first, p.count, to);
    } else {
      key(p.row).uniform(p.first, p.count, to);
    }
  }

  void take(PatchValue value_of, const float *from, Piece p) {
    float *to = in[value_of].value + filled;
    for (int i = 0; i < p.count; i++) to[i] = from[i * p.stride];
  }

  PatchKey key(int64_t row) const {
    return {static_cast<uint32_t>(call.seed[0]), static_cast<uint32_t>(call.seed[1]),
            call.ids + 3 * row};
  }
};

bool inside(const int32_t *index, int64_t n, int64_t rows) {
  for (int64_t i = 0; i < n; i++) {
    if (index[i] < 0 || index[i] >= rows) return false;
  }
  return true;
}

// The number of the first wrong field of a call, from 1, or 0.
int32_t wrong(uint32_t reads, const PatchCall &call) {
  if (call.c < 0) return 15;
  if (call.h < 0) return 16;
  if (call.w < 0 || call.c * call.h * call.w > INT32_MAX) return 17;
  if (call.first_row < 0) return 18;
  if (call.n < 0) return 19;
  if (call.m < 0) return 12;
  if (call.m > 0 && call.ranges == nullptr) return 11;
  const Range *list = reinterpret_cast<const Range *>(call.ranges);
  if (!sorted_and_inside(list, call.m, call.c * call.h * call.w)) return 11;
  if (call.n == 0 || call.c * call.h * call.w == 0) return 0;
  if (call.x == nullptr) return 1;
  if (call.x_index != nullptr && !inside(call.x_index, call.n, call.x_rows)) return 2;
  if (call.y == nullptr || call.y == call.x) return 13;
  if (call.fired == nullptr) return 14;
  if (reads >> kSource & 1) {
    if (call.source == nullptr) return 4;
    if (call.source_index != nullptr && !inside(call.source_index, call.n, call.source_rows))
      return 5;
  }
  if ((reads >> kMean & 1) && call.mean == nullptr) return 7;
  if ((reads >> kValue & 1) && call.value == nullptr) return 8;
  if ((reads >> kRandom & 1) && call.seed == nullptr) return 9;
  if ((reads >> kRandom & 1) && call.ids == nullptr) return 10;
  return 0;
}

}  // namespace

// Returns 1 for a program that is not one, 100 and more for a wrong field of the call.
PB_EXPORT int32_t PB_NAME(patch_program)(const int32_t *words, int32_t length,
                                         const float *constants, int32_t constant_count,
                                         const PatchCall *call) {
  const FlushDenormals flushed;
  const PatchProgram program{reinterpret_cast<const PatchStep *>(words), length, constants,
                             constant_count};
  if (!program.valid()) return 1;
  if (call == nullptr) return 5;
  const uint32_t reads = program.reads();
  const int32_t field = wrong(reads, *call);
  if (field != 0) return 100 + field;
  const int64_t d = call->c * call->h * call->w;
  if (call->n == 0 || d == 0) return 0;
  Patching patching(program, reads, *call);
  const Range *range = reinterpret_cast<const Range *>(call->ranges);
  const Range *end = range + call->m;
  while (range != end && range->row < call->first_row) range++;
  for (int64_t row = 0; row < call->n; row++) {
    memcpy(call->y + row * d, patching.x_row(row), sizeof(float) * d);
    for (; range != end && range->row - call->first_row == row; range++) {
      patching.patch(row, *range);
    }
  }
  patching.flush();
  return 0;
}
