package io.patchbay.analysis.disentanglement;

import io.patchbay.analysis.statistics.Matrix;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Codes that are known functions of factors.
final class Worlds {
  /// The factors themselves.
  static final Function<int[], double[]> IDENTITY =
      v -> Arrays.stream(v).asDoubleStream().toArray();

  /// Nothing.
  static final Function<int[], double[]> ZERO = v -> new double[v.length];

  /// The factors in another order.
  static final Function<int[], double[]> PERMUTED =
      v -> IntStream.range(0, v.length).mapToDouble(i -> v[(i + 1) % v.length]).toArray();

  /// The first factor twice.
  static final Function<int[], double[]> DUPLICATED =
      v -> IntStream.rangeClosed(0, v.length).mapToDouble(i -> v[Math.max(0, i - 1)]).toArray();

  /// The first two factors turned by 45 degrees.
  static final Function<int[], double[]> ROTATED =
      v -> {
        final double[] code = IDENTITY.apply(v);
        code[0] = (v[0] + v[1]) * Math.sqrt(0.5);
        code[1] = (v[0] - v[1]) * Math.sqrt(0.5);
        return code;
      };

  private Worlds() {}

  /// The whole grid, `times` times.
  static Samples grid(final int[] sizes, final int times, final Function<int[], double[]> code) {
    final int cells = Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    final int[][] factors = new int[cells * times][sizes.length];
    for (int i = 0; i < factors.length; i++) {
      int rest = i % cells;
      for (int k = sizes.length - 1; k >= 0; k--) {
        factors[i][k] = rest % sizes[k];
        rest /= sizes[k];
      }
    }
    return of(factors, code);
  }

  /// Independent draws of factors.
  static Samples drawn(
      final int[] sizes,
      final FactorDraws.Use use,
      final int count,
      final Function<int[], double[]> code) {
    return of(new FactorDraws(sizes, 5).factors(use, count), code);
  }

  static Samples of(final int[][] factors, final Function<int[], double[]> code) {
    return new Samples(
        Matrix.ofRows(Arrays.stream(factors).map(code).toArray(double[][]::new)), factors);
  }

  static FactorCodes codes(final int[] sizes, final Function<int[], double[]> code) {
    return new FactorCodes() {
      @Override
      public int[] sizes() {
        return sizes.clone();
      }

      @Override
      public Matrix of(final int[][] factors) {
        return Worlds.of(factors, code).codes();
      }
    };
  }

  /// The codes with one of them multiplied.
  static Function<int[], double[]> scaled(
      final Function<int[], double[]> code, final int which, final double by) {
    return v -> {
      final double[] values = code.apply(v);
      values[which] *= by;
      return values;
    };
  }
}
