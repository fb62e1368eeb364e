// Finds accesses to shared memory that no barrier orders: two threads, one of them writes. Whether the
// order of this launch happens to give the right values does not matter.
//
// Each warp has a clock, which goes on at each of its barriers, and knows up to which clock of each
// other warp all has happened before: at a barrier of the block the warps that meet there tell each
// other. An access is noted with its thread and the clock of that thread's warp. A later access by
// another thread comes after it when it is of the same warp and the clock has gone on, or of another
// warp that knows of the clock noted. (Vector clocks; FastTrack, Flanagan and Freund 2009.)
//
// The unit is a word of four bytes, or each half of it from the first access to one of them on until
// the word is written as a whole. Accesses to single bytes are not looked at.
#include <string.h>

#include <algorithm>

#include "runtime.h"

namespace pb_emulator {

bool racesWatched = true;
unsigned long long raceSettled[kMostShared / 4 + 4];
unsigned long long raceNumbers[kMostThreads / 32];

namespace {

constexpr int kWarps = kMostThreads / 32;
constexpr int kWords = kMostShared / 4;
constexpr unsigned short kNobody = 0xffff, kMany = 0x8000;

// Who read last: a thread, or kMany and the warp of which several did, all at `clock`.
struct Reader {
  unsigned clock;
  unsigned short who;
};

// What was done last with a word or a half of it, in `block`; `others` is an index of `readers`, one for
// each warp, when several warps have read.
struct Unit {
  unsigned written;
  Reader read;
  unsigned short writer;
  bool copying;
  int others;
  unsigned block;
};

Unit words[kWords];   // or their first halves
Unit seconds[kWords];  // halves
bool halved[kWords];
std::vector<Reader> readers;
unsigned known[kWarps][kWarps];
unsigned long long lastNumber;
unsigned block;  // counts those that have run
int warps;

unsigned clock_of(int warp) { return known[warp][warp]; }

void tick(int warp) {
  known[warp][warp]++;
  raceNumbers[warp] = ++lastNumber;
}

int warp_of(int who) { return who & kMany ? who & 31 : who >> 5; }

// Did what `who` did at `clock` happen before what thread `me` does now?
bool before(unsigned clock, int who, int me) {
  if (who == me) return true;
  int warp = warp_of(who), mine = me >> 5;
  return warp == mine ? clock < clock_of(mine) : clock <= known[mine][warp];
}

[[noreturn]] void race(const char *does, unsigned byte, int other, const char *did) {
  std::string who = (other & kMany ? "threads of warp " : "thread ") + std::to_string(other & ~kMany);
  fail_at(std::string(does) + " byte " + std::to_string(byte) + " of shared memory, which " + who + " " + did +
          " with no barrier in between" + access_place());
}

Unit untouched() { return {0, {0, kNobody}, kNobody, false, -1, block}; }

Unit &current(Unit &unit) {
  if (unit.block != block) unit = untouched();
  return unit;
}

// From now on the halves of a word have a unit each.
void halve(unsigned word) {
  if (halved[word]) return;
  halved[word] = true;
  Unit &second = seconds[word] = current(words[word]);
  if (second.others >= 0) {
    const int from = second.others;
    second.others = (int)readers.size();
    for (int i = 0; i < warps; i++) readers.push_back(Reader(readers[(size_t)(from + i)]));
  }
}

// Notes a read by thread `me` and returns the note, which forgets what has happened before.
const Reader &note_read(Unit &unit, int me) {
  int warp = me >> 5;
  Reader *note = &unit.read;
  if (unit.others < 0 && note->who != kNobody && !before(note->clock, note->who, me) && warp_of(note->who) != warp) {
    // A second warp: from now on one note for each.
    unit.others = (int)readers.size();
    readers.resize(readers.size() + (size_t)warps, {0, kNobody});
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

void check_reads(const Unit &unit, unsigned byte, int me) {
  const Reader *first = unit.others < 0 ? &unit.read : &readers[(size_t)unit.others];
  int count = unit.others < 0 ? 1 : warps;
  for (int i = 0; i < count; i++) {
    const Reader &one = first[i];
    if (one.who != kNobody && !before(one.clock, one.who, me)) race("writes", byte, one.who, "read");
  }
}

// What thread `me` does with one unit, which begins at `byte`. Returns whether from now on its whole warp
// may read there, up to its next barrier.
bool access(Unit &unit, unsigned byte, int me, bool writes) {
  const int warp = me >> 5;
  const unsigned clock = clock_of(warp);
  current(unit);
  if (unit.copying) {
    fail_at(std::string(writes ? "writes" : "reads") + " byte " + std::to_string(byte) +
            " of shared memory, to which an asynchronous copy goes on that nobody has waited for" + access_place());
  }
  // Once more, with nothing in between that would matter.
  if (!writes && unit.read.who == me && unit.read.clock == clock) return false;
  if (unit.writer != kNobody && !before(unit.written, unit.writer, me)) {
    race(writes ? "writes" : "reads", byte, unit.writer, "wrote");
  }
  if (writes) {
    check_reads(unit, byte, me);
    unit = untouched();
    unit.written = clock;
    unit.writer = (unsigned short)me;
    return false;
  }
  const Reader &note = note_read(unit, me);
  // Several of the warp have read, and none of it has written since its last barrier.
  bool ours = unit.writer != kNobody && unit.writer >> 5 == warp && unit.written == clock;
  return note.who & kMany && !ours;
}

}  // namespace

void race_begin(int threads, int bytes) {
  if (!racesWatched) return;
  block++;
  warps = (threads + 31) / 32;
  memset(halved, 0, (size_t)(bytes + 3) / 4);
  readers.clear();
  memset(known, 0, sizeof known);
  for (int warp = 0; warp < warps; warp++) tick(warp);
}

void race_warp_barrier(int warp) {
  if (racesWatched) tick(warp);
}

void race_meet(const bool *meet) {
  if (!racesWatched) return;
  unsigned all[kWarps] = {};
  for (int warp = 0; warp < warps; warp++) {
    if (!meet[warp]) continue;
    for (int i = 0; i < warps; i++) all[i] = std::max(all[i], known[warp][i]);
  }
  for (int warp = 0; warp < warps; warp++) {
    if (!meet[warp]) continue;
    unsigned mine = known[warp][warp];
    memcpy(known[warp], all, sizeof known[warp]);
    known[warp][warp] = std::max(mine, all[warp]);
    tick(warp);
  }
}

void race_copying(long long offset, long long bytes, bool on) {
  if (!racesWatched) return;
  for (int i = (int)(offset / 4); i < (int)((offset + bytes) / 4); i++) {
    raceSettled[i] = 0;
    for (Unit *unit : {&words[i], &seconds[i]}) current(*unit).copying = on;
  }
}

void race_look(int me, unsigned offset, unsigned bytes, bool writes) {
  if (bytes < 2) return;
  const unsigned end = offset + bytes;
  const unsigned long long number = raceNumbers[me / 32];
  if (offset % 4 != 0 || bytes % 4 != 0) {
    for (unsigned i = offset / 2; i < (end + 1) / 2; i++) {
      halve(i / 2);
      if (writes) raceSettled[i / 2] = 0;
      access(i % 2 == 0 ? words[i / 2] : seconds[i / 2], 2 * i, me, writes);
    }
    return;
  }
  for (unsigned i = offset / 4; i < end / 4; i++) {
    if (!writes && raceSettled[i] == number) continue;
    bool settled = access(words[i], 4 * i, me, writes);
    if (halved[i]) {
      settled &= access(seconds[i], 4 * i + 2, me, writes);
      if (writes) halved[i] = false;
    }
    raceSettled[i] = settled ? number : 0;
  }
}

}  // namespace pb_emulator
