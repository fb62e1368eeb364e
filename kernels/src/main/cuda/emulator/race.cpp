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

bool racesWatched = true;

namespace {

constexpr int kWarps = kMostThreads / 32;
constexpr int kUnits = kMostShared / 2;
constexpr unsigned short kNobody = 0xffff, kMany = 0x8000;

// Who read last: a thread, or kMany and the warp of which several did, all at `clock`.
struct Reader {
  unsigned clock;
  unsigned short who;
};

// What was done last with two bytes; `others` is an index of `readers` when several warps have read.
// When `settled` is the number of a warp's clock, any thread of the warp may read until that goes on.
struct Unit {
  unsigned long long settled;
  unsigned written;
  Reader read;
  unsigned short writer;
  bool copying;
  int others;
};

constexpr Unit kUntouched = {0, 0, {0, kNobody}, kNobody, false, -1};

Unit units[kUnits];
std::vector<Reader> readers;
unsigned known[kWarps][kWarps];
unsigned long long numbers[kWarps];
unsigned long long lastNumber;

unsigned clock_of(int warp) { return known[warp][warp]; }

void tick(int warp) {
  known[warp][warp]++;
  numbers[warp] = ++lastNumber;
}

int warp_of(int who) { return who & kMany ? who & 31 : who / 32; }

// Did what `who` did at `clock` happen before what thread `me` does now?
bool before(unsigned clock, int who, int me) {
  if (who == me) return true;
  int warp = warp_of(who), mine = me / 32;
  return warp == mine ? clock < clock_of(mine) : clock <= known[mine][warp];
}

[[noreturn]] void race(const char *does, int unit, int other, const char *did) {
  std::string who = (other & kMany ? "threads of warp " : "thread ") + std::to_string(other & ~kMany);
  fail_at(std::string(does) + " byte " + std::to_string(2 * unit) + " of shared memory, which " + who + " " + did +
          " with no barrier in between" + access_place());
}

// Notes a read by thread `me` and returns the note, which forgets what has happened before.
const Reader &note_read(Unit &unit, int me) {
  int warp = me / 32;
  Reader *note = &unit.read;
  if (unit.others < 0 && note->who != kNobody && !before(note->clock, note->who, me) && warp_of(note->who) != warp) {
    // A second warp: from now on one note for each.
    unit.others = (int)readers.size();
    readers.resize(readers.size() + kWarps, {0, kNobody});
    readers[(size_t)(unit.others + warp_of(note->who))] = *note;
  }
  if (unit.others >= 0) note = &readers[(size_t)(unit.others + warp)];
  if (note->who == kNobody || before(note->clock, note->who, me)) {
    *note = {clock_of(warp), (unsigned short)me};
  } else {
    note->who = (unsigned short)(kMany | warp);
  }
  return *note;
}

void check_reads(const Unit &unit, int index, int me) {
  const Reader *first = unit.others < 0 ? &unit.read : &readers[(size_t)unit.others];
  int count = unit.others < 0 ? 1 : (int)(blockDim.x + 31) / 32;
  for (int i = 0; i < count; i++) {
    if (first[i].who != kNobody && !before(first[i].clock, first[i].who, me)) race("writes", index, first[i].who, "read");
  }
}

}  // namespace

void race_begin(int threads, int bytes) {
  if (!racesWatched) return;
  for (int i = 0; i < (bytes + 1) / 2; i++) units[i] = kUntouched;
  readers.clear();
  memset(known, 0, sizeof known);
  for (int warp = 0; warp * 32 < threads; warp++) tick(warp);
}

void race_warp_barrier(int warp) { tick(warp); }

void race_arrive(int warp, unsigned *all) {
  for (int i = 0; i < kWarps; i++) all[i] = std::max(all[i], known[warp][i]);
  tick(warp);
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
    known[warp][warp] = std::max(mine, all[warp]);
    tick(warp);
  }
}

void race_copying(long long offset, long long bytes, bool on) {
  for (int i = (int)(offset / 2); i < (int)((offset + bytes) / 2); i++) {
    units[i].copying = on;
    units[i].settled = 0;
  }
}

void race_access(int me, long long offset, long long bytes, bool writes) {
  if (!racesWatched || bytes < 2) return;
  const unsigned long long number = numbers[me / 32];
  for (int i = (int)(offset / 2); i < (int)((offset + bytes + 1) / 2); i++) {
    Unit &unit = units[i];
    if (!writes && unit.settled == number) continue;
    if (unit.copying) {
      fail_at(std::string(writes ? "writes" : "reads") + " byte " + std::to_string(2 * i) +
              " of shared memory, to which an asynchronous copy goes on that nobody has waited for" + access_place());
    }
    if (unit.writer != kNobody && !before(unit.written, unit.writer, me)) {
      race(writes ? "writes" : "reads", i, unit.writer, "wrote");
    }
    if (writes) {
      check_reads(unit, i, me);
      unit = kUntouched;
      unit.written = clock_of(me / 32);
      unit.writer = (unsigned short)me;
      continue;
    }
    const Reader &note = note_read(unit, me);
    // Several of the warp have read, and none of it has written since its last barrier.
    bool ours = unit.writer != kNobody && unit.writer / 32 == me / 32 && unit.written == clock_of(me / 32);
    if (note.who & kMany && !ours) unit.settled = number;
  }
}

}  // namespace pb_emulator
