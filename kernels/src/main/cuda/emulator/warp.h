// What the threads of a block and the lanes of a warp do together.
#pragma once

#define PB_CALL const char *file = __builtin_FILE(), int line = __builtin_LINE()

inline void __syncthreads(PB_CALL) {
  pb_emulator::block_barrier(0, 0, false, false, {"__syncthreads", file, line});
}
inline int __syncthreads_count(int predicate, PB_CALL) {
  return pb_emulator::block_barrier(0, 0, false, predicate != 0, {"__syncthreads_count", file, line});
}
inline int __syncthreads_or(int predicate, PB_CALL) {
  return pb_emulator::block_barrier(0, 0, false, predicate != 0, {"__syncthreads_or", file, line}) != 0;
}
inline int __syncthreads_and(int predicate, PB_CALL) {
  return pb_emulator::block_barrier(0, 0, false, predicate == 0, {"__syncthreads_and", file, line}) == 0;
}
inline void __syncwarp(unsigned mask = 0xffffffffu, PB_CALL) {
  pb_emulator::warp_barrier(mask, {"__syncwarp", file, line});
}

namespace pb_emulator {

struct Exchange {
  unsigned long long value;
  int from;
  Site site;
};

// Every lane gets the value of the lane it asks for.
PB_UNWATCHED inline void exchange(void *const *records, unsigned mask) {
  unsigned long long values[32];
  for (int i = 0; i < 32; i++) values[i] = mask >> i & 1 ? static_cast<Exchange *>(records[i])->value : 0;
  for (int i = 0; i < 32; i++) {
    if (!(mask >> i & 1)) continue;
    Exchange &lane = *static_cast<Exchange *>(records[i]);
    if (!(mask >> lane.from & 1)) fail(lane.site, "reads a lane that takes no part");
    lane.value = values[lane.from];
  }
}

template <class T>
inline T shuffle(unsigned mask, T value, int from, Site site) {
  static_assert(sizeof(T) <= 8, "a shuffle moves eight bytes at most");
  Exchange record = {0, from, site};
  memcpy(&record.value, &value, sizeof(T));
  collective(mask, exchange, &record, site);
  memcpy(&value, &record.value, sizeof(T));
  return value;
}

struct Vote {
  unsigned value;
};

PB_UNWATCHED inline void ballot(void *const *records, unsigned mask) {
  unsigned votes = 0;
  for (int i = 0; i < 32; i++) {
    if (mask >> i & 1 && static_cast<Vote *>(records[i])->value) votes |= 1u << i;
  }
  for (int i = 0; i < 32; i++) {
    if (mask >> i & 1) static_cast<Vote *>(records[i])->value = votes;
  }
}

template <class T, class Operation>
inline T reduced(unsigned mask, T value, Site site, Operation) {
  collective(
      mask,
      [](void *const *records, unsigned lanes) {
        T result = 0;
        bool first = true;
        for (int i = 0; i < 32; i++) {
          if (!(lanes >> i & 1)) continue;
          T next = *static_cast<T *>(records[i]);
          result = first ? next : Operation::of(result, next);
          first = false;
        }
        for (int i = 0; i < 32; i++) {
          if (lanes >> i & 1) *static_cast<T *>(records[i]) = result;
        }
      },
      &value, site);
  return value;
}

}  // namespace pb_emulator

template <class T>
inline T __shfl_sync(unsigned mask, T value, int from, int width = 32, PB_CALL) {
  int me = pb_emulator::lane(), start = me & ~(width - 1);
  return pb_emulator::shuffle(mask, value, start + (from & (width - 1)), {"__shfl_sync", file, line});
}
template <class T>
inline T __shfl_xor_sync(unsigned mask, T value, int with, int width = 32, PB_CALL) {
  int me = pb_emulator::lane(), from = me ^ with;
  bool beyond = from >= (me & ~(width - 1)) + width;
  return pb_emulator::shuffle(mask, value, beyond ? me : from, {"__shfl_xor_sync", file, line});
}
template <class T>
inline T __shfl_down_sync(unsigned mask, T value, int by, int width = 32, PB_CALL) {
  int me = pb_emulator::lane(), from = me + by;
  bool beyond = from >= (me & ~(width - 1)) + width;
  return pb_emulator::shuffle(mask, value, beyond ? me : from, {"__shfl_down_sync", file, line});
}
template <class T>
inline T __shfl_up_sync(unsigned mask, T value, int by, int width = 32, PB_CALL) {
  int me = pb_emulator::lane(), from = me - by;
  bool beyond = from < (me & ~(width - 1));
  return pb_emulator::shuffle(mask, value, beyond ? me : from, {"__shfl_up_sync", file, line});
}
inline unsigned __ballot_sync(unsigned mask, int predicate, PB_CALL) {
  pb_emulator::Vote vote = {predicate != 0};
  pb_emulator::collective(mask, pb_emulator::ballot, &vote, {"__ballot_sync", file, line});
  return vote.value;
}
inline int __any_sync(unsigned mask, int predicate, PB_CALL) {
  pb_emulator::Vote vote = {predicate != 0};
  pb_emulator::collective(mask, pb_emulator::ballot, &vote, {"__any_sync", file, line});
  return vote.value != 0;
}
inline int __all_sync(unsigned mask, int predicate, PB_CALL) {
  pb_emulator::Vote vote = {predicate == 0};
  pb_emulator::collective(mask, pb_emulator::ballot, &vote, {"__all_sync", file, line});
  return vote.value == 0;
}

#define PB_REDUCE(name, type, expression)                                              \
  inline type name(unsigned mask, type value, PB_CALL) {                               \
    struct Operation {                                                                 \
      static type of(type a, type b) { return expression; }                            \
    };                                                                                 \
    return pb_emulator::reduced(mask, value, {#name, file, line}, Operation());        \
  }
PB_REDUCE(__reduce_add_sync, int, a + b)
PB_REDUCE(__reduce_add_sync, unsigned, a + b)
PB_REDUCE(__reduce_max_sync, int, a > b ? a : b)
PB_REDUCE(__reduce_max_sync, unsigned, a > b ? a : b)
PB_REDUCE(__reduce_min_sync, int, a < b ? a : b)
PB_REDUCE(__reduce_min_sync, unsigned, a < b ? a : b)
PB_REDUCE(__reduce_or_sync, unsigned, a | b)
#undef PB_REDUCE
