// Runs the blocks of a grid one after the other, and the threads of a block in turns: the first that is ready in
// the order of the launch (forward, reverse, or drawn from a seed anew for each turn) runs until it waits. When
// none is ready and not all have left, the launch ends with an error that says who waits where. Asynchronous
// copies are carried out when they are waited for in forward order, at once in reverse, else at either time.
#include <algorithm>

#include "block_state.h"

uint3 threadIdx, blockIdx, blockDim, gridDim;

namespace pb_emulator {

int running;

namespace {

std::string place() {
  return "kernel " + kernel->source + "/" + kernel->name + ", block (" + std::to_string(blockIdx.x) + ", " +
         std::to_string(blockIdx.y) + ")";
}

std::string waiting() {
  std::string result = place() + ": threads wait for others that do not come:";
  int count = (int)blockDim.x;
  for (int first = 0; first < count;) {
    const Thread &thread = threads[first];
    int last = first;
    while (last + 1 < count && threads[last + 1].state == thread.state &&
           (thread.state == State::kLeft || same_place(threads[last + 1].site, thread.site))) {
      last++;
    }
    result += (first == 0 ? " " : ", ") + std::to_string(first);
    if (last > first) result += " to " + std::to_string(last);
    result += thread.state == State::kLeft ? " have left" : " at " + text(thread.site);
    first = last + 1;
  }
  return result;
}

// Whose turn is next: the first ready warp of the order has it until none of its lanes is ready.
class Turns {
 public:
  void begin(int kind) {
    kind_ = kind;
    random_.seed((unsigned)kind);
  }

  void begin_block(int threads) {
    warps_ = (threads + 31) / 32;
    warp_ = -1;
  }

  // The numbers below `count` in the order of the launch.
  void arrange(int *numbers, int count) {
    for (int i = 0; i < count; i++) numbers[i] = kind_ == 1 ? count - 1 - i : i;
    for (int i = count - 1; kind_ > 1 && i > 0; i--) std::swap(numbers[i], numbers[random_() % (i + 1)]);
  }

  // A thread, or kOutside when none is ready.
  int next() {
    if (warp_ < 0 || ready[warp_] == 0) {
      warp_ = first_ready();
      if (warp_ < 0) return kOutside;
      lane_ = 32;
    }
    for (;;) {
      while (lane_ < 32) {
        int lane = lanes_[lane_++];
        if (ready[warp_] >> lane & 1) return warp_ * 32 + lane;
      }
      arrange(lanes_, 32);
      lane_ = 0;
    }
  }

 private:
  int kind_;
  std::mt19937 random_;
  int warps_;
  int warp_;  // or -1
  int lanes_[32];
  int lane_;  // which of lanes_ is next

