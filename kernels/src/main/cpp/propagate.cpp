// What a patch changes at the end of a chain of layers, with operands in float32 (propagate_run.h).
#include "propagate_run.h"

namespace {

int64_t scratch_size(const Layer *layers, int count) {
  const int64_t first = change_size(layers[0].h, layers[0].w, layers[0].ci);
  int64_t size = 2 * first + (2 * kCells + kGroups) * cell_size(layers, count) +
                 sums_size(layers, count);
  for (int i = 0; i < count; i++) {
    const Layer &l = layers[i];
    if (l.linear()) continue;
    // An image: its plane, and its narrow rows one after the other with what is known of them.
    size += l.co >= kLanes ? change_size(l.out_h(), l.out_w(), l.co)
                           : (3 + CleanImage::kPlanes) * plane_size(l);
  }
  return size;
}

}  // namespace

// `layer`: one Layer, of which weights and clean need not be there.
PB_EXPORT int64_t PB_NAME(propagate_packed_size)(const void *layer) {
  return packed_size<Singles>(*static_cast<const Layer *>(layer));
}

PB_EXPORT int32_t PB_NAME(propagate_pack)(const float *w, float *packed, const void *layer) {
  if (w == nullptr) return 1;
  if (packed == nullptr) return 2;
  if (layer == nullptr) return 3;
  pack<Singles>(*static_cast<const Layer *>(layer), w, packed);
  return 0;
}

// Floats of scratch that a call needs, in either precision.
PB_EXPORT int64_t PB_NAME(propagate_scratch_size)(const void *layers, int32_t count) {
  const Layer *l = static_cast<const Layer *>(layers);
  const Layer &last = l[count - 1];
  return scratch_size(l, count) +
         CleanImage::kPlanes * ((last.act == kSigmoid ? last.out_size() : 0) + kPast);
}

// Cells first_row .. first_row + n - 1 of [0, rows): base, source, numbers, y, fired and skipped
// begin with cell first_row; ranges (row, begin, end), m of them, are of all cells, sorted by row.
// end: 0 y[n][out h][out w][co], 1 the sum of squares y[n], 2 the sum of sizes y[n], 3 the product
// y[n] of the change with row direction[n] of directions[direction_count][out h][out w][co].
// fired[i] is how many units were patched; skipped[i] is 1 where that was proved to change nothing
// and `eliminate` asked for that proof. own: an OwnOp that is patched with, or null.
PB_EXPORT int32_t PB_NAME(propagate)(const void *layers, int32_t layer_count, int32_t rectify,
                                     int32_t end, int32_t eliminate, const float *clean,
                                     const float *sources, const int32_t *base,
                                     const int32_t *source, const float *numbers,
                                     const int32_t *ranges, int64_t m, int32_t first_row,
                                     int64_t n, int64_t bases, int64_t source_count,
                                     float *scratch, float *y, int32_t *fired, int32_t *skipped,
                                     const float *directions, const int32_t *direction,
                                     int64_t direction_count, const void *own) {
  return propagate<Singles>(layers, layer_count, rectify, end, eliminate, clean, sources, base,
                            source, numbers, ranges, m, first_row, n, bases, source_count, scratch,
                            y, fired, skipped, directions, direction, direction_count, own);
}
