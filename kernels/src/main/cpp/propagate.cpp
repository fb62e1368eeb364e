// What a patch changes at the end of a chain of convolutions (k4 s2 p1, up or down), cell by cell.
//
//   x  = clean[base], x' = x with the units of the cell's ranges set to
//        clamp(keep x + shift + take source, low, high)
//   each layer: d = W (x' - x), x' - x = act(clean + d) - act(clean)
//   at the end: the last layer's value, or the sum of the squares or of the sizes of its change
//
// Only the rectangle that the patch reaches is computed (change.h), from the channels that it
// changes: one channel of 32 is 1/32 of the first layer, one unit of it a few pixels of each.
//
// Operations per cell: 2 * taps inside the rectangle * channels in and out of each layer; about 25
// per pixel of an image. Bytes: what the rectangle covers of the clean values, which all cells of
// a base share, so cells of one base should follow one another; the weights of the chain.
//
// A cell's result depends on that cell and its base alone.
#include "change_image.h"
#include "change_patch.h"

namespace {

struct Call {
  const Layer *layers;
  int layer_count;
  bool rectify;
  int end;
  const float *clean;    // [bases][C][H][W] of the patched value
  const float *sources;  // [sources][C][H][W]
  const int32_t *base;
  const int32_t *source;
  const float *numbers;  // [n][5]
  float *scratch;
  float *y;
};

// Floats of the change of a value, with its margins and what may be written past its end.
int64_t change_size(int64_t h, int64_t w, int64_t c) {
  return h * (w + 2 * kMargin) * c + kPast;
}

int64_t scratch_size(const Layer *layers, int count) {
  int64_t size = change_size(layers[0].h, layers[0].w, layers[0].ci);
  for (int i = 0; i < count; i++) {
    const Layer &l = layers[i];
    // An image: its plane, and its narrow rows one after the other with what is known of them.
    size += l.co >= kLanes ? change_size(l.out_h(), l.out_w(), l.co)
                           : (2 + CleanImage::kPlanes) *
                                 ((l.out_h() + 2) * (l.out_w() + 2) * l.co + kPast);
  }
  return size;
}

void write_clean(const Layer &l, int64_t base, float *y) {
  const float *clean = l.clean + base * l.out_size();
  const int64_t size = l.out_size();
  for (int64_t i = 0; i < size; i += kLanes) {
    const vec value = load(clean + i);
    store(y + i, l.act == kRelu ? max(vec{}, value) : value);
  }
}

void propagate_cell(const Call &call, int64_t n, const Range *ranges, int count, bool eliminate,
                    CleanImage &image, int32_t *skipped) {
  const Layer &last = call.layers[call.layer_count - 1];
  const int64_t base = call.base[n];
  float *y = call.y + n * (call.end == kValue ? last.out_size() : 1);
  const int w = static_cast<int>(call.layers[0].w);
  const int pixels = static_cast<int>(call.layers[0].h) * w;
  Cover cover = cover_of(ranges, count, pixels, w);
  float *scratch = call.scratch;
  Change change = {scratch, cover.rect, cover.channels};
  const int64_t size = int64_t{pixels} * call.layers[0].ci;
  const Patch patch = {call.clean + base * size, call.sources + call.source[n] * size,
                       call.numbers + 5 * n,     pixels / w,
                       w,                        call.rectify};
  const bool changed = cover.channels > 0 && patch_change(patch, ranges, count, cover, change);
  if (cover.channels <= 0 || (eliminate && !changed)) {
    if (call.end == kValue) {
      write_clean(last, base, y);
    } else {
      *y = 0;
    }
    *skipped = changed ? 0 : 1;
    return;
  }
  scratch += change_size(change.rect.height(), change.rect.width(), change.channels);
  int first_channel = cover.first_channel;
  for (int i = 0; i < call.layer_count; i++) {
    const Layer &l = call.layers[i];
    const Rect out = l.reach(change.rect);
    const float *clean = l.clean + base * l.out_size();
    const int act = static_cast<int>(l.act);
    if (i + 1 < call.layer_count) {
      const Change next = {scratch, out, static_cast<int>(l.co)};
      next.clear_margins();
      Keeping keeping = {clean, next, l.co, l.out_w(), act, nullptr, nullptr, 0};
      carry(l, change, first_channel, out, keeping);
      scratch += change_size(out.height(), out.width(), l.co);
      change = next;
      first_channel = 0;
    } else if (call.end == kValue) {
      if (out.height() * out.width() < l.out_h() * l.out_w()) write_clean(l, base, y);
      Writing writing = {clean, y, l.co, l.out_w(), act, 0, 0};
      carry(l, change, first_channel, out, writing);
    } else if (l.co >= kLanes) {
      Adding adding = {clean, l.co, l.out_w(), act, call.end, {}, nullptr, 0};
      carry(l, change, first_channel, out, adding);
      *y = sum_lanes(adding.sum);
    } else {
      image.of(clean, base);
      const int64_t plane = (l.out_h() + 2) * (l.out_w() + 2) * l.co + kPast;
      if (l.co == 1 && change.channels == 1 && change.rect.width() >= kLanes / 2) {
        *y = plane_effect(l, change, first_channel, out, image, call.end, scratch);
      } else if (l.co == 1) {
        *y = image_effect<1>(l, change, first_channel, out, image, call.end, scratch,
                             scratch + plane);
      } else {
        *y = image_effect<3>(l, change, first_channel, out, image, call.end, scratch,
                             scratch + plane);
      }
    }
  }
}

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
  const bool grid = l.h > 0 && l.w > 0 && (l.up || (l.h % 2 == 0 && l.w % 2 == 0));
  const bool image = l.up && (l.co == 1 || l.co == 3);
  return grid && l.ci > 0 && (image || (l.co > 0 && l.co % 16 == 0)) && l.weights != nullptr &&
         l.clean != nullptr;
}

}  // namespace

