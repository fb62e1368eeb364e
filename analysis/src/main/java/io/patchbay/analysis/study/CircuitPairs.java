package io.patchbay.analysis.study;

import io.patchbay.analysis.circuit.ImagePairs;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.data.Variable;
import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.stream.IntStream;

/// Pairs of inputs that differ in one factor alone: some to find something on, and others, with no
/// input in common, to measure it on. A base input of the others is among them once, so that they
/// are as many independent units as there are pairs.
///
/// For a factor of the data's grid the second input is another row; for a variable of a generator
/// that has no place in the grid it is rendered with the variable drawn from its range and all
/// others held.
record CircuitPairs(ImagePairs discovery, ImagePairs heldOut) {
  /// Pairs drawn for each that is asked for: those with an input of the first part are left out.
  private static final int SPARE = 3;

  private static final int FEWEST = 2;

  /// Pairs drawn, and whether their sources are rendered.
  private record Drawn(Scene scene, String factor, boolean rendered, Pairs pairs) {
    /// @param count pairs that are asked for
    static Drawn of(final Scene scene, final String factor, final int count) {
      final int index = scene.data().factors().stream().map(Factor::name).toList().indexOf(factor);
      if (index >= 0) {
        final var pairs = Pairs.differingIn(scene, index, SPARE * count);
        return new Drawn(scene, factor, false, pairs);
      }
      final var rows = scene.rows(SPARE * count);
      return new Drawn(scene, factor, true, new Pairs(rows, rows));
    }

    ImagePairs images(final int[] chosen) {
      return CircuitPairs.images(scene, pairs, chosen, factor, rendered);
    }
  }

  /// The pairs to find something on, alone.
  ///
  /// @param factor by name, one that a probe can read
  static ImagePairs discovery(final Scene scene, final String factor, final int count) {
    return Drawn.of(scene, factor, count).images(IntStream.range(0, count).toArray());
  }

  /// @param factor by name, one that a probe can read
  static CircuitPairs of(final Scene scene, final String factor, final int count) {
    final var drawn = Drawn.of(scene, factor, count);
    final var pairs = drawn.pairs();
    final var seen = new HashSet<Long>();
    for (int i = 0; i < count; i++) {
      seen.add(pairs.bases()[i]);
      seen.add(pairs.sources()[i]);
    }
    final var others = new ArrayList<Integer>();
    final var bases = new HashSet<Long>();
    for (int i = count; i < pairs.size() && others.size() < count; i++) {
      final boolean apart = !seen.contains(pairs.bases()[i]) && !seen.contains(pairs.sources()[i]);
      if (apart && bases.add(pairs.bases()[i])) {
        others.add(i);
      }
    }
    if (others.size() < FEWEST) {
      throw new BadInputException(
          "--pairs",
          "held-out pairs",
          others.size() + " of " + scene.data().size() + " inputs with no input of the others",
          "at least " + FEWEST + ": fewer pairs, or more data");
    }
    return new CircuitPairs(
        drawn.images(IntStream.range(0, count).toArray()),
        drawn.images(others.stream().mapToInt(Integer::intValue).toArray()));
  }

  private static ImagePairs images(
      final Scene scene,
      final Pairs pairs,
      final int[] chosen,
      final String factor,
      final boolean rendered) {
    final var bases = rows(pairs.bases(), chosen);
    final var images = scene.images(bases);
    if (!rendered) {
      return new ImagePairs(images, scene.images(rows(pairs.sources(), chosen)));
    }
    if (!(scene.data() instanceof final GenerativeDataset data)) {
      throw new IllegalArgumentException("neither factor nor variable: factor=" + factor);
    }
    final var sources = new float[images.length];
    final var variable =
        data.variables().stream().filter(v -> v.name().equals(factor)).findFirst().orElseThrow();
    for (int i = 0; i < chosen.length; i++) {
      final double value = value(variable, scene.seed(), chosen[i]);
      final var scenery = data.variablesOf(bases[i]);
      final var set = data.intervene(scenery, Map.of(factor, value), false);
      data.render(set, sources, i * scene.imageSize());
    }
    return new ImagePairs(images, sources);
  }

  private static double value(final Variable variable, final long seed, final int pair) {
    final var random = new PhiloxRandom(seed, Streams.BATCH, pair, 1);
    final double value = variable.low() + random.nextDouble() * (variable.high() - variable.low());
    return variable.discrete() ? Math.rint(value) : value;
  }

  private static long[] rows(final long[] all, final int[] chosen) {
    return Arrays.stream(chosen).mapToLong(i -> all[i]).toArray();
  }
}
