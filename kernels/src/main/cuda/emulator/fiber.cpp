// Fibers: a stack each, and a switch between them that saves the registers a call must keep.
#include <stdlib.h>
#include <sys/mman.h>

#include "runtime.h"

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace pb_emulator {

constexpr long long kStack = 256 * 1024;
constexpr long long kPage = 65536;

// Where a stack begins, below its end: elsewhere in the caches for each thread, as threads that do the
// same have what they use at the same depth.
constexpr long long kLine = 64;
static long long stagger(int thread) { return thread * 9 * kLine % (kStack / 4); }

#if defined(__x86_64__)

extern "C" void pb_fiber_switch(void **save, void *load);
asm(R"(
.text
.p2align 4
.globl pb_fiber_switch
.hidden pb_fiber_switch
.type pb_fiber_switch, @function
pb_fiber_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size pb_fiber_switch, . - pb_fiber_switch
)");

using Context = void *;

#else

using Context = ucontext_t;

#endif

// Of each thread, and of whoever runs them all.
static Context contexts[kMostThreads + 1];
static_assert(kOutside == kMostThreads, "the last context is that of no thread");

// Stacks of all fibers, each with a page below it that nobody may touch; pages come as they are used.
static char *stack_of(int thread) {
  static char *stacks = nullptr;
  if (stacks == nullptr) {
    void *all = mmap(nullptr, kMostThreads * (kStack + kPage), PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (all == MAP_FAILED) abort();
    stacks = static_cast<char *>(all);
    for (int i = 0; i < kMostThreads; i++) {
      if (mprotect(stacks + i * (kStack + kPage) + kPage, kStack, PROT_READ | PROT_WRITE) != 0) abort();
    }
  }
  return stacks + thread * (kStack + kPage) + kPage;
}

Span fiber_stacks() {
  const unsigned char *start = reinterpret_cast<unsigned char *>(stack_of(0));
  return {start, start + kMostThreads * (kStack + kPage)};
}

#if defined(__x86_64__)

void fiber_begin(int thread, void (*entry)()) {
  void **top = reinterpret_cast<void **>(stack_of(thread) + kStack - stagger(thread));
  // What pb_fiber_switch takes off: six registers, and where to go on. The entry finds the stack as
  // after a call, 8 bytes off a multiple of 16.
  *--top = nullptr;
  *--top = reinterpret_cast<void *>(entry);
  for (int i = 0; i < 6; i++) *--top = nullptr;
  contexts[thread] = top;
}

void fiber_switch(int from, int to) { pb_fiber_switch(&contexts[from], contexts[to]); }

#else

void fiber_begin(int thread, void (*entry)()) {
  ucontext_t &context = contexts[thread];
  getcontext(&context);
  context.uc_stack.ss_sp = stack_of(thread);
  context.uc_stack.ss_size = kStack - stagger(thread);
  context.uc_link = nullptr;
  makecontext(&context, entry, 0);
}

void fiber_switch(int from, int to) { swapcontext(&contexts[from], &contexts[to]); }

#endif

}  // namespace pb_emulator
