package io.patchbay.tests.cases;

import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Precision;
import io.patchbay.tests.cases.PropagateDraft.Patched;
import java.util.List;
import java.util.Optional;

/// Patches carried to an image, whose change is multiplied by a direction of each row's own: of
/// sizes that some backends have kernels for.
///
/// Of thousands of products as many add as take away, so what is left has errors like those of one
/// pixel: here logits are as large as leaves pixels between black and white.
final class DirectionCases {
  private static final Chain PIXELS = Chain.of(true, 32, 32, 32, 1);
  private static final Chain COLORS = Chain.of(true, 32, 32, 32, 3);
  private static final Chain TAIL = Chain.of(true, 32, 16, 16, 32, 1);
  private static final Chain TAIL_COLORS = Chain.of(true, 32, 16, 16, 32, 3);

  /// A decoder's last layers.
  private static final Chain LAST = Chain.of(true, 64, 8, 8, 32, 32, 1);

  private static final Chain LAST_COLORS = Chain.of(true, 64, 8, 8, 32, 32, 3);

  private static final Patched GIVEN = new Patched(Optional.empty(), 2, false);
  private static final Patched FAR = new Patched(Optional.empty(), PropagateCases.FAR, false);
  private static final Patched SLIGHT = new Patched(Optional.empty(), 2, true);
  private static final Patched OWN = new Patched(Optional.of(PropagateCases.NEAR), 2, false);

  private DirectionCases() {}

  static List<OpCase> all() {
    return List.of(
        of("a decoder's channel", TAIL, Covers.CHANNEL, GIVEN),
        of("slight moves of a channel", TAIL, Covers.CHANNEL, SLIGHT),
        of("far logits by a channel", TAIL, Covers.CHANNEL, FAR),
        of("own op on a decoder's channel", TAIL, Covers.CHANNEL, OWN),
        of("a decoder's channel", PIXELS, Covers.CHANNEL, GIVEN),
        of("a decoder's channel", COLORS, Covers.CHANNEL, GIVEN),
        of("slight moves of a channel", PIXELS, Covers.CHANNEL, SLIGHT),
        of("far logits by a channel", PIXELS, Covers.CHANNEL, FAR),
        of("own op on a decoder's channel", COLORS, Covers.CHANNEL, OWN),
        of("a decoder's parts", TAIL, Covers.PARTS, GIVEN),
        of("a decoder's parts", TAIL_COLORS, Covers.PARTS, GIVEN),
        rounded(LAST),
        rounded(LAST_COLORS));
  }

  private static OpCase of(
      final String name, final Chain chain, final Covers covers, final Patched patched) {
    return OpCase.of(
            "propagate %s of %s, %s".formatted(name, chain, End.PRODUCTS),
            draft -> products(draft, chain, covers, Precision.FP32, patched))
        .mixingRows()
        .withoutGradients()
        .within(PropagateCases.PRODUCT);
  }

  private static OpCase rounded(final Chain chain) {
    return OpCase.of(
            "propagate in bf16 a decoder's %s, %s".formatted(chain, End.PRODUCTS),
            draft -> products(draft, chain, Covers.PARTS, Precision.BF16, GIVEN))
        .mixingRows()
        .withoutGradients()
        .within(PropagateCases.BF16_CODES)
        .rarely();
  }

  private static void products(
      final Draft draft,
      final Chain chain,
      final Covers covers,
      final Precision precision,
      final Patched patched) {
    final boolean rectifies = !patched.slight();
    PropagateDraft.propagate(draft, chain, covers, End.PRODUCTS, rectifies, precision, patched);
  }
}
