// The C interface of the emulator's library: kernels, launches, memory between guard bands, and the
// barriers that were come to. One launch at a time; others wait for it.
#include <stdlib.h>
#include <string.h>

#include <map>
#include <mutex>

#include "runtime.h"

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#define PB_EXPORT extern "C" __attribute__((visibility("default")))

namespace pb_emulator {

std::vector<KernelEntry> &kernels() {
  static std::vector<KernelEntry> all;
  return all;
}

namespace {

struct Allocation {
  std::string owner;
  unsigned char *whole;
  long long bytes;
};

std::mutex lock;
std::map<unsigned long long, Allocation> allocations;
// Is the list of pieces up to date?
bool listed = false;
int watching = 1;
// How often each barrier was come to, by file and line.
std::map<std::string, long long> hits;
std::string skippedSite;
thread_local bool lastAwaited;
struct Seen {
  const char *file;
  int line;
  bool skip;
  long long *count;
};
Seen seen[1024];

int give(const std::string &text, char *to, int length) {
  if (to == nullptr || length <= 0) return (int)text.size() + 1;
  size_t count = std::min(text.size(), (size_t)length - 1);
  memcpy(to, text.data(), count);
  to[count] = 0;
  return (int)text.size() + 1;
}

std::string damage(const Allocation &one) {
  long long byte = changed_guard(one.whole + kGuard, one.bytes);
  if (byte == 0) return "";
  return one.owner + ", which has " + std::to_string(one.bytes) + ": byte " +
         std::to_string(byte < 0 ? byte : byte - 1);
}

// As kernels are compiled: numbers too small for a float's usual form are zero.
struct FlushToZero {
#if defined(__SSE2__)
  unsigned before = _mm_getcsr();
  FlushToZero() { _mm_setcsr(before | 0x8040); }
  ~FlushToZero() { _mm_setcsr(before); }
#endif
};

const KernelEntry *find(const std::string &wanted, bool watched, std::string &error) {
  const KernelEntry *found = nullptr;
  for (const KernelEntry &one : kernels()) {
    if (one.watched != watched) continue;
    if (one.name != wanted && one.source + "/" + one.name != wanted) continue;
    if (found != nullptr) {
      error = "several kernels are named " + wanted + ": say source/name";
      return nullptr;
    }
    found = &one;
  }
  if (found == nullptr) error = "no kernel is named " + wanted;
  return found;
}

}  // namespace

Registration::Registration(const char *source, const char *name, long long bytes, int threads, bool watched,
                           void (*body)(const void *)) {
  std::string file = source;
  file = file.substr(file.rfind('/') + 1);
  // Libraries of further kernels are loaded while others run.
  std::lock_guard<std::mutex> guard(lock);
  kernels().push_back({file.substr(0, file.find('.')), name, bytes, threads, watched, body});
}

// Brings the list of pieces up to date.
static void list_pieces() {
  if (listed) return;
  pieces.clear();
  for (const auto &one : allocations) {
    const unsigned char *start = one.second.whole + kGuard;
    pieces.push_back({{start, start + one.second.bytes}, one.second.owner.c_str()});
  }
  listed = true;
}

static bool untouched(const unsigned char *start) {
  unsigned long long all = ~0ull;
  for (long long i = 0; i < kGuard; i += 8) {
    unsigned long long word;
    memcpy(&word, start + i, 8);
    all &= word;
  }
  return all == ~0ull;
}

long long changed_guard(const unsigned char *start, long long bytes) {
  if (untouched(start - kGuard) && untouched(start + bytes)) return 0;
  for (long long i = 0; i < kGuard; i++) {
    if (start[bytes + i] != 0xff) return bytes + i + 1;
    if (start[-1 - i] != 0xff) return -1 - i;
  }
  return 0;
}

std::string damaged_memory() {
  for (const auto &one : allocations) {
    std::string found = damage(one.second);
    if (!found.empty()) return found;
  }
  return "";
}

bool skipped(const Site &site) {
  Seen &slot = seen[(reinterpret_cast<unsigned long long>(site.file) / 8 + (unsigned)site.line) % 1024];
  if (slot.file != site.file || slot.line != site.line) {
    std::string name = text(site);
    name = name.substr(name.find(' ') + 1);
    slot = {site.file, site.line, name == skippedSite, &hits[name]};
  }
  ++*slot.count;
  return slot.skip;
}

}  // namespace pb_emulator

using namespace pb_emulator;

