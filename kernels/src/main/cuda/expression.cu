// A tree of elementwise operations as one pass over memory.
//
// Purpose: losses, gates and optimiser updates are chains of small operations on values of one
// shape. Run one by one they read and write memory for each; here the chain is a short program
// that every thread runs on four neighbours. The result of an instruction stays in registers as the
// first operand of the next one; what is wanted later waits in shared memory, 16 bytes for each
// thread, which only that thread reads. The program and the leaves lie in the launch's parameters,
// so that fetching an instruction costs no memory access, and all threads of a warp branch alike.
//
// Shapes: y[rows][size], dense. A leaf is a value of the same elements, or one that is repeated
// along some dimensions: element e of y reads element
//   (e / divide0 % modulo0) step0 + e / divide1 % modulo1
// of it (a modulo of 0 takes all), so that nothing is ever materialised.
//
// Code: kind, slot that keeps the result or 255, operands a and b, a byte each, and alpha in the
// upper four bytes. Operands below 32 are leaves, then slots, 64 the previous result. Kinds 0.. are
// Op.UnaryKind, kind 31 hands its operand on, kinds 32.. are Op.BinaryKind, in their order.
//
// Operations per element: the program's. Bytes per element: 4 for each leaf that is not repeated,
// and 4 for the result. Registers are few enough for five blocks on a multiprocessor: 1,280 threads
// with 16 bytes under way each are more than what the memory of an H100 needs to be busy.
#include "functions.cuh"
#include "index.cuh"

namespace {

constexpr int kThreads = 256;
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

struct ExpressionParams {
  float *y;
  const int *rows;
  long long size;
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

}  // namespace

PB_KERNEL(expression, ExpressionParams, kThreads, 5) {
  PB_SHARED(slots);
  float4 *slot = reinterpret_cast<float4 *>(slots) + threadIdx.x;
  const long long n = static_cast<long long>(*p.rows) * p.size;
  const int length = static_cast<int>(p.length);
  for (long long e = 4 * thread_number(); e < n; e += 4 * thread_count()) {
    const int count = n - e < 4 ? static_cast<int>(n - e) : 4;
    float y[4];
    for (int i = 0; i < length; i++) {
      const unsigned long long code = p.code[i];
      const int kind = static_cast<int>(code & 255);
      const auto operand = [&](float(&v)[4], int o) {
        if (o == kPrevious) {
#pragma unroll
          for (int k = 0; k < 4; k++) v[k] = y[k];
        } else if (o >= kLeaves) {
          neighbours(v, &slot[(o - kLeaves) * kThreads].x);
        } else {
          fetch(v, p.leaf[o], e, count);
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
      if (to != kNoSlot) slot[to * kThreads] = make_float4(y[0], y[1], y[2], y[3]);
    }
    if (count == 4) {
      *reinterpret_cast<float4 *>(p.y + e) = make_float4(y[0], y[1], y[2], y[3]);
    } else {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        if (i < count) p.y[e + i] = y[i];
      }
    }
  }
}
