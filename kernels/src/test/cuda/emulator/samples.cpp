// The sample kernels on the emulator, from C++: what each computes, and that faults are found.
#include "../harness.h"

#include <string>

struct ScaleParams { const float *x; float *y; const int *rows; long long size; double factor; };
struct SumParams { const float *x; float *sums; long long size; };
struct TileParams { const float *x; float *y; long long tiles; };
struct MatrixParams { const float *a; const float *b; float *c; long long format; };
struct FaultParams { float *y; long long kind; };

static Memory<float> x("x", drawn(1, 4096)), y("y", 4096), a("a", drawn(2, 256)), b("b", drawn(3, 128)), c("c", 128);
static Memory<int> rows("rows", std::vector<int>{10});

// Everything that has an answer, in one order: the first thing that is wrong, or nothing.
static std::string run(int order) {
  y.poison();
  std::string error = launch_error("samples/scale", 2, 1, 256, 0, ScaleParams{x, y, rows, 100, 3.0}, order);
  if (!error.empty()) return error;
  for (int i = 0; i < 1000; i++) if (y[i] != 3.0f * x[i]) return "scale is wrong";
  if (!isnan(y[1000])) return "scale writes beyond the rows of the run";
  y.poison();
  error = launch_error("row_sum", 4, 1, 256, 1024, SumParams{x, y, 1000}, order);
  if (!error.empty()) return error;
  for (int row = 0; row < 4; row++) {
    double sum = 0;
    for (int i = 0; i < 1000; i++) sum += x[row * 1000 + i];
    if (!(fabs(y[row] - sum) < 1e-4)) return "row_sum is wrong";
  }
  for (const char *kernel : {"turn_tiles", "warp_turn"}) {
    int width = kernel[0] == 't' ? 64 : 32;
    y.poison();
    error = launch_error(kernel, 1, 1, 64, 512, TileParams{x, y, 64}, order);
    if (!error.empty()) return error;
    for (int i = 0; i < 4096; i++) {
      if (y[i] != x[i / width * width + width - 1 - i % width]) return std::string(kernel) + " is wrong";
    }
  }
  for (int format = 0; format < 3; format++) {
    c.poison();
    error = launch_error("matrix", 1, 1, 32, 768, MatrixParams{a, b, c, format}, order);
    if (!error.empty()) return error;
    for (int i = 0; i < 128; i++) {
      double sum = 0;
      for (int k = 0; k < 16; k++) sum += (double)a[i / 8 * 16 + k] * b[k * 8 + i % 8];
      if (!(fabs(c[i] - sum) < (format == 0 ? 5e-2 : 1e-2))) return "matrix is wrong";
    }
  }
  return "";
}

int main() {
  Memory<float> small("small", 64);
  for (int order = 0; order < 5; order++) {
    std::string error = run(order);
    if (!error.empty()) printf("FAILED: order %d: %s\n", order, error.c_str()), failures++;
  }
  char all[4096];
  pb_emulator_barriers(all, sizeof all);
  for (int races = 0; races < 3; races += 2) {
    pb_emulator_watch(races);
    std::string list = all;
    while (!list.empty()) {
      std::string site = list.substr(0, list.find(' '));
      list = list.substr(list.find('\n') + 1);
      pb_emulator_skip(site.c_str());
      for (int order = 0; order < 3; order++) {
        std::string error = run(order);
        printf("without %s, order %d%s: %s\n", site.c_str(), order, races ? ", watched" : "", error.c_str());
        expect(!error.empty() || races == 0, "a barrier that is left out is found");
      }
      pb_emulator_skip("");
    }
  }
  for (int kind = 0; kind < 12; kind++) {
    std::string error = launch_error("fault", 1, 1, 64, 256, FaultParams{small, kind});
    if (kind == 5) {
      expect(error.empty() && isnan(small[3]), "shared memory that nobody wrote is NaN");
    } else {
      expect(!error.empty(), "a fault is found");
    }
    printf("%d: %s\n", kind, error.c_str());
    if (kind == 0) memset(static_cast<void *>(&small[64]), 0xff, 4);
  }
  return report();
}
