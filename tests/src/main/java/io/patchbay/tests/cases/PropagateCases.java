package io.patchbay.tests.cases;

import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.engine.Precision;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.tests.cases.PropagateDraft.Patched;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Patches carried through chains of layers, convolutions up and down and linear ones: units, rows,
/// channels and whole values, at borders and inside, onto images of one and three channels, onto
/// features and onto codes.
final class PropagateCases {
  private PropagateCases() {}

  /// Of sums of bf16 operands through layers, where a number between two is rounded either way.
  private static final double BF16 = 2e-3;

  /// Where clean values are held in 16 bits more are, and few sums at the end average nothing.
  static final double BF16_CODES = 6e-3;

  /// Operands of a float32 chain may be pairs of bf16, 16 bits of them, in each of its layers.
  private static final double PAIRS = 1e-5;

  private static final double FP32 = 2e-6;

  /// A product's terms have both signs, and may leave little.
  static final double PRODUCT = 3e-5;

  /// Beyond where the sigmoid of a float on the dark side is a normal number.
  static final double FAR = 150;

  /// Reads all that there is.
  private static final PatchOp OWN =
      PatchOp.define(
          "own",
          "random < rate ? source - mean"
              + " : clean * value + unit / 512 + 0.1 * channel - row / (1 + column)",
          Map.of("rate", 0.4));

  /// The same, of a size that leaves pixels between black and white.
  static final PatchOp NEAR =
      PatchOp.define(
          "near",
          "random < rate ? source - mean / 4 : clean * (1 + value / 8) + 0.01 * channel - unit /"
              + " 65536 + 0.02 * row / (1 + column)",
          Map.of("rate", 0.4));

  private static final List<Chain> CHAINS =
      List.of(
          Chain.of(true, 16, 3, 5, 16),
          Chain.of(true, 5, 4, 4, 48),
          Chain.of(true, 16, 20, 18, 1),
          Chain.of(true, 7, 9, 4, 3),
          Chain.of(true, 32, 4, 4, 16, 1),
          Chain.of(true, 16, 2, 3, 32, 3),
          Chain.of(true, 16, 1, 2, 32, 16, 1),
          Chain.of(true, 3, 2, 2, 16, 32),
          Chain.of(true, 6, 1, 2, 128, 64),
          Chain.of(false, 1, 8, 8, 16),
          Chain.of(false, 3, 12, 10, 32),
          Chain.of(false, 1, 32, 24, 32, 16, 16),
          Chain.of(false, 16, 8, 12, 48, 16),
          Chain.of(false, 16, 8, 12, 32).then(Kind.UP, 16, 8, 12),
          Chain.flat(7).linear(5),
          Chain.flat(10).linear(256),
          Chain.flat(33).linear(40).linear(10),
          Chain.flat(3).then(Kind.LINEAR, 16, 3, 2).then(Kind.UP, 1, 6, 4),
          Chain.flat(10)
              .linear(23)
              .then(Kind.LINEAR, 32, 2, 2)
              .then(Kind.UP, 16, 4, 4)
              .then(Kind.UP, 3, 8, 8),
          Chain.of(false, 3, 8, 4, 16).linear(9),
          Chain.of(false, 1, 16, 16, 16, 32).linear(50).linear(10),
          new Chain(4, 3, 2, List.of()).linear(17),
          Chain.of(false, 2, 4, 8, 32).then(Kind.LINEAR, 16, 2, 4).then(Kind.UP, 1, 4, 8));

  /// A decoder's layers, and its last ones, of sizes that some backends have kernels for.
  private static final List<Chain> DECODERS =
      List.of(
          decoder(Chain.flat(10).linear(256).then(Kind.LINEAR, 64, 4, 4), 64, 32, 32, 1),
          decoder(Chain.flat(256).then(Kind.LINEAR, 64, 4, 4), 64, 32, 32, 3),
          decoder(new Chain(64, 4, 4, List.of()), 64, 32, 32, 3),
          decoder(new Chain(64, 8, 8, List.of()), 32, 32, 1));

  private static Chain decoder(final Chain before, final int... channels) {
    Chain chain = before;
    int side = chain.to().isEmpty() ? chain.height() : chain.to().getLast().height();
    for (final int each : channels) {
      side *= 2;
      chain = chain.then(Kind.UP, each, side, side);
    }
    return chain;
  }

