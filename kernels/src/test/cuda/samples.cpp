// The sample kernels on the emulator, from C++: what each computes, and that faults are found.
#include "harness.h"

#include <string>

struct ScaleParams { const float *x; float *y; const int *rows; long long size; double factor; };
struct SumParams { const float *x; float *sums; long long size; };
struct TileParams { const float *x; float *y; long long tiles; };
struct MatrixParams { const float *a; const float *b; float *c; long long format; };
struct FaultParams { float *y; long long kind; };

int main() {
  Memory<float> x("x", drawn(1, 4096)), y("y", 4096), a("a", drawn(2, 256)), b("b", drawn(3, 128)), c("c", 128);
  Memory<float> small("small", 64);
  Memory<int> rows("rows", std::vector<int>{10});
  for (int order = 0; order < 5; order++) {
    y.poison();
    launch("samples/scale", 2, 1, 256, 0, ScaleParams{x, y, rows, 100, 3.0}, order);
    for (int i = 0; i < 1000; i++) expect_near("scale", i, y[i], 3.0 * x[i], 1e-6);
    expect(isnan(y[1000]), "rows beyond the run stay");
    y.poison();
    launch("row_sum", 4, 1, 256, 1024, SumParams{x, y, 1000}, order);
    for (int row = 0; row < 4; row++) {
      double sum = 0;
      for (int i = 0; i < 1000; i++) sum += x[row * 1000 + i];
      expect_near("row_sum", row, y[row], sum, 1e-5);
    }
    for (const char *kernel : {"turn_tiles", "warp_turn"}) {
      int width = kernel[0] == 't' ? 64 : 32;
      y.poison();
      launch(kernel, 1, 1, 64, 512, TileParams{x, y, 64}, order);
      for (int i = 0; i < 4096; i++) expect_near(kernel, i, y[i], x[i / width * width + width - 1 - i % width], 0);
    }
    for (int format = 0; format < 3; format++) {
      c.poison();
      launch("matrix", 1, 1, 32, 768, MatrixParams{a, b, c, format}, order);
      for (int i = 0; i < 128; i++) {
        double sum = 0;
        for (int k = 0; k < 16; k++) sum += (double)a[i / 8 * 16 + k] * b[k * 8 + i % 8];
        expect_near("matrix", i, c[i], sum, format == 0 ? 5e-2 : 5e-3);
      }
    }
  }
  for (int kind = 0; kind < 8; kind++) {
    std::string error = launch_error("fault", 1, 1, 64, 256, FaultParams{small, kind});
    if (kind == 5 || kind == 6) {
      expect(error.empty() && isnan(small[3]), "shared memory that nobody wrote is NaN");
    } else {
      expect(!error.empty(), "a fault is found");
    }
    printf("%d: %s\n", kind, error.c_str());
    if (kind == 0) memset(static_cast<void *>(&small[64]), 0xff, 4);
  }
  for (const char *barrier : {"samples.cu:40", "samples.cu:70", "samples.cu:72"}) printf("%s\n", barrier);
  char all[4096];
  pb_emulator_barriers(all, sizeof all);
  printf("%s", all);
  return report();
}
