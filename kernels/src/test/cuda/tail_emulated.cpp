// Holds the kernels of the tail, tail_channel and change_pixels to float64 on the host's emulator.
// Build: see tail_emulated.sh. Usage: tail_emulated CELLS BLOCKS [ORDER [KERNEL [SITE]]]: a barrier at
// SITE (file:line) is left out, and some check should fail; for list, they are listed.
#include "mma.cuh"
#ifndef TAIL_KERNELS
// The parameters alone: tail_emulated.sh compiles this file once more for the kernels.
#undef PB_KERNEL
#define PB_KERNEL(name, params, threads, blocks) static void name(const params &p)
#endif
namespace {
#include "change_pixels.cu"
#include "tail_exact.cu"
#include "tail_exact_colors.cu"
#include "tail_channel.cu"
#include "tail_channel_pack.cu"
#include "tail_colors.cu"
#include "tail_pack.cu"
#include "tail_streamed.cu"
}  // namespace
#ifndef TAIL_KERNELS
#include "emulator/runtime.h"
#include "channel_check.h"
#include "pixels_check.h"

extern "C" int pb_emulator_launch(const char *, int, int, int, int, const void *, long long, int, char *, int);
extern "C" void pb_emulator_skip(const char *);
extern "C" int pb_emulator_barriers(char *, int);
extern "C" void *pb_emulator_allocate(const char *, long long);

struct Emulator {
  int order = 0;

  void *allocate(size_t bytes) { return pb_emulator_allocate("tail_emulated", (long long)bytes); }
  void write(void *to, const void *from, size_t bytes) { memcpy(to, from, bytes); }
  void read(void *to, const void *from, size_t bytes) { memcpy(to, from, bytes); }
  void launch(const char *kernel, int blocks, int threads, int shared, const void *params, size_t bytes) {
    char error[2000];
    if (pb_emulator_launch(kernel, blocks, 1, threads, shared, params, (long long)bytes, order, error, sizeof error) != 0) {
      fprintf(stderr, "%s\n", error);
      exit(1);
    }
  }
};

int main(int count, char **arguments) {
  if (count < 3) return 2;
  Emulator emulator;
  if (count > 3) emulator.order = atoi(arguments[3]);
  const int cells = atoi(arguments[1]);
  const int blocks = atoi(arguments[2]);
  const char *const only = count > 4 ? arguments[4] : nullptr;
  const char *const site = count > 5 ? arguments[5] : nullptr;
  if (site != nullptr && strcmp(site, "list") != 0) pb_emulator_skip(site);
  int failed = 0;
  if (only == nullptr || strncmp(only, "change", 6) == 0) failed += pixels_check::check_all(emulator, 8 * cells, blocks);
  if (only == nullptr || strncmp(only, "tail_channel", 12) == 0) {
    failed += channel_check::check_all(emulator, 4 * cells, blocks);
  }
  failed += tail_check::check_all(emulator, cells, blocks, only);
  if (site != nullptr && strcmp(site, "list") == 0) {
    char text[4000];
    pb_emulator_barriers(text, sizeof text);
    printf("%s", text);
  }
  return failed == 0 ? 0 : 1;
}
#endif
