// One function of each element: y[i] = f(x[i]), i < count.
//
// Operations per element: from 1 (neg) to about 45 (softplus), see vec_math.h; bytes: 4 read and 4
// written, so everything but exp, log, sigmoid, tanh and softplus runs at the speed of the memory.
// The rest of a row is computed by the same vector code on masked lanes, so a value never depends
// on its place. y may be x. NaN goes through every function but step, which is 0 there.
#include "vec_math.h"

namespace {

struct Neg {
  static PB_INLINE vec of(vec x, float) { return -x; }
};
struct Exp {
  static PB_INLINE vec of(vec x, float) { return exp(x); }
};
struct Log {
  static PB_INLINE vec of(vec x, float) { return log(x); }
};
struct Sqrt {
  static PB_INLINE vec of(vec x, float) { return sqrt(x); }
};
struct Square {
  static PB_INLINE vec of(vec x, float) { return x * x; }
};
struct Reciprocal {
  static PB_INLINE vec of(vec x, float) { return 1.0f / x; }
};
struct Abs {
  static PB_INLINE vec of(vec x, float) { return abs(x); }
};
struct Sign {
  static PB_INLINE vec of(vec x, float) {
    return select(x > 0.0f, broadcast(1.0f), select(x < 0.0f, broadcast(-1.0f), x));
  }
};
struct Step {
  static PB_INLINE vec of(vec x, float) { return select(x > 0.0f, broadcast(1.0f), vec{}); }
};
struct Relu {
  static PB_INLINE vec of(vec x, float) { return select(x < 0.0f, vec{}, x); }
};
struct LeakyRelu {
  static PB_INLINE vec of(vec x, float alpha) { return select(x > 0.0f, x, x * alpha); }
};
struct Sigmoid {
  static PB_INLINE vec of(vec x, float) { return sigmoid(x); }
};
struct Tanh {
  static PB_INLINE vec of(vec x, float) { return tanh(x); }
};
struct Softplus {
  static PB_INLINE vec of(vec x, float) { return softplus(x); }
};

template <class F>
int32_t map(float alpha, const float *x, float *y, int64_t count) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(y + i, F::of(load(x + i), alpha));
  const int rest = static_cast<int>(count - i);
  if (rest > 0) store_first(y + i, F::of(load_first(x + i, rest), alpha), rest);
  return 0;
}

}  // namespace

// kind: 0 neg, 1 exp, 2 log, 3 sqrt, 4 square, 5 reciprocal, 6 abs, 7 sign, 8 step (x > 0), 9 relu,
// 10 leaky relu with slope alpha, 11 sigmoid, 12 tanh, 13 softplus.
PB_EXPORT int32_t PB_NAME(unary)(int32_t kind, float alpha, const float *x, float *y,
                                 int64_t count) {
  if (kind < 0 || kind > 13) return 1;
  if (count < 0) return 5;
  if (count == 0) return 0;
  if (x == nullptr) return 3;
  if (y == nullptr) return 4;
  switch (kind) {
    case 0: return map<Neg>(alpha, x, y, count);
    case 1: return map<Exp>(alpha, x, y, count);
    case 2: return map<Log>(alpha, x, y, count);
    case 3: return map<Sqrt>(alpha, x, y, count);
    case 4: return map<Square>(alpha, x, y, count);
    case 5: return map<Reciprocal>(alpha, x, y, count);
    case 6: return map<Abs>(alpha, x, y, count);
    case 7: return map<Sign>(alpha, x, y, count);
    case 8: return map<Step>(alpha, x, y, count);
    case 9: return map<Relu>(alpha, x, y, count);
    case 10: return map<LeakyRelu>(alpha, x, y, count);
    case 11: return map<Sigmoid>(alpha, x, y, count);
    case 12: return map<Tanh>(alpha, x, y, count);
    default: return map<Softplus>(alpha, x, y, count);
  }
}

// y[i] = value.
PB_EXPORT int32_t PB_NAME(fill)(float value, float *y, int64_t count) {
  if (count < 0) return 3;
  if (count > 0 && y == nullptr) return 2;
  for (int64_t i = 0; i < count; i++) y[i] = value;
  return 0;
}
