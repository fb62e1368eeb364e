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

#include "change_custom.h"
#include "change_image.h"
#include "change_linear.h"
#include "change_patch.h"

namespace {

struct Call {
  const Layer *layers;
  int layer_count;
  bool rectify;
  int end;
  bool eliminate;
  const float *clean;    // [bases][C][H][W] of the patched value
  const float *sources;  // [sources][C][H][W]
  const int32_t *base;
  const int32_t *source;
  const float *numbers;  // [n][5]
  const float *directions;   // [directions][size of the last value], of products
  const int32_t *direction;  // [n]
  OwnPatching *own;          // or null, where the numbers say all
  float *scratch;
  float *y;
  int32_t *skipped;
};

// Slots of the change of a value, with its margins and what may be written past its end.
int64_t change_size(int64_t h, int64_t w, int64_t c) {
  return h * (w + 2 * kMargin) * c + kPast;
}

// Of a chain with linear layers, the change of each of kCells cells where one of them begins or
// ends, twice, and a list of slots.
int64_t cell_size(const Layer *layers, int count) {
  int64_t most = 0;
  for (int i = 0; i < count; i++) {
    const Layer &l = layers[i];
    if (!l.linear()) continue;
    const int64_t in = l.in_size() + kPast;
    const int64_t out = change_size(l.rows, l.columns, l.co) + 16;
    most = most > in ? most : in;
    most = most > out ? most : out;
  }
  return most;
}

void write_clean(const Layer &l, int64_t base, float *y) {
  const float *clean = l.clean + base * l.out_size();
  const int64_t size = l.out_size();
  for (int64_t i = 0; i < size; i += kLanes) {
    const int some = static_cast<int>(size - i < kLanes ? size - i : kLanes);
    const vec value = load_first(clean + i, some);
    store_first(y + i, l.act == kRelu ? max(vec{}, value) : value, some);
  }
}

// A cell on its way: its number, and its change where a layer takes it as a whole.
struct Cell {
  int64_t n;
  float *at;
};

template <class E>
class Block {
  const Call &call;
  CleanImage &image;
  float *scratch;    // of a cell's convolutions
  float *rows[2];    // of all cells, before and after a linear layer
  int32_t *list;
  int64_t row_size;
  int which = 0;
  Cell cells[kCells];
  int count = 0;

 public:
  Block(const Call &c, CleanImage &i) : call(c), image(i) {
    row_size = cell_size(c.layers, c.layer_count);
    rows[0] = c.scratch;
    rows[1] = rows[0] + kCells * row_size;
    list = reinterpret_cast<int32_t *>(rows[1] + kCells * row_size);
    scratch = rows[1] + (kCells + 1) * row_size;
  }

  // Takes a cell up to its first linear layer, or to its end.
  void add(int64_t n, const Range *ranges, int range_count) {
    const Layer &first = call.layers[0];
    const int w = static_cast<int>(first.w);
    const int pixels = static_cast<int>(first.h) * w;
    const Cover cover = cover_of(ranges, range_count, pixels, w);
    const Change change = {scratch, cover.rect, cover.channels};
    const int64_t size = first.in_size();
    const Patch patch = {call.clean + call.base[n] * size, call.sources + call.source[n] * size,
                         call.numbers + 5 * n,             pixels / w,
                         w,                                call.rectify};
    const bool changed =
        cover.channels > 0 &&
        (call.own == nullptr ? patch_change(patch, ranges, range_count, cover, change)
                             : call.own->change(patch, n, ranges, range_count, cover, change));
    if (cover.channels <= 0 || (call.eliminate && !changed)) {
      leave_out(n, changed);
      return;
    }
    if (first.linear()) {
      float *to = row(which, count);
      __builtin_memset(to, 0, sizeof(float) * size);
      __builtin_memcpy(to + cover.first_channel, change.at(0, 0), sizeof(float) * change.channels);
      cells[count++] = {n, to};
    } else {
      convolve(0, n, change, cover.first_channel,
               scratch + change_size(change.rect.height(), change.rect.width(), change.channels));
    }
    if (count == kCells) finish();
  }

  // Takes all cells that wait at a linear layer to their end.
  void finish() {
    if (count == 0) return;
    int i = 0;
    while (!call.layers[i].linear()) i++;
    while (i < call.layer_count) {
      const bool last = i + 1 == call.layer_count;
      const bool joins = !last && !call.layers[i + 1].linear();
      linear(i, joins);
      if (joins) {
        const int n = count;
        const Layer &next = call.layers[++i];
        count = 0;
        for (int c = 0; c < n; c++) {
          const Change change = {cells[c].at,
                                 {0, static_cast<int>(next.h), 0, static_cast<int>(next.w)},
                                 slots_into(i)};
          convolve(i, cells[c].n, change, 0, scratch);
        }
        while (i < call.layer_count && !call.layers[i].linear()) i++;
      } else {
        i++;
      }
    }
    count = 0;
  }

