// Looks at each access of a kernel to memory: kernels are compiled with -fsanitize=kernel-address and
// -fsanitize=alignment, which call the functions below, of fixed names, before each.
#include <link.h>
#include <stdio.h>

#include <algorithm>

#include "runtime.h"

namespace pb_emulator {

Bounds bounds;
std::vector<Piece> pieces;
bool allAwaited;

namespace {

// Where the last accesses to global memory were, by some bits of the address.
constexpr int kRecent = 64;
Span recent[kRecent];
inline Span &recent_of(const unsigned char *at) {
  return recent[(reinterpret_cast<unsigned long long>(at) >> 10) % kRecent];
}

// The library's own constants and variables.
Span own;

// Where in the library the access is that is looked at, or null.
const void *code;

// By thread of the running block, whether it has written to global memory, as far as accesses are looked
// at, and whether it has awaited what was launched before.
bool wrote[kMostThreads], awaited[kMostThreads];

inline bool within(const Span &span, const unsigned char *start, long long bytes) {
  return start >= span.start && start + bytes <= span.end;
}

int find_own(dl_phdr_info *info, size_t, void *) {
  auto base = reinterpret_cast<const unsigned char *>(info->dlpi_addr);
  auto self = reinterpret_cast<const unsigned char *>(&own);
  Span span = {nullptr, nullptr};
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
    const unsigned char *from = base + info->dlpi_phdr[i].p_vaddr;
    if (span.start == nullptr) span.start = from;
    span.end = from + info->dlpi_phdr[i].p_memsz;
  }
  if (!within(span, self, 1)) return 0;
  own = span;
  return 1;
}

// Where an address is that no kernel may use.
std::string whereabouts(const unsigned char *at) {
  if (within(bounds.sharedWhole, at, 1)) {
    return "byte " + std::to_string(at - bounds.shared.start) + " of the block's " +
           std::to_string(bounds.shared.end - bounds.shared.start) + " of shared memory";
  }
  const Piece *nearest = nullptr;
  for (const Piece &piece : pieces) {
    if (at >= piece.span.start - kGuard && at < piece.span.end + kGuard) nearest = &piece;
    if (nearest != nullptr && at < piece.span.end) break;
  }
  if (nearest == nullptr) return "an address where the device has no memory";
  return "byte " + std::to_string(at - nearest->span.start) + " of " + nearest->owner + ", which has " +
         std::to_string(nearest->span.end - nearest->span.start);
}

}  // namespace

void watch_begin() {
  for (Span &span : recent) span = {nullptr, nullptr};
  if (own.start == nullptr) dl_iterate_phdr(find_own, nullptr);
  memset(wrote, 0, sizeof wrote);
  memset(awaited, 0, sizeof awaited);
  allAwaited = true;
}

void watch_leaving() {
  allAwaited = allAwaited && awaited[running];
  wrote[running] = awaited[running] = false;
}

void await_predecessors(Site site) {
  if (wrote[running]) fail(site, "the thread has written to memory before it awaits what was launched before");
  awaited[running] = true;
}

std::string access_place() {
  if (code == nullptr) return "";
  char text[32];
  snprintf(text, sizeof text, ", code +0x%llx", (long long)(static_cast<const unsigned char *>(code) - own.start - 1));
  return text;
}

static void watch_slowly(const unsigned char *at, long long bytes, bool writes) {
  auto next = std::upper_bound(pieces.begin(), pieces.end(), at,
                               [](const unsigned char *x, const Piece &piece) { return x < piece.span.start; });
  if (next != pieces.begin() && within(std::prev(next)->span, at, bytes)) {
    recent_of(at) = std::prev(next)->span;
    return;
  }
  if (within(own, at, bytes) && !within(bounds.sharedWhole, at, 1)) return;
  fail_at((writes ? "writes " : "reads ") + std::to_string(bytes) + " bytes at " + whereabouts(at) + access_place());
}

static inline void watch_from(const void *from, const void *address, long long bytes, bool writes) {
  auto at = static_cast<const unsigned char *>(address);
  if (within(bounds.shared, at, bytes)) {
    if (!racesWatched) return;
    const unsigned offset = (unsigned)(at - bounds.shared.start);
    if (!writes && bytes == 4 && raceSettled[offset / 4] == raceNumbers[(unsigned)running / 32]) return;
    code = from;
    race_look(running, offset, (unsigned)bytes, writes);
  } else if (!within(bounds.stacks, at, bytes)) {
    wrote[running] |= writes;
    if (within(recent_of(at), at, bytes) || (!writes && within(bounds.parameters, at, bytes))) return;
    code = from;
    watch_slowly(at, bytes, writes);
  }
}

void watch(const void *address, long long bytes, bool writes) { watch_from(nullptr, address, bytes, writes); }

void watch_atomic(const void *address, int bytes) {
  auto at = static_cast<const unsigned char *>(address);
  if (!within(bounds.shared, at, bytes)) watch(address, bytes, true);
}

}  // namespace pb_emulator

// What kernels that are compiled later call, too.
#pragma GCC visibility push(default)
#define PB_WATCH(bytes)                                                       \
  extern "C" void __asan_load##bytes##_noabort(const void *at) {              \
    pb_emulator::watch_from(__builtin_return_address(0), at, bytes, false);   \
  }                                                                           \
  extern "C" void __asan_store##bytes##_noabort(const void *at) {             \
    pb_emulator::watch_from(__builtin_return_address(0), at, bytes, true);    \
  }
PB_WATCH(1)
PB_WATCH(2)
PB_WATCH(4)
PB_WATCH(8)
PB_WATCH(16)
extern "C" void __asan_loadN_noabort(const void *at, size_t bytes) {
  pb_emulator::watch_from(__builtin_return_address(0), at, (long long)bytes, false);
}
extern "C" void __asan_storeN_noabort(const void *at, size_t bytes) {
  pb_emulator::watch_from(__builtin_return_address(0), at, (long long)bytes, true);
}
extern "C" void __asan_handle_no_return() {}
extern "C" void __asan_before_dynamic_init(const char *) {}
extern "C" void __asan_after_dynamic_init() {}

// What the compiler says of an access that is not aligned, or is at null.
struct PbMismatch {
  const char *file;
  unsigned line;
  unsigned column;
  const void *type;
  unsigned char align;
  unsigned char kind;
};
extern "C" void __ubsan_handle_type_mismatch_v1(PbMismatch *what, void *) {
  pb_emulator::fail({"access", what->file, (int)what->line}, "address is not aligned");
}
#pragma GCC visibility pop
