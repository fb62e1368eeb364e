package io.patchbay.analysis.study;

import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.data.Variable;
import io.patchbay.vae.io.BadInputException;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;

/// Rows of pixels of an image, counted from the top.
///
/// @param rows ascending, at least one
public record PixelRows(List<Integer> rows) {
  private static final int SCENES = 32;
  private static final int VALUES = 8;

  public PixelRows {
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("no rows of pixels");
    }
    rows = List.copyOf(rows);
  }

  /// The rows that show a variable and none of its causes: those that change in some of a few
  /// scenes when the variable alone is set, less those that change when one of its causes alone is.
  ///
  /// @throws BadInputException when there are none
  static PixelRows showing(final GenerativeDataset data, final String variable, final long seed) {
    final var shown = moved(data, variable, seed);
    final var causes = ReadOutQuestion.ancestors(data, variable);
    causes.forEach(cause -> shown.andNot(moved(data, cause, seed)));
    if (shown.isEmpty()) {
      throw new BadInputException(
          "--read", variable, "no row of pixels that shows it alone", "one not shown by " + causes);
    }
    return new PixelRows(shown.stream().boxed().toList());
  }

  private static BitSet moved(
      final GenerativeDataset data, final String variable, final long seed) {
    final var shape = data.shape();
    final var names = data.variables().stream().map(Variable::name).toList();
    final int index = names.indexOf(variable);
    final var range = data.variables().get(index);
    final var before = new float[shape.elements()];
    final var after = new float[shape.elements()];
    final var found = new BitSet(shape.height());
    for (int scene = 0; scene < SCENES; scene++) {
      final var random = new PhiloxRandom(seed, Streams.FACTORS, scene, 1);
      final var values = data.variablesOf((long) (random.nextDouble() * data.size()));
      data.render(values, before, 0);
      for (int step = 0; step < VALUES; step++) {
        final double value = range.low() + step / (VALUES - 1.0) * (range.high() - range.low());
        values[index] = range.discrete() ? Math.rint(value) : value;
        data.render(values, after, 0);
        for (int p = 0; p < after.length; p++) {
          if (after[p] != before[p]) {
            found.set(p / shape.width() % shape.height());
          }
        }
      }
    }
    return found;
  }

  int count() {
    return rows.size();
  }

  /// As in `61-63`, or `1, 5` where they do not follow each other.
  @Override
  public String toString() {
    final int first = rows.getFirst();
    final int last = rows.getLast();
    if (rows.size() > 1 && last - first == rows.size() - 1) {
      return first + "-" + last;
    }
    return rows.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