 private:
  float *row(int side, int cell) { return rows[side] + cell * row_size; }

  float *result(int64_t n) {
    const Layer &last = call.layers[call.layer_count - 1];
    return call.y + n * (call.end == kValue ? last.out_size() : 1);
  }

  Measure measure(int64_t n) const {
    if (call.end != kProducts) return {call.end, nullptr};
    const int64_t size = call.layers[call.layer_count - 1].out_size();
    return {call.end, call.directions + call.direction[n] * size};
  }

  void leave_out(int64_t n, bool changed) {
    if (call.end == kValue) {
      write_clean(call.layers[call.layer_count - 1], call.base[n], result(n));
    } else {
      *result(n) = 0;
    }
    call.skipped[n] = changed ? 0 : 1;
  }

  template <class Sink>
  void multiply(int i, Inputs &in, Sink &sink) {
    carry_linear<Singles>(call.layers[i], in, count, sink);
  }

  template <class Sink>
  void multiply(int i, const Change &change, int first, const Rect &out, Sink &sink) {
    if (i == 0) {
      carry<Singles>(call.layers[i], change, first, out, sink);
    } else {
      carry<E>(call.layers[i], change, first, out, sink);
    }
  }

  // Layer i of all cells; `joins`: a convolution takes what it makes.
  void linear(int i, bool joins) {
    const Layer &l = call.layers[i];
    Inputs in;
    in.slots = list;
    LinearEnds ends;
    ends.size = l.out_size();
    ends.act = static_cast<int>(l.act);
    for (int c = 0; c < count; c++) {
      in.x[c] = cells[c].at;
      ends.clean[c] = l.clean + call.base[cells[c].n] * l.out_size();
      ends.to[c] = row(1 - which, c);
    }
    if (i + 1 < call.layer_count) {
      const ptrdiff_t across = joins ? l.columns * l.co : 0;
      if (joins) {
        for (int c = 0; c < count; c++) {
          const Change change = {ends.to[c],
                                 {0, l.out_h(), 0, l.out_w()},
                                 slots_into(i + 1)};
          change.clear_margins();
        }
      }
      if (precise(i + 1)) {
        LinearKeeping<Singles> keeping = {ends, across, kMargin * l.co};
        multiply(i, in, keeping);
      } else {
        LinearKeeping<E> keeping = {ends, across, kMargin * l.co};
        multiply(i, in, keeping);
      }
      which = 1 - which;
      for (int c = 0; c < count; c++) cells[c].at = row(which, c);
    } else if (call.end == kValue) {
      for (int c = 0; c < count; c++) ends.to[c] = result(cells[c].n);
      LinearWriting writing = {ends};
      multiply(i, in, writing);
    } else {
      LinearAdding adding = {ends, {}, {}};
      for (int c = 0; c < count; c++) adding.measure[c] = measure(cells[c].n);
      multiply(i, in, adding);
      for (int c = 0; c < count; c++) *result(cells[c].n) = sum_lanes(adding.sum[c]);
    }
  }

  // Whether the operands of a layer are floats in any precision.
  bool precise(int i) const {
    return i == 0 || call.layers[i].linear() || call.layers[i].act == kSigmoid;
  }

  // Slots of a pixel, or of all, that layer i > 0 takes.
  int slots_into(int i) const {
    const int64_t channels = call.layers[i].ci;
    return static_cast<int>(precise(i) ? channels : E::slots(channels));
  }

  template <class O>
  void keep(int i, const Change &change, int first, const Rect &out, const Change &next,
            const float *clean) {
    const Layer &l = call.layers[i];
    Keeping<O> keeping = {clean, next, l.co, l.out_w(), static_cast<int>(l.act), nullptr, nullptr, 0};
    multiply(i, change, first, out, keeping);
  }

