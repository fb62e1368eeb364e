// What a patch changes at the end of a chain of layers (convolutions k4 s2 p1 up or down, and linear
// layers), cell by cell.
//
//   x  = clean[base], x' = x with the units of the cell's ranges set to
//        clamp(keep x + shift + take source, low, high), or to what an op of one's own makes of them
//   each layer: d = W (x' - x), x' - x = act(clean + d) - act(clean)
//   at the end: the last layer's value, or the sum of the squares or of the sizes of its change, or
//        its product with the cell's direction
//
// Of convolutions only the rectangle that the patch reaches is computed (change.h), from the
// channels that it changes: one channel of 32 is 1/32 of the first layer, one unit of it a few
// pixels of each. Linear layers are computed for some cells together (change_linear.h).
//
// Operations per cell: 2 * taps inside the rectangle * channels in and out of each layer; about 25
// per pixel of an image. Bytes: what the rectangle covers of the clean values, which all cells of
// a base share, so cells of one base should follow one another; the weights of the chain.
//
// The operands of the products are of E: floats, or pairs of bf16 numbers. In some layers they are
// floats always: in the first, which multiplies what the patch itself changes, perhaps one number,
// whose rounding would be an error of the whole effect (of one channel it costs the same); in the
// last onto an image, where changes may nearly cancel, and which waits for memory; and in linear
// layers, a twentieth of the time. All else is float32: the sums, the clean values, the image's
// effect.
//
// A cell's result depends on that cell and its base alone.
#ifndef PB_PROPAGATE_RUN_H
#define PB_PROPAGATE_RUN_H

#include "propagate_block.h"
#include "propagate_pack.h"

namespace {

// The first range of a row that is not before `row`.
int64_t first_of(const Range *ranges, int64_t m, int64_t row) {
  int64_t from = 0;
  for (int64_t to = m; from < to;) {
    const int64_t middle = from + (to - from) / 2;
    if (ranges[middle].row < row) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return from;
}

bool fits(const Layer &l) {
  if (l.weights == nullptr || l.clean == nullptr || l.in_size() < 1 || l.out_size() < 1) return false;
  if (l.linear()) return l.act == kNone || l.act == kRelu;
  const bool up = l.up() && l.rows == 2 * l.h && l.columns == 2 * l.w;
  const bool down = l.kind == kDown && l.h == 2 * l.rows && l.w == 2 * l.columns;
  const bool image = up && (l.co == 1 || l.co == 3);
  const bool sixteens = l.co % 16 == 0 && (l.act == kNone || l.act == kRelu);
  return (up || down) && (image ? l.act == kSigmoid : sixteens);
}

// Whether a chain's layers take what those before them make.
bool joins(const Layer *chain, int count, int end) {
  for (int i = 0; i < count; i++) {
    const Layer &l = chain[i];
    const bool last = i + 1 == count;
    if (!fits(l) || (l.act == kSigmoid && (!last || end == kValue))) return false;
    if (last) continue;
    const Layer &next = chain[i + 1];
    if (l.rows != next.h || l.columns != next.w || l.co != next.ci) return false;
    if (!next.linear() && l.co % 16 != 0) return false;
  }
  return true;
}

// Arguments as of propagate; the number of one that is wrong, or 0.
template <class E>
int32_t propagate(const void *layers, int32_t layer_count, int32_t rectify, int32_t end,
                  int32_t eliminate, const float *clean, const float *sources, const int32_t *base,
                  const int32_t *source, const float *numbers, const int32_t *ranges, int64_t m,
                  int32_t first_row, int64_t n, int64_t bases, int64_t source_count, float *scratch,
                  float *y, int32_t *fired, int32_t *skipped, const float *directions,
                  const int32_t *direction, int64_t direction_count, const void *own) {
  const FlushDenormals flushed;
  const Layer *chain = static_cast<const Layer *>(layers);
  if (layers == nullptr) return 1;
  if (layer_count < 1) return 2;
  if (!joins(chain, layer_count, end)) return 1;
  if (end < kValue || end > kProducts) return 4;
  if (n < 0 || first_row < 0) return 13;
  if (n == 0) return 0;
  if (clean == nullptr) return 6;
  if (sources == nullptr) return 7;
  if (base == nullptr) return 8;
  if (source == nullptr) return 9;
  if (numbers == nullptr) return 10;
  if (m > 0 && ranges == nullptr) return 11;
  if (scratch == nullptr) return 17;
  if (y == nullptr) return 18;
  if (fired == nullptr) return 19;
  if (skipped == nullptr) return 20;
  if (end == kProducts && directions == nullptr) return 21;
  if (end == kProducts && direction == nullptr) return 22;
  const OwnOp *op = static_cast<const OwnOp *>(own);
  if (op != nullptr && !op->fits(chain[0].in_size())) return 24;
  const Layer &last = chain[layer_count - 1];
  const int64_t size = chain[0].in_size();
  const Range *list = static_cast<const Range *>(static_cast<const void *>(ranges));
  int64_t at = first_of(list, m, first_row);
  const int64_t past = first_of(list, m, first_row + n);
  for (int64_t i = at; i < past; i++) {
    const Range r = list[i];
    const bool sorted = r.row >= (i == at ? first_row : list[i - 1].row);
    if (!sorted || r.begin < 0 || r.end < r.begin || r.end > size) return 11;
  }
  for (int64_t i = 0; i < n; i++) {
    if (base[i] < 0 || base[i] >= bases) return 8;
    if (source[i] < 0 || source[i] >= source_count) return 9;
    const bool known = end != kProducts || (direction[i] >= 0 && direction[i] < direction_count);
    if (!known) return 22;
  }
  const int64_t image_size = last.act == kSigmoid ? last.out_size() : 0;
  // The image's own room comes first; it is read up to a vector past its end.
  const int64_t plane = image_size + kPast;
  CleanImage image = CleanImage::in(scratch, plane, image_size);
  float *rest = scratch + CleanImage::kPlanes * plane;
  __builtin_memset(scratch, 0, sizeof(float) * CleanImage::kPlanes * plane);
  OwnPatching patching(op == nullptr ? OwnOp{} : *op);
  const Call call = {chain,      layer_count, rectify != 0,
                     end,        eliminate != 0, clean,
                     sources,    base,        source,
                     numbers,    directions,  direction,
                     op == nullptr ? nullptr : &patching,
                     rest,       y,           skipped};
  Block<E> block(call, image);
  for (int64_t i = 0; i < n; i++) {
    const int64_t begin = at;
    int32_t units = 0;
    while (at < past && list[at].row == first_row + i) {
      units += list[at].end - list[at].begin;
      at++;
    }
    fired[i] = units;
    skipped[i] = 0;
    Upcoming next = {};
    if (i + 1 < n && at < past && (own != nullptr || numbers[5 * (i + 1) + 2] != 0)) {
      next.at = sources + source[i + 1] * size + list[at].begin;
      next.end = next.at + least(list[at].end - list[at].begin, 2048);
    }
    block.add(i, list + begin, static_cast<int>(at - begin), next);
  }
  block.finish();
  return 0;
}

}  // namespace

#endif