  int first_ready() {
    int order[kMostThreads / 32];
    arrange(order, warps_);
    for (int i = 0; i < warps_; i++) {
      if (ready[order[i]] != 0) return order[i];
    }
    return -1;
  }
};
Turns turns;

void switch_to(int thread) {
  int from = running;
  if (thread == from) return;
  running = thread;
  threadIdx.x = (unsigned)thread;
  fiber_switch(from, thread);
}

// Gives the turn away until others have made this thread ready.
void wait() { switch_to(turns.next()); }

void thread_main() {
  kernel->body(fields);
  watch_leaving();
  threads[running].state = State::kLeft;
  ready[running / 32] &= ~(1u << (running % 32));
  left++;
  wait();
  __builtin_unreachable();
}

void run_block(int count) {
  unsigned char *shared = memory + kGuard;
  memset(shared - kGuard, 0xff, (size_t)(sharedBytes + 2 * kGuard));
  memset(barriers, 0, sizeof barriers);
  memset(ready, 0, sizeof ready);
  memset(atWarp, 0, sizeof atWarp);
  left = 0;
  race_begin(count, sharedBytes);
  for (int i = 0; i < count; i++) {
    threads[i].copies.clear();
    threads[i].groups = 0;
    fiber_begin(i, thread_main);
    set_ready(i);
  }
  turns.begin_block(count);
  running = kOutside;
  wait();
  if (error.empty() && left < count) error = waiting();
  if (error.empty()) {
    long long byte = changed_guard(shared, sharedBytes);
    if (byte != 0) error = place() + " writes byte " + std::to_string(byte < 0 ? byte : byte - 1) + " of its " +
                           std::to_string(sharedBytes) + " of shared memory";
  }
}

}  // namespace

std::string text(const Site &site) {
  const char *name = strrchr(site.file, '/');
  return std::string(site.what) + " " + (name == nullptr ? site.file : name + 1) + ":" + std::to_string(site.line);
}

std::string run_grid(const KernelEntry &entry, Shape shape, const void *params, int kind) {
  kernel = &entry;
  fields = params;
  error.clear();
  sharedBytes = shape.shared;
  blockDim = {(unsigned)shape.threads, 1, 1};
  gridDim = {(unsigned)shape.blocksX, (unsigned)shape.blocksY, 1};
  threadIdx = {0, 0, 0};
  const unsigned char *parameters = static_cast<const unsigned char *>(params);
  bounds = {fiber_stacks(),
            {memory + kGuard, memory + kGuard + sharedBytes},
            {memory, memory + sizeof memory},
            {parameters, parameters + entry.bytes}};
  watch_begin();
  orderKind = kind;
  chance.seed((unsigned)kind);
  turns.begin(kind);
  std::vector<int> blocks((size_t)shape.blocksX * (size_t)shape.blocksY);
  turns.arrange(blocks.data(), (int)blocks.size());
  for (int block : blocks) {
    blockIdx = {(unsigned)(block % shape.blocksX), (unsigned)(block / shape.blocksX), 0};
    run_block(shape.threads);
    if (!error.empty()) break;
  }
  return error;
}

unsigned char *shared_memory() { return memory + kGuard; }

int lane() { return running % 32; }

void fail_at(const std::string &message) {
  error = place() + ", thread " + std::to_string(running) + " " + message;
  switch_to(kOutside);
  __builtin_unreachable();
}

void fail(Site site, const char *message) { fail_at("at " + text(site) + ": " + message); }

void check_shared(const void *address, int bytes, int align, Site site) {
  const unsigned char *at = static_cast<const unsigned char *>(address), *start = memory + kGuard;
  if (reinterpret_cast<unsigned long long>(at) % (unsigned)align != 0) fail(site, "address is not aligned");
  if (at < start || at + bytes > start + sharedBytes) fail(site, "address is not in the block's shared memory");
}

void collective(unsigned mask, Combine combine, void *record, Site site) {
  int warp = running / 32 * 32;
  int existing = std::min(32, (int)blockDim.x - warp);
  if (existing < 32) mask &= (1u << existing) - 1;
  if (!(mask >> lane() & 1)) fail(site, "the mask is without the lane itself");
  Thread &me = threads[running];
  become(State::kAtWarp, site);
  me.mask = mask;
  me.combine = combine;
  me.record = record;
  void *records[32];
  bool all = (atWarp[warp / 32] & mask) == mask;
  for (int i = 0; i < 32 && all; i++) {
    if (!(mask >> i & 1)) continue;
    const Thread &other = threads[warp + i];
    all = other.mask == mask && other.combine == combine && same_place(other.site, site);
    records[i] = other.record;
  }
  if (all) {
    if (combine != nullptr) {
      combine(records, mask);
    } else {
      race_warp_barrier(warp / 32);
    }
    for (int i = 0; i < 32; i++) {
      if (mask >> i & 1) set_ready(warp + i);
    }
  }
  wait();
}

void warp_barrier(unsigned mask, Site site) {
  if (!skipped(site)) collective(mask, nullptr, nullptr, site);
}

static Barrier &come(int id, int count, bool named, Site site) {
  if (id < 0 || id > 15) fail(site, "there are barriers 0 to 15");
  Barrier &barrier = barriers[id];
  int expected = count == 0 ? (int)blockDim.x : count;
  if (barrier.come == 0) {
    barrier = {0, expected, 0, named, site};
  } else if (barrier.expected != expected || barrier.named != named) {
    fail(site, "the barrier is used by others for another number of threads");
  } else if (!named && !same_place(barrier.site, site)) {
    fail(site, ("others wait at " + text(barrier.site)).c_str());
  }
  barrier.come++;
  return barrier;
}

static void release_if_complete(int id) {
  Barrier &barrier = barriers[id];
  if (barrier.come < barrier.expected) return;
  bool warps[kMostThreads / 32] = {};
  for (int i = 0; i < (int)blockDim.x; i++) {
    if (threads[i].state == State::kAtBlock && threads[i].barrier == id) {
      threads[i].votes = barrier.votes;
      set_ready(i);
      warps[i / 32] = true;
    }
  }
  race_meet(warps);
  barrier.come = 0;
}

int block_barrier(int id, int count, bool named, bool predicate, Site site) {
  if (skipped(site)) return predicate;
  int thread = running;
  Barrier &barrier = come(id, count, named, site);
  barrier.votes += predicate;
  become(State::kAtBlock, site);
  threads[thread].barrier = id;
  release_if_complete(id);
  wait();
  return threads[thread].votes;
}

void copy_async(void *shared, const void *global, int bytes, bool zero, Site site) {
  check_shared(shared, bytes, bytes, site);
  if (!zero && reinterpret_cast<unsigned long long>(global) % (unsigned)bytes != 0) {
    fail(site, "address in global memory is not aligned");
  }
  if (!zero) watch(global, bytes, false);
  watch(shared, bytes, true);
  race_copying(static_cast<unsigned char *>(shared) - shared_memory(), bytes, true);
  bool now = orderKind == 1 || (orderKind > 1 && chance() % 2 == 0);
  Copy copy = {shared, global, bytes, zero, threads[running].groups, now};
  if (now) carry_out(copy);
  threads[running].copies.push_back(copy);
}

void copy_commit() { threads[running].groups++; }

void copy_wait(int pending, Site site) {
  if (skipped(site)) return;
  Thread &me = threads[running];
  size_t done = 0;
  while (done < me.copies.size() && me.copies[done].group < me.groups - pending) {
    const Copy &copy = me.copies[done++];
    race_copying(static_cast<unsigned char *>(copy.shared) - shared_memory(), copy.bytes, false);
    watch(copy.shared, copy.bytes, true);
    if (!copy.done) carry_out(copy);
  }
  me.copies.erase(me.copies.begin(), me.copies.begin() + (long)done);
}

}  // namespace pb_emulator
