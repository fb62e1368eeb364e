package io.patchbay.tests.cases;

import java.util.regex.Pattern;

/// Cases of which backends have other kernels, or take several turns, where there are many rows.
public final class ManyRows {
  /// Rows that are many for [#sums].
  public static final int SUMS = 700;

  /// Rows that are many for [#layers].
  public static final int LAYER_ROWS = 37;

  private static final Pattern SUMMED =
      Pattern.compile(
          "(reduce|scatter|gather|broadcast|patch|noise|log of|batch stat|objective|product"
              + " sum).*");

  /// Layers of the special kernels, and rows of which those for many take them.
  private static final Pattern LAYERS =
      Pattern.compile(
          "tf32 (transposed )?(convolution|linear) .*|(convolution|input gradient)"
              + " .(1|3|16|32|48|64), (8|16|32|64), \\5. -> .* k4x4 s2 p1|(convolution|input"
              + " gradient) .* k2x2 s2 p0");

  private ManyRows() {}

  /// Sums of several parts, and blocks that go round again.
  public static boolean sums(final OpCase opCase) {
    return SUMMED.matcher(opCase.name()).matches();
  }

  /// Those of them that are products.
  public static boolean products(final OpCase opCase) {
    return opCase.name().startsWith("product sum");
  }

  /// Layers after which tanh stands: others than those without, where few rows meet many
  /// multiprocessors.
  public static boolean bent(final OpCase opCase) {
    return opCase.name().matches("(transposed )?layer .*, 8, 8. .*, TANH");
  }

  /// Layers, each of whose rows has the same bits whatever their number.
  public static boolean layers(final OpCase opCase) {
    return opCase.rowwise() && LAYERS.matcher(opCase.name()).matches();
  }
}
