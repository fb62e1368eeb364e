package io.patchbay.analysis.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.circuit.ImagePairs;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Factor;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Pairs of few images, each of which says which it is.
class CircuitPairsTest {
  private static final int COUNT = 8;
  private static final int COLUMNS = 6;
  private static final ImageShape SHAPE = new ImageShape(1, 16, 16);

  /// A grid of two factors.
  private record Numbered(int rows) implements FactorDataset {
    @Override
    public String name() {
      return "numbered";
    }

    @Override
    public ImageShape shape() {
      return SHAPE;
    }

    @Override
    public List<Factor> factors() {
      return List.of(factor("row", rows), factor("column", COLUMNS));
    }

    private static Factor factor(final String name, final int values) {
      return new Factor(name, IntStream.range(0, values).asDoubleStream().toArray(), false);
    }

    @Override
    public long size() {
      return (long) rows * COLUMNS;
    }

    @Override
    public void image(final long row, final float[] target, final int offset) {
      target[offset] = (float) row / size();
    }

    @Override
    public int[] factorsOf(final long row) {
      return new int[] {(int) (row / COLUMNS), (int) (row % COLUMNS)};
    }

    @Override
    public long rowOf(final int[] factorIndices) {
      return (long) factorIndices[0] * COLUMNS + factorIndices[1];
    }

    @Override
    public void close() {}
  }

  /// Draws pairs with many seeds; nothing may be wrong.
  private static void draw(final int rows) {
    final var config =
        TrainConfig.defaults(Variant.VAE, "arch.widths=4", "arch.hidden=8", "latent=2");
    final var wrong = new ArrayList<String>();
    try (var backend = Backends.open("reference", new Settings(1, 1L << 28)).backend();
        var data = new Numbered(rows);
        var model = TrainedVae.untrained(config, SHAPE, backend)) {
      for (long seed = 1; seed <= 20; seed++) {
        final var pairs = CircuitPairs.of(new Scene(model, data, seed), "column", COUNT);
        final var alone = CircuitPairs.discovery(new Scene(model, data, seed), "column", COUNT);
        assertEquals(numbers(alone.sources(), rows), numbers(pairs.discovery().sources(), rows));
        wrong.addAll(wrong(pairs, rows));
      }
    }
    assertEquals(List.of(), wrong);
  }

  private static List<String> wrong(final CircuitPairs pairs, final int rows) {
    final var wrong = new ArrayList<String>();
    final var found = new HashSet<Integer>();
    found.addAll(numbers(pairs.discovery().bases(), rows));
    found.addAll(numbers(pairs.discovery().sources(), rows));
    final var bases = numbers(pairs.heldOut().bases(), rows);
    final var sources = numbers(pairs.heldOut().sources(), rows);
    if (bases.isEmpty() || bases.size() > COUNT) {
      wrong.add("pairs: " + bases.size());
    }
    if (new HashSet<>(bases).size() < bases.size()) {
      wrong.add("a base twice: " + bases);
    }
    for (int i = 0; i < bases.size(); i++) {
      final int base = bases.get(i);
      final int source = sources.get(i);
      if (base == source || base / COLUMNS != source / COLUMNS) {
        wrong.add("not one factor: " + base + ", " + source);
      }
      if (found.contains(base) || found.contains(source)) {
        wrong.add("seen before: " + base + ", " + source);
      }
    }
    return wrong;
  }

  private static List<Integer> numbers(final float[] images, final int rows) {
    final var numbers = new ArrayList<Integer>();
    for (int i = 0; i < images.length; i += SHAPE.elements()) {
      numbers.add(Math.round(images[i] * rows * COLUMNS));
    }
    return numbers;
  }

  @Test
  void heldOutPairsAreNewAndNoBaseCountsTwice() {
    draw(12);
  }

  @Test
  void tooFewInputsAreRefused() {
    final var refused = assertThrows(BadInputException.class, () -> draw(1));
    assertTrue(refused.toString().contains("fewer pairs, or more data"), refused.toString());
  }

  @Test
  void pairsAreOfOneLength() {
    assertThrows(IllegalArgumentException.class, () -> new ImagePairs(new float[1], new float[2]));
  }
}
