package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.invoke.MethodHandle;

/// `patch.cpp`.
final class NativePatch implements PatchKernel {
  private final MethodHandle patch;

  NativePatch(final KernelLibrary library) {
    this.patch =
        library.kernel(
            "patch", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT,
            JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  }

  @Override
  public void patch(
      final long x,
      final long source,
      final long ranges,
      final long y,
      final int channels,
      final int height,
      final int width,
      final int firstRow,
      final long n,
      final long m,
      final long fired) {
    try {
      KernelLibrary.check(
          "patch",
          (int)
              patch.invokeExact(
                  x, source, ranges, y, channels, height, width, firstRow, n, m, fired));
    } catch (final Throwable t) {
      throw KernelLibrary.unexpected("patch", t);
    }
  }
}
