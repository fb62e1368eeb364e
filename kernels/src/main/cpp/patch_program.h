// The interpreter of patch programs: what a unit becomes, written by a user in one expression.
//
// Purpose: an op of one's own runs inside the patch kernels, and a delta kernel computes the new
// values of a unit with it before it spreads the change; neither is compiled again for it.
//
// Program: `length` instructions of five integers (code, register written, operands a, b, c), as
// io.patchbay.engine.expression.PatchProgram has them. Operands below kNamedValues are values of
// the unit, those from kFirstConstant on are constants, those from kFirstRegister on are registers;
// a register is a tile of 256 floats in the first-level cache. The last instruction makes the
// result. `valid` has to hold of a program before it is run.
//
// Operations per unit: the program's, by vectors of kLanes. Bytes per unit: 4 for each of clean,
// source, mean and random that the program reads, and 4 for the result.
#ifndef PB_PATCH_PROGRAM_H
#define PB_PATCH_PROGRAM_H

#include <string.h>

#include "vec_math.h"

namespace {
namespace patch {

constexpr int kTile = 256;
constexpr int kFirstConstant = 16;
constexpr int kFirstRegister = 64;
constexpr int kRegisters = 24;
constexpr int kOperands = kFirstRegister + kRegisters;
constexpr int kLongest = 96;

// The order of io.patchbay.engine.expression.PatchValue.
enum PatchValue {
  kClean,
  kSource,
  kMean,
  kValue,
  kUnit,
  kChannel,
  kRow,
  kColumn,
  kRandom,
  kNamedValues
};

// The order of io.patchbay.engine.expression.PatchProgram.Code.
enum PatchCode {
  kMove,
  kNegate,
  kAbs,
  kExp,
  kLog,
  kSqrt,
  kTanh,
  kSigmoid,
  kFloor,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kMin,
  kMax,
  kLess,
  kAtMost,
  kEqual,
  kUnequal,
  kSelect,
  kCodes
};

struct PatchStep {
  int32_t code, to, a, b, c;
};

struct PatchProgram {
  const PatchStep *steps;
  int32_t length;
  const float *constants;
  int32_t constant_count;

  // The values that a valid program reads, a bit each.
  uint32_t reads() const {
    uint32_t bits = 0;
    for (int i = 0; i < length; i++) {
      const PatchStep s = steps[i];
      if (s.a < kNamedValues) bits |= 1u << s.a;
      if (s.code >= kAdd && s.b < kNamedValues) bits |= 1u << s.b;
      if (s.code == kSelect && s.c < kNamedValues) bits |= 1u << s.c;
    }
    return bits;
  }

  // Whether every operand is a value, a constant that there is, or a register written before.
  bool valid() const {
    if (length < 1 || length > kLongest || steps == nullptr) return false;
    if (constant_count < 0 || constant_count > kFirstRegister - kFirstConstant) return false;
    if (constant_count > 0 && constants == nullptr) return false;
    bool written[kRegisters] = {};
    for (int i = 0; i < length; i++) {
      const PatchStep s = steps[i];
      if (s.code < 0 || s.code >= kCodes) return false;
      const int32_t operands[3] = {s.a, s.code >= kAdd ? s.b : 0, s.code == kSelect ? s.c : 0};
      for (const int32_t o : operands) {
        const bool named = o >= 0 && o < kNamedValues;
        const bool constant = o >= kFirstConstant && o < kFirstConstant + constant_count;
        const bool made = o >= kFirstRegister && o < kOperands && written[o - kFirstRegister];
        if (!named && !constant && !made) return false;
      }
      if (s.to < kFirstRegister || s.to >= kOperands) return false;
      written[s.to - kFirstRegister] = true;
    }
    return true;
  }
};

struct alignas(64) PatchTile {
  float value[kTile];
};

// Where an operand is read: one element after the other (mask ~0), or one vector again and again
// (mask 0).
struct PatchOperand {
  const float *at;
  int mask;

