package io.patchbay.ffi;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.openblas.global.openblas_nolapack;

/// Double-precision products for work where no per-sample value comes out: probes, covariances.
/// OpenBLAS runs on the calling thread alone. Where it is left out of the class path, as in a
/// bundle, every call is a [NativeException] that says so.
public final class OpenBlas {
  private OpenBlas() {}

  /// `c = aᵀ a` for the row-major (rows, cols) matrix `a`; `c` is (cols, cols), both triangles.
  public static double[] gram(final double[] a, final int rows, final int cols) {
    return crossProduct(a, a, rows, cols, cols);
  }

  /// `c = aᵀ b` for row-major `a` (rows, m) and `b` (rows, n); `c` is (m, n).
  public static double[] crossProduct(
      final double[] a, final double[] b, final int rows, final int m, final int n) {
    if (a.length != (long) rows * m || b.length != (long) rows * n) {
      throw new IllegalArgumentException(
          "matrix sizes differ from their shapes: a="
              + a.length
              + ", b="
              + b.length
              + ", rows="
              + rows
              + ", m="
              + m
              + ", n="
              + n);
    }
    load();
    final var c = new double[m * n];
    try (var pa = new DoublePointer(a);
        var pb = new DoublePointer(b);
        var pc = new DoublePointer(c)) {
      openblas.cblas_dgemm(
          openblas.CblasRowMajor,
          openblas.CblasTrans,
          openblas.CblasNoTrans,
          m,
          n,
          rows,
          1.0,
          pa,
          m,
          pb,
          n,
          0.0,
          pc,
          n);
      pc.get(c);
    }
    return c;
  }

  private static void load() {
    try {
      openblas_nolapack.blas_set_num_threads(1);
    } catch (final LinkageError e) {
      throw new NativeException(
          "no OpenBLAS on the class path, which a bundle leaves out: run from a build instead ("
              + e
              + ")",
          e);
    }
  }
}
