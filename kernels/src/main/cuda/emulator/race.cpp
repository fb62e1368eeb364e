// Finds accesses to shared memory that no barrier orders: two threads, one of them writes. Whether the
// order of this launch happens to give the right values does not matter.
//
// Each warp has a clock, which goes on at each of its barriers, and knows up to which clock of each
// other warp all has happened before: at a barrier of the block the warps that meet there tell each
// other. An access is noted with its thread and the clock of that thread's warp. A later access by
// another thread comes after it when it is of the same warp and the clock has gone on, or of another
// warp that knows of the clock noted. (Vector clocks; FastTrack, Flanagan and Freund 2009.)
//
// The unit is two bytes. Accesses to single bytes are not looked at.
#include <string.h>

#include <algorithm>

#include "runtime.h"

namespace pb_emulator {

namespace {

constexpr int kWarps = kMostThreads / 32;
constexpr int kUnits = kMostShared / 2;
constexpr unsigned short kNobody = 0xffff, kMany = 0xfffe;

// Who read last of one warp.
struct Reader {
  unsigned clock;
  unsigned short thread;
};

// What was done last with two bytes; `others` is an index of `readers` when several warps read.
struct Unit {
  unsigned written;
  Reader read;
  unsigned short writer;
  bool copying;
  int others;
};

Unit units[kUnits];
std::vector<Reader> readers;
unsigned known[kWarps][kWarps];
bool enabled = true;

unsigned clock_of(int warp) { return known[warp][warp]; }

bool before(unsigned clock, int thread, int me) {
  if (thread == me) return true;
  int warp = thread / 32, mine = me / 32;
  return warp == mine ? clock < clock_of(mine) : clock <= known[mine][warp];
}

[[noreturn]] void race(const char *does, int unit, int other, const char *did) {
  std::string who = other == kMany ? "other threads" : "thread " + std::to_string(other);
  fail_at(std::string(does) + " byte " + std::to_string(2 * unit) + " of shared memory, which " + who + " " + did +
          " with no barrier in between" + access_place());
}

void note_read(Unit &unit, int me) {
  int warp = me / 32;
  if (unit.others < 0) {
    if (unit.read.thread == kNobody || unit.read.thread == me) {
      unit.read = {clock_of(warp), (unsigned short)me};
      return;
    }
    // A second reader: from now on one note for each warp.
    unit.others = (int)readers.size();
    readers.resize(readers.size() + kWarps, {0, kNobody});
    readers[(size_t)(unit.others + unit.read.thread / 32)] = unit.read;
  }
  Reader &mine = readers[(size_t)(unit.others + warp)];
  bool alone = mine.thread == kNobody || mine.thread == me || mine.clock < clock_of(warp);
  mine = {clock_of(warp), alone ? (unsigned short)me : kMany};
}

void check_reads(const Unit &unit, int index, int me) {
  if (unit.others < 0) {
    if (unit.read.thread != kNobody && !before(unit.read.clock, unit.read.thread, me)) {
      race("writes", index, unit.read.thread, "read");
    }
    return;
  }
  for (int warp = 0; warp * 32 < (int)blockDim.x; warp++) {
    const Reader &reader = readers[(size_t)(unit.others + warp)];
    if (reader.thread == kNobody) continue;
    // Any thread of the warp stands for many: none of them is this thread alone.
    int thread = reader.thread == kMany ? warp * 32 + (me % 32 + 1) % 32 : reader.thread;
    if (!before(reader.clock, thread, me)) race("writes", index, reader.thread, "read");
  }
}

}  // namespace

void race_watch(bool on) { enabled = on; }

void race_begin(int threads, int bytes) {
  if (!enabled) return;
  for (int i = 0; i < (bytes + 1) / 2; i++) units[i] = {0, {0, kNobody}, kNobody, false, -1};
  readers.clear();
  memset(known, 0, sizeof known);
  for (int warp = 0; warp * 32 < threads; warp++) known[warp][warp] = 1;
}

void race_warp_barrier(int warp) { known[warp][warp]++; }

void race_arrive(int warp, unsigned *all) {
  for (int i = 0; i < kWarps; i++) all[i] = std::max(all[i], known[warp][i]);
  known[warp][warp]++;
}

void race_meet(const bool *warps, unsigned *all) {
  for (int warp = 0; warp < kWarps; warp++) {
    if (!warps[warp]) continue;
    for (int i = 0; i < kWarps; i++) all[i] = std::max(all[i], known[warp][i]);
  }
  for (int warp = 0; warp < kWarps; warp++) {
    if (!warps[warp]) continue;
    unsigned mine = known[warp][warp];
    memcpy(known[warp], all, sizeof known[warp]);
    known[warp][warp] = std::max(mine, all[warp]) + 1;
  }
}

void race_copying(long long offset, long long bytes, bool on) {
  for (int i = (int)(offset / 2); i < (int)((offset + bytes) / 2); i++) units[i].copying = on;
}

void race_access(int me, long long offset, long long bytes, bool writes) {
  if (!enabled || bytes < 2) return;
  for (int i = (int)(offset / 2); i < (int)((offset + bytes + 1) / 2); i++) {
    Unit &unit = units[i];
    if (unit.copying) {
      fail_at(std::string(writes ? "writes" : "reads") + " byte " + std::to_string(2 * i) +
              " of shared memory, to which an asynchronous copy goes on that nobody has waited for" + access_place());
    }
    if (unit.writer != kNobody && !before(unit.written, unit.writer, me)) {
      race(writes ? "writes" : "reads", i, unit.writer, "wrote");
    }
    if (writes) {
      check_reads(unit, i, me);
      unit = {clock_of(me / 32), {0, kNobody}, (unsigned short)me, false, -1};
    } else {
      note_read(unit, me);
    }
  }
}

}  // namespace pb_emulator