// w as a convolution stores it, [large][small] going down and [small][large] going up, 4 x 4 each
// -> [ky][kx][ci][co], or of an image [ci][ky][kx][co].
PB_EXPORT int32_t PB_NAME(propagate_pack)(const float *w, float *packed, int32_t up, int32_t ci,
                                          int32_t co) {
  if (w == nullptr) return 1;
  if (packed == nullptr) return 2;
  if (ci < 1) return 4;
  if (co < 1) return 5;
  const bool image = up && co <= 3;
  for (int i = 0; i < ci; i++) {
    for (int o = 0; o < co; o++) {
      for (int tap = 0; tap < 16; tap++) {
        const int64_t from = (up ? int64_t{i} * co + o : int64_t{o} * ci + i) * 16 + tap;
        const int64_t to =
            image ? (int64_t{i} * 16 + tap) * co + o : (int64_t{tap} * ci + i) * co + o;
        packed[to] = w[from];
      }
    }
  }
  return 0;
}

// Floats of scratch that a call needs, kLanes of which may be of any instruction set.
PB_EXPORT int64_t PB_NAME(propagate_scratch_size)(const void *layers, int32_t count) {
  const Layer *l = static_cast<const Layer *>(layers);
  return scratch_size(l, count) + CleanImage::kPlanes * (l[count - 1].out_size() + kPast);
}

// Cells first_row .. first_row + n - 1 of [0, rows): base, source, numbers, y, fired and skipped
// begin with cell first_row; ranges (row, begin, end), m of them, are of all cells, sorted by row.
// end: 0 y[n][out h][out w][co], 1 the sum of squares y[n], 2 the sum of sizes y[n].
// fired[i] is how many units were patched; skipped[i] is 1 where that was proved to change nothing
// and `eliminate` asked for that proof.
PB_EXPORT int32_t PB_NAME(propagate)(const void *layers, int32_t layer_count, int32_t rectify,
                                     int32_t end, int32_t eliminate, const float *clean,
                                     const float *sources, const int32_t *base,
                                     const int32_t *source, const float *numbers,
                                     const int32_t *ranges, int64_t m, int32_t first_row,
                                     int64_t n, int64_t bases, int64_t source_count,
                                     float *scratch, float *y, int32_t *fired, int32_t *skipped) {
  const FlushDenormals flushed;
  const Layer *chain = static_cast<const Layer *>(layers);
  if (layers == nullptr) return 1;
  if (layer_count < 1) return 2;
  for (int i = 0; i < layer_count; i++) {
    if (!fits(chain[i])) return 1;
    const bool wide = chain[i].co >= 16;
    const bool last = i + 1 == layer_count;
    if (!wide && (!last || end == kValue || chain[i].act != kSigmoid)) return 1;
    if (wide && chain[i].act != kNone && chain[i].act != kRelu) return 1;
    if (!last && (chain[i].co != chain[i + 1].ci || chain[i].out_h() != chain[i + 1].h ||
                  chain[i].out_w() != chain[i + 1].w)) {
      return 1;
    }
  }
  if (end < kValue || end > kSizes) return 4;
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
  const Layer &last = chain[layer_count - 1];
  const int64_t size = chain[0].h * chain[0].w * chain[0].ci;
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
  }
  const int64_t image_size = last.co < 16 ? last.out_size() : 0;
  // The image's own room comes first; it is read up to a vector past its end.
  const int64_t plane = image_size + kPast;
  CleanImage image = CleanImage::in(scratch, plane, image_size);
  float *rest = scratch + CleanImage::kPlanes * plane;
  __builtin_memset(scratch, 0, sizeof(float) * CleanImage::kPlanes * plane);
  const Call call = {chain,   layer_count, rectify != 0, end,     clean, sources,
                     base,    source,      numbers,      rest,    y};
  for (int64_t i = 0; i < n; i++) {
    const int64_t begin = at;
    int32_t units = 0;
    while (at < past && list[at].row == first_row + i) {
      units += list[at].end - list[at].begin;
      at++;
    }
    fired[i] = units;
    skipped[i] = 0;
    propagate_cell(call, i, list + begin, static_cast<int>(at - begin), eliminate != 0, image,
                   skipped + i);
  }
  return 0;
}
