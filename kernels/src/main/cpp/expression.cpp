// A chain of elementwise operations as one pass over memory.
//
// Purpose: losses, gates and optimiser updates are chains of small operations on values of one
// shape. Run one by one they read and write memory for each; here the chain is a short program
// over registers, and a register is a tile of 256 floats in the L1 cache.
//
// Shapes: the result is contiguous over dims[4], outermost first. Leaf l is read with
// strides[4 * l ...] elements; a stride of 0 repeats, so broadcasts are never materialised.
// Program: `length` instructions of five integers (kind, register written, operand a, operand b,
// bits of alpha). An operand below kLeaves is a leaf, others are registers. The last instruction
// makes the result. Kinds 0.. are Op.UnaryKind, kinds 32.. are Op.BinaryKind, in their order.
//
// Operations per element: the program's. Bytes per element: 4 for each leaf that is not repeated,
// and 4 for the result.
#include <string.h>

#include "vec_math.h"

namespace {

constexpr int kTile = 256;
constexpr int kLeaves = 32;
constexpr int kRegisters = 24;
constexpr int kBinary = 32;

struct alignas(64) Tile {
  float value[kTile];
};

template <typename F>
PB_INLINE void each(int count, float *y, const float *a, const F &f) {
  for (int i = 0; i < count; i += kLanes) store(y + i, f(load(a + i)));
}

template <typename F>
PB_INLINE void each(int count, float *y, const float *a, const float *b, const F &f) {
  for (int i = 0; i < count; i += kLanes) store(y + i, f(load(a + i), load(b + i)));
}

PB_INLINE vec where(ivec mask, float value) { return as_float(mask & as_int(broadcast(value))); }

void unary(int kind, float alpha, int n, float *y, const float *x) {
  const vec zero = {};
  const vec one = broadcast(1.0f);
  switch (kind) {
    case 0: each(n, y, x, [](vec v) { return -v; }); break;
    case 1: each(n, y, x, [](vec v) { return exp(v); }); break;
    case 2: each(n, y, x, [](vec v) { return log(v); }); break;
    case 3: each(n, y, x, [](vec v) { return sqrt(v); }); break;
    case 4: each(n, y, x, [](vec v) { return v * v; }); break;
    case 5: each(n, y, x, [&](vec v) { return one / v; }); break;
    case 6: each(n, y, x, [](vec v) { return abs(v); }); break;
    case 7:
      each(n, y, x, [&](vec v) { return where(v > zero, 1.0f) - where(v < zero, 1.0f); });
      break;
    case 8: each(n, y, x, [&](vec v) { return where(v > zero, 1.0f); }); break;
    case 9: each(n, y, x, [&](vec v) { return select(v < zero, zero, v); }); break;
    case 10: {
      const vec slope = broadcast(alpha);
      each(n, y, x, [&](vec v) { return select(v > zero, v, slope * v); });
      break;
    }
    case 11: each(n, y, x, [](vec v) { return sigmoid(v); }); break;
    case 12: each(n, y, x, [](vec v) { return tanh(v); }); break;
    default: each(n, y, x, [](vec v) { return softplus(v); });
  }
}

void binary(int kind, int n, float *y, const float *a, const float *b) {
  switch (kind) {
    case 0: each(n, y, a, b, [](vec u, vec v) { return u + v; }); break;
    case 1: each(n, y, a, b, [](vec u, vec v) { return u - v; }); break;
    case 2: each(n, y, a, b, [](vec u, vec v) { return u * v; }); break;
    case 3: each(n, y, a, b, [](vec u, vec v) { return u / v; }); break;
    // Not a number where either is not: limits must not hide it.
    case 4: each(n, y, a, b, [](vec u, vec v) { return select((u > v) | (u != u), u, v); }); break;
    case 5: each(n, y, a, b, [](vec u, vec v) { return select((v > u) | (u != u), u, v); }); break;
    case 6: each(n, y, a, b, [](vec u, vec v) { return where(u > v, 1.0f); }); break;
    default: each(n, y, a, b, [](vec u, vec v) { return where(u == v, 1.0f); });
  }
}

// A tile of a leaf: in place where whole vectors of it lie in memory, else copied.
PB_INLINE const float *tile_of(const float *p, int64_t stride, int count, Tile *copy) {
  if (stride == 1) {
    if (count % kLanes == 0) return p;
    memcpy(copy->value, p, sizeof(float) * static_cast<size_t>(count));
  } else {
    for (int i = 0; i < count; i++) copy->value[i] = p[i * stride];
  }
  return copy->value;
}

void run_tile(const int32_t *program, int length, const float *const *leaf, Tile *registers,
              float *y, int count) {
  const int whole = (count + kLanes - 1) / kLanes * kLanes;
  for (int i = 0; i < length; i++) {
    const int32_t *code = program + 5 * i;
    const float *a = code[2] < kLeaves ? leaf[code[2]] : registers[code[2] - kLeaves].value;
    const float *b = code[3] < kLeaves ? leaf[code[3]] : registers[code[3] - kLeaves].value;
    const bool direct = i == length - 1 && whole == count;
    float *to = direct ? y : registers[code[1] - kLeaves].value;
    if (code[0] < kBinary) {
      float alpha;
      memcpy(&alpha, code + 4, sizeof alpha);
      unary(code[0], alpha, whole, to, a);
    } else {
      binary(code[0] - kBinary, whole, to, a, b);
    }
    if (i == length - 1 && !direct) memcpy(y, to, sizeof(float) * static_cast<size_t>(count));
  }
}

}  // namespace

