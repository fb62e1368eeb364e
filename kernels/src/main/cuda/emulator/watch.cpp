// Looks at each access of a kernel to memory: kernels are compiled with -fsanitize=kernel-address and
// -fsanitize=alignment, which call the functions below, of fixed names, before each.
#include <link.h>

#include <algorithm>

#include "runtime.h"

namespace pb_emulator {

namespace {

bool within(Span span, const unsigned char *start, long long bytes) {
  return start >= span.start && start + bytes <= span.end;
}

// The constants and variables of the library itself.
Span own_data() {
  static Span found = {nullptr, nullptr};
  if (found.start == nullptr) {
    dl_iterate_phdr(
        [](dl_phdr_info *info, size_t, void *) {
          auto base = reinterpret_cast<const unsigned char *>(info->dlpi_addr);
          auto self = reinterpret_cast<const unsigned char *>(&found);
          const unsigned char *start = nullptr, *end = nullptr;
          bool holds = false;
          for (int i = 0; i < info->dlpi_phnum; i++) {
            if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
            const unsigned char *from = base + info->dlpi_phdr[i].p_vaddr, *to = from + info->dlpi_phdr[i].p_memsz;
            if (start == nullptr) start = from;
            end = to;
            holds = holds || (self >= from && self < to);
          }
          if (holds) found = {start, end};
          return holds ? 1 : 0;
        },
        nullptr);
  }
  return found;
}

// Where an address is that no kernel may use.
std::string whereabouts(const unsigned char *at) {
  if (within(shared_whole(), at, 1)) {
    return "byte " + std::to_string(at - shared_span().start) + " of the block's " +
           std::to_string(shared_span().end - shared_span().start) + " of shared memory";
  }
  const Piece *nearest = nullptr;
  for (const Piece &piece : pieces()) {
    if (at >= piece.span.start - kGuard && at < piece.span.end + kGuard) nearest = &piece;
    if (nearest != nullptr && at < piece.span.end) break;
  }
  if (nearest == nullptr) return "an address where the device has no memory";
  return "byte " + std::to_string(at - nearest->span.start) + " of " + nearest->owner + ", which has " +
         std::to_string(nearest->span.end - nearest->span.start);
}

}  // namespace

void watch(const void *address, long long bytes, bool writes) {
  auto at = static_cast<const unsigned char *>(address);
  static Span stacks = fiber_stacks();
  if (within(stacks, at, bytes)) return;
  if (within(shared_span(), at, bytes)) {
    race_access(running_thread(), at - shared_span().start, bytes, writes);
    return;
  }
  const std::vector<Piece> &all = pieces();
  auto next = std::upper_bound(all.begin(), all.end(), at,
                               [](const unsigned char *x, const Piece &piece) { return x < piece.span.start; });
  if (next != all.begin() && within(std::prev(next)->span, at, bytes)) return;
  if (!writes && within(parameters(), at, bytes)) return;
  if (within(own_data(), at, bytes) && !within(shared_whole(), at, 1)) return;
  fail_at((writes ? "writes " : "reads ") + std::to_string(bytes) + " bytes at " + whereabouts(at));
}

void watch_atomic(const void *address, int bytes) {
  auto at = static_cast<const unsigned char *>(address);
  if (!within(shared_span(), at, bytes)) watch(address, bytes, true);
}

}  // namespace pb_emulator

#define PB_WATCH(bytes)                                                                                       \
  extern "C" void __asan_load##bytes##_noabort(const void *at) { pb_emulator::watch(at, bytes, false); }      \
  extern "C" void __asan_store##bytes##_noabort(const void *at) { pb_emulator::watch(at, bytes, true); }
PB_WATCH(1)
PB_WATCH(2)
PB_WATCH(4)
PB_WATCH(8)
PB_WATCH(16)
extern "C" void __asan_loadN_noabort(const void *at, size_t bytes) { pb_emulator::watch(at, (long long)bytes, false); }
extern "C" void __asan_storeN_noabort(const void *at, size_t bytes) { pb_emulator::watch(at, (long long)bytes, true); }
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
