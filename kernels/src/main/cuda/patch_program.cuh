// What a unit becomes by an op of a user's own, in either of two forms.
//
// Interpreted: the op is a program, and no kernel is compiled again for it. Compiled: where PB_PATCH_OP
// is defined the op is a function `patch_op` of a unit, that stands before this file; a kernel that
// includes both is that op's alone, and computes nothing but what the op says.
//
// A program is a list of instructions of eight bytes: code, slot that keeps the result or 255, operands
// a, b and c, a byte each. Operands below 16 are values of the unit, in the order of
// io.patchbay.engine.expression.PatchValue, those below 64 constants, then slots; 127 is the previous
// result. A slot is a float that only its thread reads, in shared memory or in its own. The last
// instruction makes the result. Codes are those of PatchProgram.Code, in their order.
//
// Operations per unit: the op's, and interpreted about ten more per instruction. Bytes: what of the
// unit it reads.
#pragma once

#include "patch_unit.cuh"

constexpr int kPatchConstant = 16;
constexpr int kPatchSlot = 64;
constexpr int kPatchSlots = 24;  // the most that a program has
constexpr int kPatchPrevious = 127;
constexpr int kPatchNoSlot = 255;

struct PatchProgram {
  const unsigned long long *code;
  long long length;  // 0 where there is no op of one's own
  const float *constants;
  long long plane, width;
};

#ifdef PB_PATCH_OP

PB_DEVICE bool patch_is_own(const PatchProgram &) { return true; }

PB_DEVICE float patch_value(const PatchProgram &, const PatchUnit &unit, float *, int) {
  return patch_op(unit);
}

#else

PB_DEVICE bool patch_is_own(const PatchProgram &p) { return p.length > 0; }

PB_DEVICE float patch_named(const PatchUnit &unit, int which) {
  switch (which) {
    case 0: return unit.clean;
    case 1: return unit.source;
    case 2: return unit.mean;
    case 3: return unit.value;
    case 4: return unit.index();
    case 5: return unit.channel();
    case 6: return unit.row();
    case 7: return unit.column();
    default: return unit.random();
  }
}

// The new value of a unit. `slot` is the thread's first slot; the next one lies `apart` floats on.
PB_DEVICE float patch_value(const PatchProgram &p, const PatchUnit &unit, float *slot, int apart) {
  float y = 0.0f;
  const auto operand = [&](unsigned long long o) {
    const int place = static_cast<int>(o & 255);
    if (place == kPatchPrevious) return y;
    if (place >= kPatchSlot) return slot[(place - kPatchSlot) * apart];
    if (place >= kPatchConstant) return p.constants[place - kPatchConstant];
    return patch_named(unit, place);
  };
  for (int i = 0; i < static_cast<int>(p.length); i++) {
    const unsigned long long code = p.code[i];
    const int kind = static_cast<int>(code & 255);
    const float a = operand(code >> 16);
    const float b = kind < 9 ? a : operand(code >> 24);
    switch (kind) {
      case 0: y = a; break;
      case 1: y = -a; break;
      case 2: y = fabsf(a); break;
      case 3: y = expf(a); break;
      case 4: y = logf(a); break;
      case 5: y = sqrtf(a); break;
      case 6: y = tanhf(a); break;
      case 7: y = sigmoid_of(a); break;
      case 8: y = floorf(a); break;
      case 9: y = a + b; break;
      case 10: y = a - b; break;
      case 11: y = a * b; break;
      case 12: y = a / b; break;
      case 13: y = smaller_of(a, b); break;
      case 14: y = larger_of(a, b); break;
      case 15: y = a < b ? 1.0f : 0.0f; break;
      case 16: y = a <= b ? 1.0f : 0.0f; break;
      case 17: y = a == b ? 1.0f : 0.0f; break;
      case 18: y = a != b ? 1.0f : 0.0f; break;
      default: {
        const float c = operand(code >> 32);
        y = a != 0.0f ? b : c;
      }
    }
    const int to = static_cast<int>(code >> 8 & 255);
    if (to != kPatchNoSlot) slot[to * apart] = y;
  }
  return y;
}

#endif
