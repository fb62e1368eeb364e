// Runs a patch program: its chain (patch_steps.h), and where each value stands.
#ifndef PB_PATCH_MACHINE_H
#define PB_PATCH_MACHINE_H

#include "patch_steps.h"

namespace {
namespace patch {

static_assert(kTile % kBlock == 0, "tiles are whole blocks");

// One lives as long as one call of a kernel.
class PatchMachine {
  PatchLink links[2 * kLongest + 1];
  PatchLink *end;
  PatchBlock numbers[kFirstRegister];  // values with one number for all units, and constants
  PatchBlock registers[kRegisters];
  PatchState state;

  // Whether a later instruction than the next one reads what instruction i makes.
  static bool kept(const PatchProgram &program, int i) {
    const int32_t made = program.steps[i].to;
    for (int k = i + 1; k < program.length; k++) {
      if (k > i + 1 && program.reads(k, made)) return true;
      if (program.steps[k].to == made) return false;
    }
    return false;
  }

  static PatchForm form(int32_t operand, int32_t before) {
    if (operand == before) return kBefore;
    return operand >= kFirstConstant && operand < kFirstRegister ? kNumber : kMemory;
  }

  static PatchRunner runner(const PatchStep &s, int32_t before) {
    if (s.code < kAdd) return kOnes[s.code][s.a == before];
    if (s.code < kSelect) return kTwos[s.code - kAdd][form(s.a, before)][form(s.b, before)];
    return kSelects[(s.a == before) + 2 * (s.b == before) + 4 * (s.c == before)];
  }

  const PatchOperand *operand(int32_t o) const { return state.operands + o; }

 public:
  explicit PatchMachine(const PatchProgram &program) : end(links), state{} {
    for (int i = 0; i < program.constant_count; i++) {
      set_all(kFirstConstant + i, program.constants[i]);
    }
    for (int i = 0; i < kRegisters; i++) {
      state.operands[kFirstRegister + i] = {registers[i].value, 0};
    }
    int32_t before = -1;
    for (int i = 0; i < program.length; i++) {
      const PatchStep &s = program.steps[i];
      if (s.code != kMove || s.a != before) {
        *end++ = {runner(s, before), operand(s.a), operand(s.b), operand(s.c), nullptr};
      }
      before = s.to;
      if (kept(program, i)) {
        *end++ = {patch_keep, nullptr, nullptr, nullptr, registers[before - kFirstRegister].value};
      }
    }
  }

  // A value with one number per unit: whole blocks of it have to be readable.
  void set(int value, const float *tile) { state.operands[value] = {tile, ~ptrdiff_t{0}}; }

  // A value with one number for all units.
  void set_all(int value, float number) {
    float *to = numbers[value].value;
    PB_EACH(kBlockVectors) store(to + i * kLanes, broadcast(number));
    state.operands[value] = {to, 0};
  }

  // The new values of `count` units, whole blocks of them.
  void run(float *y, int count) {
    state.y = y;
    run(patch_put, count);
  }

  // The same with another end of the chain, for which the state has been set.
  void run(PatchRunner last, int count) {
    end->run = last;
    const vec none = {};
    for (ptrdiff_t i = 0; i < count; i += kBlock) {
      links->run(none, none, none, none, none, none, none, none, links, i, &state);
    }
  }

  PatchState &ends() { return state; }
};

}  // namespace patch
}  // namespace

#endif