// Runs `kernel`, a name or source/name. `order` is 0 for threads and blocks from the first to the
// last, 1 for the reverse, else the seed of an order drawn. Returns 0, or 1 with a message.
PB_EXPORT int pb_emulator_launch(const char *kernel, int blocksX, int blocksY, int threads, int shared,
                                 const void *params, long long bytes, int order, char *error, int errorLength) {
  std::lock_guard<std::mutex> guard(lock);
  std::string problem;
  racesWatched = watching == 2 || (watching == 1 && order == 0);
  const KernelEntry *entry = find(kernel, racesWatched, problem);
  if (entry == nullptr && racesWatched) {
    // What was compiled later may have the fast form alone.
    problem.clear();
    racesWatched = false;
    entry = find(kernel, false, problem);
  }
  if (entry != nullptr) {
    std::string name = "kernel " + entry->source + "/" + entry->name;
    if (bytes != entry->bytes) {
      problem = name + " takes " + std::to_string(entry->bytes) + " bytes of parameters, not " + std::to_string(bytes);
    } else if (threads < 1 || threads > entry->threads || threads > kMostThreads) {
      problem = name + " is for at most " + std::to_string(entry->threads) + " threads, not " + std::to_string(threads);
    } else if (shared < 0 || shared > kMostShared) {
      problem = name + " asks for " + std::to_string(shared) + " bytes of shared memory; a block has " +
                std::to_string(kMostShared);
    } else if (blocksX < 1 || blocksY < 1 || blocksY > 65535 || (long long)blocksX * blocksY > 0x7fffffff) {
      problem = name + ": no such grid: " + std::to_string(blocksX) + "x" + std::to_string(blocksY);
    } else {
      list_pieces();
      FlushToZero flush;
      problem = run_grid(*entry, {blocksX, blocksY, threads, shared}, params, order);
      lastAwaited = allAwaited;
      if (problem.empty()) {
        problem = damaged_memory();
        if (!problem.empty()) problem = name + " has written beside " + problem;
      }
    }
  }
  if (problem.empty()) return 0;
  give(problem, error, errorLength);
  return 1;
}

// Whether every thread of the last launch that this thread of the host asked for awaited what was launched
// before.
PB_EXPORT int pb_emulator_awaited() { return lastAwaited; }

// A line for each kernel: source, name, most threads, bytes of parameters. Returns the length needed.
PB_EXPORT int pb_emulator_kernels(char *text, int length) {
  std::string all;
  for (const KernelEntry &one : kernels()) {
    if (one.watched) continue;
    all += one.source + " " + one.name + " " + std::to_string(one.threads) + " " + std::to_string(one.bytes) + "\n";
  }
  return give(all, text, length);
}

// When each access to memory is looked at, for bounds, alignment and races: 0 never, 1 in forward order,
// as at first, because it takes long and what is found depends little on the order, 2 always.
PB_EXPORT void pb_emulator_watch(int when) {
  std::lock_guard<std::mutex> guard(lock);
  watching = when;
}

// Leaves out the barrier at `site` (file:line) from now on; none when null or empty.
PB_EXPORT void pb_emulator_skip(const char *site) {
  std::lock_guard<std::mutex> guard(lock);
  skippedSite = site == nullptr ? "" : site;
  memset(seen, 0, sizeof seen);
}

// A line for each barrier that was come to: file:line and how often. Returns the length needed.
PB_EXPORT int pb_emulator_barriers(char *text, int length) {
  std::lock_guard<std::mutex> guard(lock);
  std::string all;
  for (const auto &one : hits) {
    if (one.second > 0) all += one.first + " " + std::to_string(one.second) + "\n";
  }
  return give(all, text, length);
}

// Forgets which barriers were come to.
PB_EXPORT void pb_emulator_forget() {
  std::lock_guard<std::mutex> guard(lock);
  for (auto &one : hits) one.second = 0;
}

// Memory of `bytes` between guard bands, aligned to 256 and filled with NaN, or null.
PB_EXPORT void *pb_emulator_allocate(const char *owner, long long bytes) {
  std::lock_guard<std::mutex> guard(lock);
  long long size = (bytes + 2 * kGuard + 255) / 256 * 256;
  void *whole = bytes < 0 ? nullptr : aligned_alloc(256, (size_t)size);
  if (whole == nullptr) return nullptr;
  memset(whole, 0xff, (size_t)size);
  unsigned char *start = static_cast<unsigned char *>(whole) + kGuard;
  listed = false;
  allocations[reinterpret_cast<unsigned long long>(start)] = {owner, start - kGuard, bytes};
  return start;
}

// Whether `bytes` from `address` are within one piece of memory. Returns 0, or 1 with a message.
PB_EXPORT int pb_emulator_check(const void *address, long long bytes, char *error, int errorLength) {
  std::lock_guard<std::mutex> guard(lock);
  std::string problem;
  unsigned long long at = reinterpret_cast<unsigned long long>(address);
  auto next = allocations.upper_bound(at);
  if (next == allocations.begin()) {
    problem = "no memory of the emulator is at the address asked for";
  } else {
    const auto &[start, one] = *std::prev(next);
    long long offset = (long long)(at - start);
    if (bytes < 0 || offset + bytes > one.bytes) {
      problem = std::to_string(bytes) + " bytes from byte " + std::to_string(offset) + " on are not within " +
                one.owner + " of " + std::to_string(one.bytes) + " bytes";
    }
  }
  if (problem.empty()) return 0;
  give(problem, error, errorLength);
  return 1;
}

PB_EXPORT int pb_emulator_free(void *address, char *error, int errorLength) {
  std::lock_guard<std::mutex> guard(lock);
  auto found = allocations.find(reinterpret_cast<unsigned long long>(address));
  if (found == allocations.end()) {
    give("no memory of the emulator begins there", error, errorLength);
    return 1;
  }
  std::string problem = damage(found->second);
  listed = false;
  free(found->second.whole);
  allocations.erase(found);
  if (problem.empty()) return 0;
  give("something has written beside " + problem, error, errorLength);
  return 1;
}