  PB_INLINE vec vector(int i) const { return load(at + (i & mask)); }
};

PB_INLINE vec truth(ivec mask) { return as_float(mask & as_int(broadcast(1.0f))); }

PB_INLINE vec floor(vec v) {
#if PB_LANES == 16
  return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
#elif PB_LANES == 8
  return _mm256_floor_ps(v);
#else
  vec r = v;
  for (int i = 0; i < kLanes; i++) r[i] = __builtin_floorf(v[i]);
  return r;
#endif
}

template <typename F>
PB_INLINE void patch_each(int count, float *y, const F &f) {
  for (int i = 0; i < count; i += kLanes) store(y + i, f(i));
}

// The same of a function of several vectors at once: a polynomial is a chain of operations that wait
// for one another, and only neighbouring chains keep the units busy.
template <typename F>
PB_INLINE void patch_together(int count, float *y, PatchOperand x, const F &f) {
  constexpr int kEach = kLanes == 16 ? 4 : 2;
  int i = 0;
  for (; i + kEach * kLanes <= count; i += kEach * kLanes) {
    vec v[kEach];
    for (int k = 0; k < kEach; k++) v[k] = x.vector(i + k * kLanes);
    f(v);
    for (int k = 0; k < kEach; k++) store(y + i + k * kLanes, v[k]);
  }
  for (; i < count; i += kLanes) {
    vec v[1] = {x.vector(i)};
    f(v);
    store(y + i, v[0]);
  }
}

PB_INLINE void patch_step(int code, int n, float *y, PatchOperand a, PatchOperand b,
                          PatchOperand c) {
  const vec zero = {};
  switch (code) {
    case kMove: patch_each(n, y, [&](int i) { return a.vector(i); }); break;
    case kNegate: patch_each(n, y, [&](int i) { return -a.vector(i); }); break;
    case kAbs: patch_each(n, y, [&](int i) { return abs(a.vector(i)); }); break;
    case kExp: patch_together(n, y, a, [](auto &v) { exp_each(v); }); break;
    case kLog: patch_together(n, y, a, [](auto &v) { log_each(v); }); break;
    case kSqrt: patch_each(n, y, [&](int i) { return sqrt(a.vector(i)); }); break;
    case kTanh: patch_together(n, y, a, [](auto &v) { tanh_each(v); }); break;
    case kSigmoid: patch_together(n, y, a, [](auto &v) { sigmoid_each(v); }); break;
    case kFloor: patch_each(n, y, [&](int i) { return floor(a.vector(i)); }); break;
    case kAdd: patch_each(n, y, [&](int i) { return a.vector(i) + b.vector(i); }); break;
    case kSubtract: patch_each(n, y, [&](int i) { return a.vector(i) - b.vector(i); }); break;
    case kMultiply: patch_each(n, y, [&](int i) { return a.vector(i) * b.vector(i); }); break;
    case kDivide: patch_each(n, y, [&](int i) { return a.vector(i) / b.vector(i); }); break;
    // Not a number where either is not.
    case kMin:
      patch_each(n, y, [&](int i) {
        const vec u = a.vector(i), v = b.vector(i);
        return select((v > u) | (u != u), u, v);
      });
      break;
    case kMax:
      patch_each(n, y, [&](int i) {
        const vec u = a.vector(i), v = b.vector(i);
        return select((u > v) | (u != u), u, v);
      });
      break;
    case kLess: patch_each(n, y, [&](int i) { return truth(a.vector(i) < b.vector(i)); }); break;
    case kAtMost:
      patch_each(n, y, [&](int i) { return truth(a.vector(i) <= b.vector(i)); });
      break;
    case kEqual: patch_each(n, y, [&](int i) { return truth(a.vector(i) == b.vector(i)); }); break;
    case kUnequal:
      patch_each(n, y, [&](int i) { return truth(a.vector(i) != b.vector(i)); });
      break;
    default:
      patch_each(n, y, [&](int i) {
        return select(a.vector(i) != zero, b.vector(i), c.vector(i));
      });
  }
}

// Runs a program on tiles of units. One lives as long as one call of a kernel: it holds the
// constants spread to vectors, and where each value stands.
class PatchMachine {
  const PatchProgram program;
  PatchOperand named[kNamedValues];
  alignas(64) float spread[kFirstRegister - kFirstConstant][kLanes];
  PatchTile registers[kRegisters];

  PB_INLINE PatchOperand operand(int32_t o) const {
    if (o >= kFirstRegister) return {registers[o - kFirstRegister].value, ~0};
    if (o >= kFirstConstant) return {spread[o - kFirstConstant], 0};
    return named[o];
  }

 public:
  explicit PatchMachine(const PatchProgram &of) : program(of), named{} {
    for (int i = 0; i < program.constant_count; i++)
      store(spread[i], broadcast(program.constants[i]));
  }

  // A value with one number per unit: whole vectors of it have to be readable.
  void set(PatchValue value, const float *tile) { named[value] = {tile, ~0}; }

  // A value with one number for all units, spread to kLanes floats at `one`.
  void set_all(PatchValue value, const float *one) { named[value] = {one, 0}; }

  // The new values of `count` units, at most kTile; whole vectors are written.
  void run(float *y, int count) {
    for (int i = 0; i < program.length; i++) {
      const PatchStep s = program.steps[i];
      float *to = i == program.length - 1 ? y : registers[s.to - kFirstRegister].value;
      patch_step(s.code, count, to, operand(s.a), operand(s.b), operand(s.c));
    }
  }
};

}  // namespace patch
}  // namespace

#endif
