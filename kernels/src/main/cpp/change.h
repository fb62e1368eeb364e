// The change of a value inside a rectangle of its grid, and how far a layer carries it.
//
// A patch changes few units; what it changes further down is a rectangle that grows layer by layer.
// Only that is computed, and as a change: the layer's clean value, known per base, is read where
// the rectangle lies and added to where a nonlinearity needs it. So the change stays exact to a
// few roundings however small it is beside the value itself.
#ifndef PB_CHANGE_H
#define PB_CHANGE_H

#include "conv_tile.h"
#include "vec_math.h"

namespace {

// Rows y0..y1 and columns x0..x1 of a grid, the ends outside.
struct Rect {
  int y0, y1, x0, x1;

  int height() const { return y1 - y0; }
  int width() const { return x1 - x0; }
};

PB_INLINE int least(int a, int b) { return a < b ? a : b; }
PB_INLINE int most(int a, int b) { return a > b ? a : b; }

// Columns of zeros on both sides of a change, so that no tap asks for the border.
constexpr int kMargin = 3;

// How the operands of the layers' products are held: in slots of 32 bits, so that one broadcast
// feeds one multiply-add per vector of sums.
struct Singles {
  static constexpr int kNumbers = 1;  // in a slot
  static PB_INLINE vec multiply_add(vec value, vec weight, vec sum) {
    return fma(value, weight, sum);
  }
  // Numbers `at`.. of a value whose slots begin at `to`; `at` is a multiple of kLanes.
  static PB_INLINE void keep(float *to, ptrdiff_t at, vec d) { store(to + at, d); }
  static PB_INLINE int64_t slots(int64_t numbers) { return numbers; }
  static PB_INLINE float pair(float low, float) { return low; }
};

enum Kind { kDown = 0, kUp = 1, kLinear = 2 };

// A layer from h x w x ci to out_h x out_w x co: k4 s2 p1, up to twice the size or down to half of
// it, or linear from all to all.
struct Layer {
  int64_t kind;
  int64_t h, w, ci;
  int64_t rows, columns, co;
  int64_t act;           // kNone, kRelu, or kSigmoid of an image
  const float *weights;  // packed by propagate_pack
  const float *clean;    // [bases][rows][columns][co], before the activation

  bool up() const { return kind == kUp; }
  bool linear() const { return kind == kLinear; }
  int out_h() const { return static_cast<int>(rows); }
  int out_w() const { return static_cast<int>(columns); }
  int64_t in_size() const { return h * w * ci; }
  int64_t out_size() const { return rows * columns * co; }

  // Where the outputs lie that see a rectangle of the inputs.
  Rect reach(const Rect &r) const {
    if (up()) {
      return {most(0, 2 * r.y0 - 1), least(out_h(), 2 * r.y1 + 1), most(0, 2 * r.x0 - 1),
              least(out_w(), 2 * r.x1 + 1)};
    }
    return {most(0, (r.y0 - 1) >> 1), least(out_h(), (r.y1 >> 1) + 1), most(0, (r.x0 - 1) >> 1),
            least(out_w(), (r.x1 >> 1) + 1)};
  }
};

// d[y - y0][kMargin + x - x0][channel], rows `row` slots apart; the margins are zero.
struct Change {
  float *d;
  Rect rect;
  int channels;  // slots of a pixel

  ptrdiff_t row() const {
    return static_cast<ptrdiff_t>(rect.width() + 2 * kMargin) * channels;
  }
  // Pixel (y, x), which may lie in a margin.
  const float *at(int y, int x) const {
    return d + (y - rect.y0) * row() + static_cast<ptrdiff_t>(x - rect.x0 + kMargin) * channels;
  }
  void clear_margins() const {
    const size_t bytes = sizeof(float) * kMargin * channels;
    for (int y = 0; y < rect.height(); y++) {
      float *begin = d + y * row();
      __builtin_memset(begin, 0, bytes);
      __builtin_memset(begin + row() - kMargin * channels, 0, bytes);
    }
  }
};

// relu(p + d) - relu(p): of p > 0 the larger of d and -p, else of p + d and 0. Exactly d where both
// are positive.
PB_INLINE vec rectified(vec p, vec d) {
  const vec zero = {};
  return max(min(zero, -p), d + min(zero, p));
}

}  // namespace

#endif