  /// A change in TF32 through a decoder's last layers, and through an encoder's first.
  static List<OpCase> narrow() {
    return Stream.of(Chain.of(true, 32, 16, 16, 32, 1), Chain.of(false, 1, 64, 64, 32, 32))
        .map(of ->
            OpCase.of(
                    "propagate in tf32 a change of %s".formatted(of),
                    draft ->
                        PropagateDraft.propagate(
                            draft, of, Covers.PARTS, End.SQUARES, true, Precision.TF32))
                .mixingRows()
                .withoutGradients()
                .inPairsWithin(PAIRS))
        .toList();
  }

  static List<OpCase> all() {
    final var cases = new ArrayList<OpCase>();
    for (int c = 0; c < DECODERS.size(); c++) {
      final var chain = DECODERS.get(c);
      final var end = c % 2 == 0 ? End.SQUARES : End.SIZES;
      cases.add(
          OpCase.of(
                  "propagate in bf16 a decoder's %s, %s".formatted(chain, end),
                  draft ->
                      PropagateDraft.propagate(
                          draft, chain, Covers.PARTS, end, true, Precision.BF16))
              .mixingRows()
              .withoutGradients()
              .within(BF16)
              .rarely());
      cases.add(
          OpCase.of(
                  "propagate a decoder's %s, %s".formatted(chain, end),
                  draft ->
                      PropagateDraft.propagate(
                          draft, chain, Covers.PARTS, end, true, Precision.FP32))
              .mixingRows()
              .withoutGradients()
              .inPairsWithin(PAIRS));
    }
    for (final int colors : new int[] {1, 3}) {
      final var chain =
          Chain.of(false, colors, 64, 64, 32, 32, 64, 64).linear(256).linear(colors == 1 ? 10 : 20);
      final var end = colors == 1 ? End.VALUE : End.SQUARES;
      final var covers = colors == 1 ? Covers.PARTS : Covers.STRIP;
      cases.add(
          OpCase.of(
                  "propagate in bf16 an encoder's %s of %s, %s".formatted(covers, chain, end),
                  draft ->
                      PropagateDraft.propagate(draft, chain, covers, end, false, Precision.BF16))
              .mixingRows()
              .withoutGradients()
              .within(BF16_CODES)
              .rarely());
    }
    // Patches of all sizes at one layer's input.
    cases.add(touching(Chain.of(true, 32, 16, 16, 32, 1), Covers.PARTS, End.SIZES));
    cases.add(touching(Chain.of(true, 64, 4, 4, 64, 32, 32, 1), Covers.PARTS, End.SQUARES));
    // Patches that touch little, of sizes that some backends have kernels for.
    cases.add(touching(Chain.of(true, 32, 32, 32, 1), Covers.CHANNEL, End.SIZES));
    cases.add(touching(Chain.of(true, 32, 32, 32, 3), Covers.CHANNEL, End.SQUARES));
    cases.add(touching(Chain.of(true, 32, 16, 16, 32, 1), Covers.CHANNEL, End.SQUARES));
    cases.add(touching(Chain.of(true, 32, 16, 16, 32, 1), Covers.CHANNEL, End.SIZES));
    cases.add(far(Chain.of(true, 32, 32, 32, 1), Covers.CHANNEL, End.SQUARES));
    cases.add(far(Chain.of(true, 16, 20, 18, 1), Covers.PARTS, End.PRODUCTS));
    cases.add(far(Chain.of(true, 16, 2, 3, 32, 3), Covers.STRIP, End.SIZES));
    cases.add(slight(Chain.of(true, 32, 32, 32, 1), Covers.CHANNEL, End.SQUARES));
    cases.add(slight(Chain.of(true, 32, 16, 16, 32, 1), Covers.CHANNEL, End.SIZES));
    cases.add(slight(Chain.of(true, 16, 6, 4, 32, 1), Covers.PARTS, End.SIZES));
    cases.add(near(Chain.of(true, 32, 32, 32, 3), End.SIZES));
    cases.add(near(Chain.of(true, 32, 16, 16, 32, 1), End.SQUARES));
    cases.add(
        OpCase.of(
                "propagate in bf16 a decoder's channels",
                draft ->
                    PropagateDraft.propagate(
                        draft,
                        Chain.of(true, 32, 16, 16, 32, 1),
                        Covers.CHANNEL,
                        End.SQUARES,
                        false,
                        Precision.BF16))
            .mixingRows()
            .withoutGradients()
            .rarely());
    cases.add(touching(Chain.of(true, 64, 4, 4, 64, 32, 32, 1), Covers.UNIT, End.SIZES));
    cases.add(touching(Chain.of(true, 64, 4, 4, 64, 32, 32, 3), Covers.STRIP, End.SQUARES));
    cases.add(touching(Chain.of(true, 64, 8, 8, 32, 32, 1), Covers.PARTS, End.SQUARES));
    for (int c = 0; c < CHAINS.size(); c++) {
      final int i = c;
      final var chain = CHAINS.get(i);
      final var kinds = Covers.ANY;
      for (int k = 0; k < kinds.size(); k++) {
        final var covers = kinds.get(k);
        final boolean first = (i + k) % 2 == 0;
        final var end = first && !chain.image() ? End.VALUE : first ? End.SQUARES : End.SIZES;
        final boolean rectifies = (i + k) % 3 == 0;
        cases.add(
            OpCase.of(
                    "propagate %s of %s, %s".formatted(covers, chain, end),
                    draft ->
                        PropagateDraft.propagate(
                            draft, chain, covers, end, rectifies, Precision.FP32))
                .mixingRows()
                .inPairsWithin(chain.pairs() ? PAIRS : FP32)
                .withoutGradients());
        if (k == i % kinds.size()) {
          cases.add(
              OpCase.of(
                      "propagate %s of %s, %s".formatted(covers, chain, End.PRODUCTS),
                      draft ->
                          PropagateDraft.propagate(
                              draft, chain, covers, End.PRODUCTS, rectifies, Precision.FP32))
                  .mixingRows()
                  .within(PRODUCT)
                  .withoutGradients());
        }
        if (k == (i + 1) % kinds.size()) {
          cases.add(
              OpCase.of(
                      "propagate own op %s of %s, %s".formatted(covers, chain, end),
                      draft ->
                          PropagateDraft.propagate(
                              draft,
                              chain,
                              covers,
                              end,
                              rectifies,
                              Precision.FP32,
                              new Patched(Optional.of(OWN), PropagateDraft.SATURATED, false)))
                  .mixingRows()
                  .inPairsWithin(chain.pairs() ? PAIRS : FP32)
                  .withoutGradients());
        }
        final boolean exact = chain.to().size() <= 2;
        cases.add(
            OpCase.of(
                    "propagate in bf16 %s of %s, %s".formatted(covers, chain, end),
                    draft ->
                        PropagateDraft.propagate(
                            draft, chain, covers, end, rectifies, Precision.BF16))
                .mixingRows()
                .withoutGradients()
                .within(exact ? FP32 : BF16)
                .rarely());
      }
    }
    return cases;
  }

