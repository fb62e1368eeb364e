// The interpreter of patch programs: what a unit becomes, written by a user in one expression.
//
// Purpose: an op of one's own runs inside the patch kernels, and a delta kernel computes the new
// values of a unit with it before it spreads the change; neither is compiled again for it.
//
// Code: code, slot that keeps the result or 255, operands a, b and c, a byte each. Operands below
// 16 are values of the unit, in the order of io.patchbay.engine.expression.PatchValue, those below
// 64 constants, then slots; 127 is the previous result. A slot is a float of shared memory that
// only its thread reads. The last instruction makes the result. Codes are those of
// PatchProgram.Code, in their order.
//
// Operations per unit: the program's; bytes: what of the unit it reads.
#pragma once

#include "functions.cuh"
#include "philox.cuh"

constexpr int kPatchLongest = 96;
constexpr int kPatchConstant = 16;
constexpr int kPatchSlot = 64;
constexpr int kPatchPrevious = 127;
constexpr int kPatchNoSlot = 255;
constexpr unsigned kPatchStream = 15;  // io.patchbay.engine.random.Streams.PATCH

struct PatchCode {
  long long length;
  unsigned long long code[kPatchLongest];
  float constant[kPatchSlot - kPatchConstant];
};

// What is known of a unit; what a program does not read need not be there.
struct PatchUnit {
  float clean, source, mean, value;
  int unit, plane, width;
  const int *seed, *ids;  // of its row

  PB_DEVICE float named(int which) const {
    const unsigned u = static_cast<unsigned>(unit), at = u % static_cast<unsigned>(plane);
    switch (which) {
      case 0: return clean;
      case 1: return source;
      case 2: return mean;
      case 3: return value;
      case 4: return static_cast<float>(u);
      case 5: return static_cast<float>(u / static_cast<unsigned>(plane));
      case 6: return static_cast<float>(at / static_cast<unsigned>(width));
      case 7: return static_cast<float>(at % static_cast<unsigned>(width));
      default: return PhiloxKey(seed, ids).uniform(u, kPatchStream);
    }
  }
};

// The new value of a unit. `slot` is the thread's first slot; the next one lies `apart` floats on.
PB_DEVICE float patch_value(const PatchCode &p, const PatchUnit &unit, float *slot, int apart) {
  float y = 0.0f;
  const auto operand = [&](unsigned long long o) {
    const int place = static_cast<int>(o & 255);
    if (place == kPatchPrevious) return y;
    if (place >= kPatchSlot) return slot[(place - kPatchSlot) * apart];
    if (place >= kPatchConstant) return p.constant[place - kPatchConstant];
    return unit.named(place);
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
