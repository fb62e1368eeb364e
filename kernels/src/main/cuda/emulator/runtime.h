// The host side of the emulator: what its own sources share.
#pragma once

#include <string>
#include <vector>

#include "emulator.h"

namespace pb_emulator {

// A block may have so many bytes of shared memory, as on a GPU of the year 2022.
constexpr int kMostShared = 227 * 1024;
constexpr int kMostThreads = 1024;

// Bytes before and after each piece of memory whose change is found.
constexpr long long kGuard = 4096;

// Prepares fiber `thread` to begin with `entry`, which must never return.
void fiber_begin(int thread, void (*entry)());
// From fiber `from`, which goes on here when another switches to it, to fiber `to`; kOutside is what ran
// before any did.
constexpr int kOutside = kMostThreads;
void fiber_switch(int from, int to);

struct KernelEntry {
  std::string source;
  std::string name;
  long long bytes;
  int threads;
  bool watched;
  void (*body)(const void *);
};
std::vector<KernelEntry> &kernels();

struct Shape {
  int blocksX, blocksY, threads, shared;
};

// Runs all blocks; the text of an error, or nothing.
std::string run_grid(const KernelEntry &kernel, Shape shape, const void *params, int order);

// Counts that a barrier was come to; is it the one to be left out?
bool skipped(const Site &site);
std::string text(const Site &site);

struct Span {
  const unsigned char *start;
  const unsigned char *end;
};

// The stacks of all fibers.
Span fiber_stacks();

// What a launch may use, set at its begin.
struct Bounds {
  Span stacks;
  Span shared;
  Span sharedWhole;
  Span parameters;
};
extern Bounds bounds;

// Memory of the emulator, in the order of addresses.
struct Piece {
  Span span;
  const char *owner;
};
extern std::vector<Piece> pieces;
// Where in the library the access is that is looked at, for addr2line.
std::string access_place();
// Begins to watch a launch.
void watch_begin();
// The running thread has come to its end.
void watch_leaving();
// Did every thread of the last launch await what was launched before?
extern bool allAwaited;

// The thread whose turn it is.
extern int running;

// Ends the launch with an error that begins with kernel, block and thread.
[[noreturn]] void fail_at(const std::string &message);

// Races between the threads of a block in its shared memory; see race.cpp.
extern bool racesWatched;  // and are they looked for?
void race_begin(int threads, int bytes);
void race_warp_barrier(int warp);
// The warps that meet at a barrier of the block, when all have come.
void race_meet(const bool *warps);
// An asynchronous copy to here goes on from now, or is known to have ended.
void race_copying(long long offset, long long bytes, bool on);
void race_look(int thread, unsigned offset, unsigned bytes, bool writes);
// The clock of a warp, as a number that is none of another warp or block; and by word of shared memory
// the number of a warp whose threads may all read there until that clock goes on.
extern unsigned long long raceNumbers[kMostThreads / 32];
extern unsigned long long raceSettled[kMostShared / 4 + 4];

// A byte of the guard bands around `bytes` from `start` that has changed: below 0 one before them, above
// 0 one more than its place; 0 when there is none.
long long changed_guard(const unsigned char *start, long long bytes);

// Changed guard bands of any allocation as text, or nothing.
std::string damaged_memory();

}  // namespace pb_emulator