PB_EXPORT int32_t PB_NAME(expression)(const int32_t *program, int32_t length,
                                      const float *const *leaves, const int64_t *strides,
                                      int32_t leaf_count, float *y, const int64_t *dims) {
  const FlushDenormals flushed;
  if (length < 1) return 2;
  if (leaf_count < 1 || leaf_count > kLeaves) return 5;
  for (int i = 0; i < length; i++) {
    const int32_t *code = program + 5 * i;
    if (code[0] < 0 || code[0] >= kBinary + 8 || (code[0] > 13 && code[0] < kBinary)) return 1;
    if (code[1] < kLeaves || code[1] >= kLeaves + kRegisters) return 1;
    for (int side = 2; side < 4; side++) {
      const bool is_leaf = code[side] >= 0 && code[side] < leaf_count;
      const bool is_register = code[side] >= kLeaves && code[side] < kLeaves + kRegisters;
      if (!is_leaf && !is_register) return 1;
    }
  }
  static thread_local Tile registers[kRegisters];
  static thread_local Tile copies[kLeaves];
  const float *tile[kLeaves];
  const float *row[kLeaves];
  for (int64_t i = 0; i < dims[0]; i++) {
    for (int64_t j = 0; j < dims[1]; j++) {
      for (int64_t k = 0; k < dims[2]; k++) {
        for (int l = 0; l < leaf_count; l++) {
          const int64_t *s = strides + 4 * l;
          row[l] = leaves[l] + i * s[0] + j * s[1] + k * s[2];
          if (s[3] == 0) {
            tile[l] = copies[l].value;
            const vec value = broadcast(*row[l]);
            const int64_t most = dims[3] < kTile ? dims[3] : kTile;
            for (int64_t e = 0; e < most; e += kLanes) store(copies[l].value + e, value);
          }
        }
        for (int64_t from = 0; from < dims[3]; from += kTile) {
          const int count = static_cast<int>(dims[3] - from < kTile ? dims[3] - from : kTile);
          for (int l = 0; l < leaf_count; l++) {
            const int64_t stride = strides[4 * l + 3];
            if (stride != 0) tile[l] = tile_of(row[l] + from * stride, stride, count, copies + l);
          }
          run_tile(program, length, tile, registers, y, count);
          y += count;
        }
      }
    }
  }
  return 0;
}
