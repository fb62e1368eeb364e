package io.patchbay.tests.cases;

import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Precision;
import java.util.List;

/// Squares of an image carried through an encoder, of sizes that some backends have kernels for.
final class SquareCases {
  /// Pairs of bf16 have 16 bits; with few cells no large number makes up for small ones. A GPU's
  /// matrix unit rounds its long sums towards zero besides, which the emulator's does not: by
  /// simulation 1.5e-5 of a sum of squares through the four layers.
  private static final double PAIRS = 5e-5;

  private SquareCases() {}

  static List<OpCase> all() {
    final var conv4 = Chain.of(false, 1, 64, 64, 32, 32, 64, 64).linear(10);
    final var colors = Chain.of(false, 3, 32, 48, 16, 32, 48).linear(9);
    final var narrow = Chain.of(false, 3, 32, 32, 32, 32, 64, 64).linear(20).linear(7);
    return List.of(
        of(conv4, End.VALUE, Precision.FP32).inPairsWithin(PAIRS),
        of(colors, End.SQUARES, Precision.FP32).inPairsWithin(PAIRS),
        of(Chain.of(false, 1, 16, 40, 64, 32), End.VALUE, Precision.FP32).inPairsWithin(PAIRS),
        of(conv4, End.SIZES, Precision.BF16).within(PropagateCases.BF16_CODES).rarely(),
        of(narrow, End.VALUE, Precision.BF16).within(PropagateCases.BF16_CODES).rarely());
  }

  private static OpCase of(final Chain chain, final End end, final Precision precision) {
    return OpCase.of(
            "propagate in %s squares of %s, %s".formatted(precision, chain, end),
            draft -> PropagateDraft.propagate(draft, chain, Covers.SQUARE, end, false, precision))
        .mixingRows()
        .withoutGradients();
  }
}
