// The interpreter of patch programs: what a unit becomes, written by a user in one expression.
//
// Purpose: an op of one's own runs inside the patch kernels, and a delta kernel computes the new
// values of a unit with it before it spreads the change; neither is compiled again for it.
//
// Program: `length` instructions of five integers (code, register written, operands a, b, c), as
// io.patchbay.engine.expression.PatchProgram has them. Operands below kNamedValues are values of
// the unit, those from kFirstConstant on are constants, those from kFirstRegister on are registers;
// the last instruction makes the result. `valid` has to hold of a program before it is run
// (patch_machine.h).
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

  // Whether instruction i reads an operand.
  bool reads(int i, int32_t operand) const {
    const PatchStep s = steps[i];
    return s.a == operand || (s.code >= kAdd && s.b == operand) ||
           (s.code == kSelect && s.c == operand);
  }

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

}  // namespace patch
}  // namespace

#endif