  private static OpCase touching(final Chain chain, final Covers covers, final End end) {
    return OpCase.of(
            "propagate a decoder's %s of %s, %s".formatted(covers, chain, end),
            draft -> PropagateDraft.propagate(draft, chain, covers, end, true, Precision.FP32))
        .mixingRows()
        .withoutGradients()
        .inPairsWithin(PAIRS);
  }

  /// Changes of pixels whose logits a float's sigmoid cannot tell from infinity, to the other side
  /// and back.
  private static OpCase far(final Chain chain, final Covers covers, final End end) {
    final var patched = new Patched(Optional.empty(), FAR, false);
    final var opCase = special("far logits by " + covers, chain, covers, end, patched);
    return end == End.PRODUCTS ? opCase.within(PRODUCT) : opCase.inPairsWithin(PAIRS);
  }

  /// Units that move by a millionth of themselves: what they become, less what they were, would
  /// have lost most digits of it.
  private static OpCase slight(final Chain chain, final Covers covers, final End end) {
    final var patched = new Patched(Optional.empty(), 2, true);
    return special("slight moves by " + covers, chain, covers, end, patched).within(PRODUCT);
  }

  private static OpCase near(final Chain chain, final End end) {
    final var patched = new Patched(Optional.of(NEAR), PropagateDraft.SATURATED, false);
    return special("own op on a decoder's channel", chain, Covers.CHANNEL, end, patched)
        .within(2 * FP32)
        .inPairsWithin(PAIRS);
  }

  private static OpCase special(
      final String name,
      final Chain chain,
      final Covers covers,
      final End end,
      final Patched patched) {
    final boolean rectifies = patched.own().isPresent();
    return OpCase.of(
            "propagate %s of %s, %s".formatted(name, chain, end),
            draft ->
                PropagateDraft.propagate(
                    draft, chain, covers, end, rectifies, Precision.FP32, patched))
        .mixingRows()
        .withoutGradients();
  }
}