  // The convolutions from layer i on of one cell.
  void convolve(int i, int64_t n, Change change, int first, float *room) {
    const int64_t base = call.base[n];
    float *y = result(n);
    for (; i < call.layer_count && !call.layers[i].linear(); i++) {
      const Layer &l = call.layers[i];
      const Rect out = l.reach(change.rect);
      const float *clean = l.clean + base * l.out_size();
      const int act = static_cast<int>(l.act);
      if (i + 1 < call.layer_count) {
        const Change next = {room, out, slots_into(i + 1)};
        next.clear_margins();
        if (precise(i + 1)) {
          keep<Singles>(i, change, first, out, next, clean);
        } else {
          keep<E>(i, change, first, out, next, clean);
        }
        room += change_size(out.height(), out.width(), l.co);
        change = next;
        first = 0;
      } else if (call.end == kValue) {
        if (out.height() * out.width() < l.out_h() * l.out_w()) write_clean(l, base, y);
        Writing writing = {clean, y, l.co, l.out_w(), act, 0, 0};
        multiply(i, change, first, out, writing);
      } else if (l.co >= kLanes) {
        Adding adding = {clean, l.co, l.out_w(), act, measure(n), {}, nullptr, 0};
        multiply(i, change, first, out, adding);
        *y = sum_lanes(adding.sum);
      } else {
        image.of(clean, base);
        *y = onto_image<Singles>(n, l, change, first, out, room);
      }
    }
    if (i == call.layer_count) return;
    // A linear layer takes the whole value, zeros and all.
    float *to = row(which, count);
    const Layer &next = call.layers[i];
    const ptrdiff_t across = static_cast<ptrdiff_t>(next.w) * change.channels;
    const ptrdiff_t part = static_cast<ptrdiff_t>(change.rect.width()) * change.channels;
    __builtin_memset(to, 0, sizeof(float) * across * next.h);
    for (int row = change.rect.y0; row < change.rect.y1; row++) {
      __builtin_memcpy(to + row * across + change.rect.x0 * change.channels,
                       change.at(row, change.rect.x0), sizeof(float) * part);
    }
    cells[count++] = {n, to};
  }

  template <class O>
  float onto_image(int64_t n, const Layer &l, const Change &change, int first, const Rect &out,
                   float *room) {
    float *rest = room + (l.out_h() + 2) * (l.out_w() + 4) * l.co + kPast;
    const bool plane = O::kNumbers == 1 && change.channels == 1;
    if (l.co == 1 && plane && change.rect.width() >= kLanes / 2) {
      return plane_effect(l, change, first, out, image, measure(n), room);
    }
    if (l.co == 1) {
      return image_effect<O, 1>(l, change, first, out, image, measure(n), room, rest);
    }
    return image_effect<O, 3>(l, change, first, out, image, measure(n), room, rest);
  }
};

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

// w as a layer stores it, with values in (C, H, W) order: a convolution [out][in] going down and
// [in][out] going up, 4 x 4 each, a matrix [out][in]. Packed, in slots of E: a convolution
// [ky][kx][in][out], or of an image [in][ky][kx][out]; a matrix [in][out], values in the order in
// which they lie, (H, W, C), outputs padded with zeros to sixteens.
template <class E>
int64_t packed_size(const Layer &l) {
  return l.linear() ? E::slots(l.in_size()) * padded(l.out_size()) : 16 * E::slots(l.ci) * l.co;
}

template <class E>
void put(float *packed, int64_t row, int64_t pitch, int64_t column, float number) {
  if (E::kNumbers == 1) {
    packed[row * pitch + column] = number;
  } else {
    float one = E::pair(number, 0.0f);
    __builtin_memcpy(reinterpret_cast<char *>(packed + row / 2 * pitch + column) + 2 * (row % 2), &one,
                     2);
  }
}

template <class E>
void pack(const Layer &l, const float *w, float *packed) {
  __builtin_memset(packed, 0, sizeof(float) * packed_size<E>(l));
  if (l.linear()) {
    const int64_t in = l.in_size();
    const int64_t out = l.out_size();
    for (int64_t o = 0; o < out; o++) {
      const int64_t logical_out = o % l.co * l.rows * l.columns + o / l.co;
      for (int64_t i = 0; i < in; i++) {
        const int64_t logical_in = i % l.ci * l.h * l.w + i / l.ci;
        put<E>(packed, i, padded(out), o, w[logical_out * in + logical_in]);
      }
    }
    return;
  }
  const bool image = l.up() && l.co <= 3;
  const int64_t tap_size = E::slots(l.ci) * l.co;
  for (int64_t i = 0; i < l.ci; i++) {
    for (int64_t o = 0; o < l.co; o++) {
      for (int tap = 0; tap < 16; tap++) {
        const float number = w[(l.up() ? i * l.co + o : o * l.ci + i) * 16 + tap];
        if (image) {
          put<E>(packed, i, 16 * l.co, tap * l.co + o, number);
        } else {
          put<E>(packed + tap * tap_size, i, l.co, o, number);
        }
      }
    }
  }
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
    block.add(i, list + begin, static_cast<int>(at - begin));
  }
  block.finish();
  return 0;
}

}  // namespace

#endif
