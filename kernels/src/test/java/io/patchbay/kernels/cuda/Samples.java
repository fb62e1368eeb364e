package io.patchbay.kernels.cuda;

import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Launch;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// The kernels of `src/test/cuda/emulator/samples.cu` on the emulator.
final class Samples {
  static final int TILES = 64;
  static final float[] X = normal(1, 64 * TILES);
  static final float[] A = normal(2, 16 * 16);
  static final float[] B = normal(3, 16 * 8);

  private static @Nullable EmulatorLibrary library;

  private Samples() {}

  private static synchronized EmulatorLibrary library() {
    if (library == null) {
      final var resource = Samples.class.getResource("samples/libpatchbay_emulator.so");
      Assumptions.assumeTrue(resource != null, "the build had no C++ compiler");
      library = EmulatorLibrary.open(resource);
    }
    return library;
  }

  static EmulatedDevice device(final int order) {
    return new EmulatedDevice(library(), 1L << 24, order);
  }

  static float[] normal(final long seed, final int count) {
    final var random = new Random(seed);
    final var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  static long upload(final Device device, final String owner, final float... values) {
    final long address = device.allocate(owner, 4L * values.length).address();
    device.upload(address, MemorySegment.ofArray(values));
    return address;
  }

  static float[] download(final Device device, final long address, final int count) {
    final var values = new float[count];
    device.download(MemorySegment.ofArray(values), address);
    return values;
  }

  /// Sums of the four rows of 1000 values of [#X].
  static float[] rowSums(final Device device) {
    final long x = upload(device, "x", X);
    final long sums = device.allocate("sums", 4L * 4).address();
    device.kernel("samples", "row_sum").launch(new Launch(4, 1, 256, 1024), x, sums, 1000);
    return download(device, sums, 4);
  }

  /// [#X] with each piece turned round: of 64 values by `turn_tiles`, of 32 by `warp_turn`.
  static float[] turned(final Device device, final String kernel) {
    final long x = upload(device, "x", X);
    final long y = device.allocate("y", 4L * X.length).address();
    device.kernel("samples", kernel).launch(new Launch(1, 1, 64, 512), x, y, TILES);
    return download(device, y, X.length);
  }

  /// The product of [#A] and [#B] with bf16 (format 0), f16 (1) or tf32 (2).
  static float[] product(final Device device, final int format) {
    final long a = upload(device, "a", A);
    final long b = upload(device, "b", B);
    final long c = device.allocate("c", 4L * 16 * 8).address();
    device.kernel("samples", "matrix").launch(new Launch(1, 1, 32, 768), a, b, c, format);
    return download(device, c, 16 * 8);
  }

  static float[] expectedSums() {
    final var sums = new float[4];
    for (int row = 0; row < 4; row++) {
      double sum = 0;
      for (int i = 0; i < 1000; i++) {
        sum += X[row * 1000 + i];
      }
      sums[row] = (float) sum;
    }
    return sums;
  }

  static float[] expectedTurned(final int width) {
    final var turned = new float[X.length];
    for (int i = 0; i < X.length; i++) {
      turned[i] = X[i / width * width + width - 1 - i % width];
    }
    return turned;
  }

  static float[] expectedProduct() {
    final var product = new float[16 * 8];
    for (int i = 0; i < product.length; i++) {
      double sum = 0;
      for (int k = 0; k < 16; k++) {
        sum += (double) A[i / 8 * 16 + k] * B[k * 8 + i % 8];
      }
      product[i] = (float) sum;
    }
    return product;
  }
}
