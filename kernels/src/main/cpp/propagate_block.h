// Cells on their way through the layers: convolutions one cell after the other, linear layers some cells
// together.
#ifndef PB_PROPAGATE_BLOCK_H
#define PB_PROPAGATE_BLOCK_H

#include "propagate_call.h"

namespace {

// A cell on its way: its number, and its change where a layer takes it as a whole.
struct Cell {
  int64_t n;
  float *at;
};

template <class E>
class Block {
  const Call &call;
  CleanImage &image;
  float *sums;       // of a convolution's outputs
  float *scratch;    // of a cell's convolutions
  float *rows[2];    // of all cells, before and after a linear layer
  int32_t *lists[kGroups];  // of slots
  int64_t row_size;
  int which = 0;
  Cell cells[kCells];
  int count = 0;
  Upcoming next = {};

 public:
  Block(const Call &c, CleanImage &i) : call(c), image(i) {
    row_size = cell_size(c.layers, c.layer_count);
    rows[0] = c.scratch;
    rows[1] = rows[0] + kCells * row_size;
    for (int g = 0; g < kGroups; g++) {
      lists[g] = reinterpret_cast<int32_t *>(rows[1] + (kCells + g) * row_size);
    }
    sums = rows[1] + (kCells + kGroups) * row_size;
    scratch = sums + sums_size(c.layers, c.layer_count);
  }

  // Takes a cell up to its first linear layer, or to its end; `after` is what the next one takes.
  void add(int64_t n, const Range *ranges, int range_count, const Upcoming &after) {
    next = after;
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
    if (call.end != kProducts) return {call.end, nullptr, next};
    const int64_t size = call.layers[call.layer_count - 1].out_size();
    return {call.end, call.directions + call.direction[n] * size, next};
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
  void multiply(int i, const Inputs &in, Sink &sink) {
    carry_linear<Singles>(call.layers[i], in, count, sink);
  }

  template <class Sink>
  void multiply(int i, const Change &change, int first, const Rect &out, Sink &sink) {
    const Layer &l = call.layers[i];
    if (i == 0 && change.channels == 1) {
      carry_channel(l, change, first, out, sink);
    } else if (i == 0) {
      carry<Singles>(l, change, first, out, sums, sink);
    } else {
      carry<E>(l, change, first, out, sums, sink);
    }
  }

  // Layer i of all cells; `joins`: a convolution takes what it makes.
  void linear(int i, bool joins) {
    const Layer &l = call.layers[i];
    Inputs in;
    for (int g = 0; g < kGroups; g++) in.room[g] = lists[g];
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
    float *rest = room + plane_size(l);
    if (l.co == 1) {
      return image_effect<O, 1>(l, change, first, out, image, measure(n), room, rest);
    }
    return image_effect<O, 3>(l, change, first, out, image, measure(n), room, rest);
  }
};

}  // namespace

#endif
