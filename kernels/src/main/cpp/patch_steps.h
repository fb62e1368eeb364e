// What a patch program is run by: a chain of functions, about one per instruction, over blocks of
// eight vectors.
//
// A result stays in the eight vector registers in which functions hand it on; what is needed later
// than by the next instruction is kept beside them, in a block of the first-level cache. Each
// function ends with a jump to the next, so that an instruction costs its operations, the loads of
// its other operands, and a jump per block: half a cycle per vector with a number, a cycle with a
// value, and two more for what is kept.
#ifndef PB_PATCH_STEPS_H
#define PB_PATCH_STEPS_H

#include "patch_program.h"

namespace {
namespace patch {

constexpr int kBlockVectors = 8;
constexpr int kBlock = kBlockVectors * kLanes;

// What of the number of a block's first unit says where its results are kept: in one of four places
// by turns, so that it need not wait until those of the block before have been read.
constexpr ptrdiff_t kKeptFrom = 3 * kBlock;

struct alignas(64) PatchBlock {
  float value[kBlock];
};

struct alignas(64) PatchKept {
  float value[kKeptFrom + kBlock];
};

// Where an operand is read: one block after the other (mask ~0), one again and again (mask 0), or
// four by turns.
struct PatchOperand {
  const float *at;
  ptrdiff_t mask;

