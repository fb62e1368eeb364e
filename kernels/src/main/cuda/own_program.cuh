// What a unit becomes by an op of a user's own: its program, one unit to a thread, and what it may
// read of a unit beside activations, its place and its random number.
//
// Program: `length` instructions of five integers (code, register written, operands a, b, c), as
// io.patchbay.engine.expression.PatchProgram has them. Operands below 16 are values of the unit,
// those from 16 on constants, those from 64 on registers. The last instruction makes the result.
//
// Registers are an array with places known at run time only, so they lie in local memory, which the
// first-level cache holds: 88 words of a thread. Operations per unit: the program's and about ten per
// instruction to find its operands.
#pragma once

#include "functions.cuh"
#include "philox.cuh"

// The order of io.patchbay.engine.expression.PatchValue.
constexpr int kPatchClean = 0;
constexpr int kPatchSource = 1;
constexpr int kPatchMean = 2;
constexpr int kPatchValue = 3;
constexpr int kPatchUnit = 4;
constexpr int kPatchChannel = 5;
constexpr int kPatchRow = 6;
constexpr int kPatchColumn = 7;
constexpr int kPatchRandom = 8;
constexpr int kPatchFirstConstant = 16;
constexpr int kPatchFirstRegister = 64;
constexpr int kPatchOperands = 88;

struct PatchProgram {
  const int *words;
  long long length;
  const float *constants;
  long long constant_count;
  long long plane, width;  // of the site: units of a channel, and of a row of it
};

struct PatchInstruction {
  int code, to, a, b, c;
};

PB_DEVICE float patch_truth(bool holds) { return holds ? 1.0f : 0.0f; }

// The order of io.patchbay.engine.expression.PatchProgram.Code.
PB_DEVICE float patch_step(int code, float a, float b, float c) {
  switch (code) {
    case 0: return a;
    case 1: return -a;
    case 2: return fabsf(a);
    case 3: return expf(a);
    case 4: return logf(a);
    case 5: return sqrtf(a);
    case 6: return tanhf(a);
    case 7: return sigmoid_of(a);
    case 8: return floorf(a);
    case 9: return a + b;
    case 10: return a - b;
    case 11: return a * b;
    case 12: return a / b;
    case 13: return smaller_of(a, b);
    case 14: return larger_of(a, b);
    case 15: return patch_truth(a < b);
    case 16: return patch_truth(a <= b);
    case 17: return patch_truth(a == b);
    case 18: return patch_truth(a != b);
    default: return a != 0.0f ? b : c;
  }
}

// The place of a unit among the values that a program reads; the caller sets the others.
PB_DEVICE void patch_place(const PatchProgram &program, int unit, float *values) {
  const int plane = static_cast<int>(program.plane);
  const int width = static_cast<int>(program.width);
  values[kPatchUnit] = static_cast<float>(unit);
  values[kPatchChannel] = static_cast<float>(unit / plane);
  values[kPatchRow] = static_cast<float>(unit % plane / width);
  values[kPatchColumn] = static_cast<float>(unit % plane % width);
}

// Runs a program on the values of one unit; the rest of the array is room for it.
PB_DEVICE float patch_run(const PatchProgram &program, float (&values)[kPatchOperands]) {
  for (int i = 0; i < program.constant_count; i++) {
    values[kPatchFirstConstant + i] = program.constants[i];
  }
  const PatchInstruction *steps = reinterpret_cast<const PatchInstruction *>(program.words);
  float result = 0.0f;
  for (int i = 0; i < program.length; i++) {
    const PatchInstruction s = steps[i];
    result = patch_step(s.code, values[s.a], values[s.b], values[s.c]);
    values[s.to] = result;
  }
  return result;
}

// The random number of a unit, uniform in [0, 1) with 24 bits.
//
// ids: low 32 bits and high 16 bits of the input id, and the draw.
PB_DEVICE float patch_random(const int *seed, const int *ids, int unit) {
  constexpr unsigned kStream = 15;  // io.patchbay.engine.random.Streams.PATCH
  return PhiloxKey(seed, ids).uniform(static_cast<unsigned>(unit), kStream);
}
