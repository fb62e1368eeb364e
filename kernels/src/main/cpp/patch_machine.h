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
  PatchKept registers[kRegisters];
  PatchState state;

  static bool is_sum_or_product(int32_t code) { return code >= kAdd && code <= kMultiply; }

  // Whether instruction i and the next one are one link: a sum or product that the next one adds to
  // what instruction i - 1 has made, or the like, and nobody else reads.
  static bool joined(const PatchProgram &program, int i) {
    if (i < 1 || i + 1 >= program.length) return false;
    const PatchStep &before = program.steps[i - 1], &s = program.steps[i];
    const PatchStep &next = program.steps[i + 1];
    if (!is_sum_or_product(s.code) || !is_sum_or_product(next.code)) return false;
    if (s.a == before.to || s.b == before.to || s.to == before.to) return false;
    const bool both = (next.a == before.to && next.b == s.to) ||
                      (next.a == s.to && next.b == before.to);
    return both && !read_after(program, i, i + 1);
  }

  // Whether what instruction i makes is read after instruction `last`.
  static bool read_after(const PatchProgram &program, int i, int last) {
    const int32_t made = program.steps[i].to;
    for (int k = i + 1; k < program.length; k++) {
      if (k > last && program.reads(k, made)) return true;
      if (program.steps[k].to == made) return false;
    }
    return false;
  }

  static PatchForm form(int32_t operand, int32_t before) {
    if (operand == before) return kBefore;
    if (operand >= kFirstRegister) return kKept;
    return operand >= kFirstConstant ? kNumber : kMemory;
  }

  static PatchRunner runner(const PatchStep &s, int32_t before) {
    if (s.code < kAdd) return kOnes[s.code][s.a == before];
    if (s.code < kSelect) return kTwos[s.code - kAdd][form(s.a, before)][form(s.b, before)];
    return kSelects[(s.a == before) + 2 * (s.b == before) + 4 * (s.c == before)];
  }

  // Of two instructions that are one.
  static PatchRunner runner(const PatchStep &s, const PatchStep &next) {
    const bool a = form(s.a, -1) == kNumber, b = form(s.b, -1) == kNumber;
    return kThrees[next.code - kAdd][next.a == s.to][s.code - kAdd][b ? 1 : a ? 2 : 0];
  }

  const PatchOperand *operand(int32_t o) const { return state.operands + o; }

 public:
  explicit PatchMachine(const PatchProgram &program) : end(links), state{} {
    for (int i = 0; i < program.constant_count; i++) {
      set_all(kFirstConstant + i, program.constants[i]);
    }
    for (int i = 0; i < kRegisters; i++) {
      state.operands[kFirstRegister + i] = {registers[i].value, kKeptFrom};
    }
    int32_t before = -1;
    for (int i = 0; i < program.length; i++) {
      const PatchStep &s = program.steps[i];
      if (joined(program, i)) {
        const PatchStep &next = program.steps[++i];
        *end++ = {runner(s, next), operand(s.a), operand(s.b), nullptr, nullptr};
      } else if (s.code != kMove || s.a != before) {
        *end++ = {runner(s, before), operand(s.a), operand(s.b), operand(s.c), nullptr};
      }
      before = program.steps[i].to;
      if (read_after(program, i, joined(program, i + 1) ? i + 2 : i + 1)) {
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