  PB_INLINE const float *block(ptrdiff_t from) const { return at + (from & mask); }
};

struct PatchLink;

// What a chain is run on.
struct PatchState {
  PatchOperand operands[kOperands];
  // Where the results go: to y, or as changes of `clean`, the vectors of a block at `places`.
  float *y;
  const float *clean;
  ptrdiff_t places[kBlockVectors];
  ptrdiff_t step;  // from block to block
  ivec any;        // the bits of all changes
};

using PatchRunner = void (*)(vec, vec, vec, vec, vec, vec, vec, vec, const PatchLink *, ptrdiff_t,
                             PatchState *);

// One function of a chain, and its operands beside the result before it.
struct PatchLink {
  PatchRunner run;
  const PatchOperand *a, *b, *c;
  float *to;
};

#define PB_VECTORS vec v0, vec v1, vec v2, vec v3, vec v4, vec v5, vec v6, vec v7

PB_INLINE void patch_next(const vec (&v)[kBlockVectors], const PatchLink *link, ptrdiff_t at,
                          PatchState *state) {
  link[1].run(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], link + 1, at, state);
}

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

// An operation of one vector or of two. MIN and MAX are not a number where either is not.
template <int kCode>
PB_INLINE vec patch_of(vec u, vec v) {
  switch (kCode) {
    case kNegate: return -u;
    case kAbs: return abs(u);
    case kSqrt: return sqrt(u);
    case kFloor: return floor(u);
    case kAdd: return u + v;
    case kSubtract: return u - v;
    case kMultiply: return u * v;
    case kDivide: return u / v;
    case kMin: return select(u != u, u, min(u, v));
    case kMax: return select(u != u, u, max(u, v));
    case kLess: return truth(u < v);
    case kAtMost: return truth(u <= v);
    case kEqual: return truth(u == v);
    case kUnequal: return truth(u != v);
    default: return u;
  }
}

// Functions of several vectors at once: a polynomial is a chain of operations that wait for one
// another, and only neighbouring chains keep the units busy.
template <int kCode, int N>
PB_INLINE void patch_function(vec (&v)[N]) {
  switch (kCode) {
    case kExp: exp_each(v); break;
    case kLog: log_each(v); break;
    case kTanh: tanh_each(v); break;
    default: sigmoid_each(v);
  }
}

// kChained: operand a is the result before.
template <int kCode, bool kChained>
void patch_one(PB_VECTORS, const PatchLink *link, ptrdiff_t at, PatchState *state) {
  vec v[kBlockVectors] = {v0, v1, v2, v3, v4, v5, v6, v7};
  const float *a = kChained ? nullptr : link->a->block(at);
  if (!kChained) {
    PB_EACH(kBlockVectors) v[i] = load(a + i * kLanes);
  }
  if (kCode == kExp || kCode == kLog || kCode == kTanh || kCode == kSigmoid) {
    constexpr int kTogether = kLanes == 16 ? 4 : 2;
#pragma GCC unroll 4
    for (int k = 0; k < kBlockVectors; k += kTogether) {
      vec some[kTogether];
      PB_EACH(kTogether) some[i] = v[k + i];
      patch_function<kCode>(some);
      PB_EACH(kTogether) v[k + i] = some[i];
    }
  } else {
    PB_EACH(kBlockVectors) v[i] = patch_of<kCode>(v[i], v[i]);
  }
  patch_next(v, link, at, state);
}

// How an operand of two is read: a block of memory, the result before, one number, or a result that
// was kept. These have functions of their own: a load that at times follows its own store, and at
// times does not, makes the processor wait every time.
enum PatchForm { kMemory, kBefore, kNumber, kKept };

template <PatchForm kForm>
PB_INLINE const float *patch_place(const PatchOperand *of, ptrdiff_t at) {
  if (kForm == kBefore) return nullptr;
  return kForm == kMemory ? of->block(at) : of->at + (kForm == kKept ? at & kKeptFrom : 0);
}

template <PatchForm kForm>
PB_INLINE vec patch_operand(const float *from, vec before, int k) {
  if (kForm == kBefore) return before;
  return load(from + (kForm == kNumber ? 0 : k * kLanes));
}

template <int kCode, PatchForm kA, PatchForm kB>
void patch_two(PB_VECTORS, const PatchLink *link, ptrdiff_t at, PatchState *state) {
  vec v[kBlockVectors] = {v0, v1, v2, v3, v4, v5, v6, v7};
  const float *a = patch_place<kA>(link->a, at);
  const float *b = patch_place<kB>(link->b, at);
  PB_EACH(kBlockVectors) {
    v[i] = patch_of<kCode>(patch_operand<kA>(a, v[i], i), patch_operand<kB>(b, v[i], i));
  }
  patch_next(v, link, at, state);
}

// The result before and an operation of two operands, of which the latter comes first where not
// kBeforeFirst: a sum of products needs no place for the second one.
template <int kOuter, bool kBeforeFirst, int kCode, PatchForm kA, PatchForm kB>
void patch_three(PB_VECTORS, const PatchLink *link, ptrdiff_t at, PatchState *state) {
  vec v[kBlockVectors] = {v0, v1, v2, v3, v4, v5, v6, v7};
  const float *a = link->a->block(at);
  const float *b = link->b->block(at);
  PB_EACH(kBlockVectors) {
    const vec u = patch_of<kCode>(patch_operand<kA>(a, v[i], i), patch_operand<kB>(b, v[i], i));
    v[i] = kBeforeFirst ? patch_of<kOuter>(v[i], u) : patch_of<kOuter>(u, v[i]);
  }
  patch_next(v, link, at, state);
}

// kChained: which operands are the result before, a (1), b (2), c (4).
template <int kChained>
void patch_select(PB_VECTORS, const PatchLink *link, ptrdiff_t at, PatchState *state) {
  vec v[kBlockVectors] = {v0, v1, v2, v3, v4, v5, v6, v7};
  const vec zero = {};
  const float *a = link->a->block(at);
  const float *b = link->b->block(at);
  const float *c = link->c->block(at);
  PB_EACH(kBlockVectors) {
    v[i] = select((kChained & 1 ? v[i] : load(a + i * kLanes)) != zero,
                  kChained & 2 ? v[i] : load(b + i * kLanes),
                  kChained & 4 ? v[i] : load(c + i * kLanes));
  }
  patch_next(v, link, at, state);
}

// Keeps the result before for later.
void patch_keep(PB_VECTORS, const PatchLink *link, ptrdiff_t at, PatchState *state) {
  const vec v[kBlockVectors] = {v0, v1, v2, v3, v4, v5, v6, v7};
  float *to = link->to + (at & kKeptFrom);
  PB_EACH(kBlockVectors) store(to + i * kLanes, v[i]);
  patch_next(v, link, at, state);
}

// The end of a chain: its results as they are.
void patch_put(PB_VECTORS, const PatchLink *, ptrdiff_t at, PatchState *state) {
  const vec v[kBlockVectors] = {v0, v1, v2, v3, v4, v5, v6, v7};
  float *y = state->y + at;
  PB_EACH(kBlockVectors) store(y + i * kLanes, v[i]);
}

constexpr PatchRunner kOnes[][2] = {
    {patch_one<kMove, false>, patch_one<kMove, true>},
    {patch_one<kNegate, false>, patch_one<kNegate, true>},
    {patch_one<kAbs, false>, patch_one<kAbs, true>},
    {patch_one<kExp, false>, patch_one<kExp, true>},
    {patch_one<kLog, false>, patch_one<kLog, true>},
    {patch_one<kSqrt, false>, patch_one<kSqrt, true>},
    {patch_one<kTanh, false>, patch_one<kTanh, true>},
    {patch_one<kSigmoid, false>, patch_one<kSigmoid, true>},
    {patch_one<kFloor, false>, patch_one<kFloor, true>},
};

#define PB_FORMS(code, a)                                                                    \
  {patch_two<code, a, kMemory>, patch_two<code, a, kBefore>, patch_two<code, a, kNumber>,    \
   patch_two<code, a, kKept>}
#define PB_TWO(code)                                                                         \
  {PB_FORMS(code, kMemory), PB_FORMS(code, kBefore), PB_FORMS(code, kNumber),                \
   PB_FORMS(code, kKept)}
// By the code from ADD on, by the form of a, and by that of b.
constexpr PatchRunner kTwos[][4][4] = {
    PB_TWO(kAdd), PB_TWO(kSubtract), PB_TWO(kMultiply), PB_TWO(kDivide), PB_TWO(kMin),
    PB_TWO(kMax), PB_TWO(kLess),     PB_TWO(kAtMost),   PB_TWO(kEqual),  PB_TWO(kUnequal),
};

// Of ADD, SUBTRACT and MULTIPLY: by the outer one, by whether the inner one is its first operand,
// by the inner one, and by its forms: memory twice, memory and a number, a number and memory.
#define PB_INNER(outer, first, code)                                                         \
  {patch_three<outer, first, code, kMemory, kMemory>,                                        \
   patch_three<outer, first, code, kMemory, kNumber>,                                        \
   patch_three<outer, first, code, kNumber, kMemory>}
#define PB_THREE(outer, first)                                                               \
  {PB_INNER(outer, first, kAdd), PB_INNER(outer, first, kSubtract),                          \
   PB_INNER(outer, first, kMultiply)}
constexpr PatchRunner kThrees[][2][3][3] = {
    {PB_THREE(kAdd, true), PB_THREE(kAdd, true)},
    {PB_THREE(kSubtract, true), PB_THREE(kSubtract, false)},
    {PB_THREE(kMultiply, true), PB_THREE(kMultiply, true)},
};

constexpr PatchRunner kSelects[] = {
    patch_select<0>, patch_select<1>, patch_select<2>, patch_select<3>,
    patch_select<4>, patch_select<5>, patch_select<6>, patch_select<7>,
};

}  // namespace patch
}  // namespace

#endif
