// The block that runs: its threads, what each waits for, its barriers and its shared memory. For
// block.cpp alone.
#pragma once

#include <string.h>

#include <random>

#include "runtime.h"

namespace pb_emulator {

extern int running;

namespace {

enum class State : unsigned char { kReady, kAtWarp, kAtBlock, kLeft };

struct Copy {
  void *shared;
  const void *global;
  int bytes;
  bool zero;
  int group;
  bool done;
};

struct Thread {
  State state;
  Site site;
  unsigned mask;
  Combine combine;
  void *record;
  int barrier;
  int votes;
  std::vector<Copy> copies;
  int groups;
};

struct Barrier {
  int come;
  int expected;
  int votes;
  bool named;
  Site site;
};

const KernelEntry *kernel;
const void *fields;
Thread threads[kMostThreads];
unsigned ready[kMostThreads / 32];
unsigned atWarp[kMostThreads / 32];  // those that wait for others of their warp
Barrier barriers[16];
int left;
std::string error;
alignas(128) unsigned char memory[kMostShared + 2 * kGuard];
int sharedBytes;

// The order of the launch, and chances of those that are drawn.
int orderKind;
std::minstd_rand chance;

void carry_out(const Copy &copy) {
  if (copy.zero) {
    memset(copy.shared, 0, (size_t)copy.bytes);
  } else {
    memcpy(copy.shared, copy.global, (size_t)copy.bytes);
  }
}

void set_ready(int thread) {
  threads[thread].state = State::kReady;
  ready[thread / 32] |= 1u << (thread % 32);
  atWarp[thread / 32] &= ~(1u << (thread % 32));
}

void become(State state, const Site &site) {
  Thread &me = threads[running];
  me.state = state;
  me.site = site;
  ready[running / 32] &= ~(1u << (running % 32));
  if (state == State::kAtWarp) atWarp[running / 32] |= 1u << (running % 32);
}

bool same_place(const Site &a, const Site &b) {
  return a.line == b.line && (a.file == b.file || strcmp(a.file, b.file) == 0);
}

}  // namespace
}  // namespace pb_emulator
