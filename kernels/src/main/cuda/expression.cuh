// The interpreter of elementwise programs.
//
// A program makes four neighbouring elements of a value. Each leaf is a value of the same elements,
// or one that is repeated along some dimensions: element e of the result reads element
//   (e / divide0 % modulo0) step0 + e / divide1 % modulo1
// of it (a modulo of 0 takes all), so that nothing is ever materialised.
//
// Code: kind, slot that keeps the result or 255, operands a and b, a byte each, and alpha in the
// upper four bytes. Operands below 32 are leaves, then slots, 64 the previous result. Kinds 0.. are
// Op.UnaryKind, kind 31 hands its operand on, kinds 32.. are Op.BinaryKind, in their order.
//
// The result of an instruction stays in registers as an operand of the next one; what is wanted
// later waits in a slot, 16 bytes of shared memory for each thread, which only that thread reads.
// The program and the leaves lie in the launch's parameters, so that fetching an instruction costs
// no memory access, and all threads of a warp branch alike.
#pragma once

#include "functions.cuh"
#include "index.cuh"

constexpr int kLeaves = 32;
constexpr int kLongest = 96;
constexpr int kPrevious = 64;
constexpr int kMove = 31;
constexpr int kBinary = 32;
constexpr int kNoSlot = 255;

enum Form {
  kDense,      // its own element for each of y
  kSame,       // one element for all
  kRun,        // four neighbours of y are four neighbours of it
  kRepeated,   // four neighbours of y have the same
  kAny,        // none of these
  kImmediate,  // the bits of a number instead of an address
  kCount       // one integer
};

struct Leaf {
  const float *at;
  int form, step0;
  int divide0, modulo0;
  int divide1, modulo1;
};

struct Program {
  long long length;
  Leaf leaf[kLeaves];
  unsigned long long code[kLongest];
};

PB_DEVICE long long rest(long long n, int modulo) {
  return modulo == 0 ? n : n - quotient(n, modulo) * modulo;
}

PB_DEVICE long long place(const Leaf &leaf, long long e) {
  const long long inner = rest(quotient(e, leaf.divide1), leaf.modulo1);
  if (leaf.step0 == 0) return inner;
  return rest(quotient(e, leaf.divide0), leaf.modulo0) * leaf.step0 + inner;
}

PB_DEVICE void spread(float (&v)[4], float value) {
#pragma unroll
  for (int i = 0; i < 4; i++) v[i] = value;
}

// Four neighbours in memory.
PB_DEVICE void neighbours(float (&v)[4], const float *at) {
  const float4 all = *reinterpret_cast<const float4 *>(at);
  v[0] = all.x, v[1] = all.y, v[2] = all.z, v[3] = all.w;
}

// `count` of four neighbours from element e on, which is a multiple of four if there are four.
PB_DEVICE void fetch(float (&v)[4], const Leaf &leaf, long long e, int count) {
  if (leaf.form == kImmediate) {
    spread(v, __int_as_float(static_cast<int>(reinterpret_cast<long long>(leaf.at))));
  } else if (leaf.form == kCount) {
    spread(v, static_cast<float>(*reinterpret_cast<const int *>(leaf.at)));
  } else if (leaf.form == kSame) {
    spread(v, *leaf.at);
  } else if (leaf.form == kRepeated) {
    spread(v, leaf.at[place(leaf, e)]);
  } else if (leaf.form == kAny || count < 4) {
#pragma unroll
    for (int i = 0; i < 4; i++) v[i] = i < count ? leaf.at[place(leaf, e + i)] : 0.0f;
  } else {
    neighbours(v, leaf.at + (leaf.form == kDense ? e : place(leaf, e)));
  }
}

// y = `count` elements from e on. `leaves(i)` is leaf i; a thread's slots begin at `slot`, and the
// next one lies `apart` further on.
template <class Leaves>
PB_DEVICE void evaluate(const unsigned long long *codes, long long length, const Leaves &leaves,
                        float4 *slot, int apart, long long e, int count, float (&y)[4]) {
  for (int i = 0; i < static_cast<int>(length); i++) {
    const unsigned long long code = codes[i];
    const int kind = static_cast<int>(code & 255);
    const auto operand = [&](float(&v)[4], int o) {
      if (o == kPrevious) {
#pragma unroll
        for (int k = 0; k < 4; k++) v[k] = y[k];
      } else if (o >= kLeaves) {
        neighbours(v, &slot[(o - kLeaves) * apart].x);
      } else {
        fetch(v, leaves(o), e, count);
      }
    };
    float a[4];
    operand(a, static_cast<int>(code >> 16 & 255));
    if (kind == kMove) {
#pragma unroll
      for (int k = 0; k < 4; k++) y[k] = a[k];
    } else if (kind < kBinary) {
      unary(kind, __int_as_float(static_cast<int>(code >> 32)), y, a);
    } else {
      float b[4];
      operand(b, static_cast<int>(code >> 24 & 255));
      binary(kind - kBinary, y, a, b);
    }
    const int to = static_cast<int>(code >> 8 & 255);
    if (to != kNoSlot) slot[to * apart] = make_float4(y[0], y[1], y[2], y[3]);
  }
}

PB_DEVICE void evaluate(const Program &p, float4 *slot, int apart, long long e, int count,
                        float (&y)[4]) {
  const auto leaves = [&](int i) -> const Leaf & { return p.leaf[i]; };
  evaluate(p.code, p.length, leaves, slot, apart, e, count, y);
}

// Elements 0 to count - 1 of four to memory.
PB_DEVICE void put(float *to, const float (&y)[4], int count) {
  if (count == 4) {
    *reinterpret_cast<float4 *>(to) = make_float4(y[0], y[1], y[2], y[3]);
  } else {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      if (i < count) to[i] = y[i];
    }
  }
}
