package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Operation;
import io.patchbay.analysis.intervention.Operation.Coefficients;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.sweep.folder.JointUnit;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// Which cells of a base input have to be computed: not those that equal an earlier one of it in
/// unit, value and source, and not those whose numbers leave every element as it is, whatever it
/// is. That depends on the plan and the input alone.
final class DistinctCells {
  private static final Coefficients IDENTITY = Coefficients.of(1, 0, 0);

  private final SweepPlan plan;
  private final List<Double> values;
  private final int[] firstUnit;

  /// By the number of sources.
  private final Map<Integer, Cells> apart = new HashMap<>();

  DistinctCells(final SweepPlan plan, final List<JointUnit> units) {
    this.plan = plan;
    this.values = plan.values().isEmpty() ? List.of(0.0) : plan.values();
    this.firstUnit =
        firsts(units.stream().map(u -> u.parts().stream().map(Unit::ranges).toList()).toList());
  }

  /// What becomes of the cells of one base input and draw, in the order unit, variation.
  ///
  /// @param from per cell the cell whose effect it has: itself where it is computed, [#NOTHING]
  ///   where it has none
  /// @param computed the cells that are, ascending
  @SuppressWarnings("ArrayRecordComponent") // handed over, never changed
  record Cells(int[] from, int[] computed) {
    static final int NOTHING = -1;

    /// As many cells that nobody asks for.
    static Cells none(final int count) {
      final var from = new int[count];
      Arrays.fill(from, NOTHING);
      return new Cells(from, new int[0]);
    }

    boolean all() {
      return computed.length == from.length;
    }

    int zero() {
      return (int) Arrays.stream(from).filter(f -> f == NOTHING).count();
    }

    int deduplicated() {
      return from.length - computed.length - zero();
    }

    /// The effects of all cells from those of the computed ones.
    float[] spread(final float[] effects) {
      if (all()) {
        return effects;
      }
      final var every = new float[from.length];
      for (int i = 0; i < computed.length; i++) {
        every[computed[i]] = effects[i];
      }
      for (int i = 0; i < every.length; i++) {
        every[i] = from[i] == NOTHING ? 0 : every[from[i]];
      }
      return every;
    }
  }

  /// @param sources the inputs that this one's cells take from, where they take from other inputs
  Cells of(final long[] sources) {
    return differ(sources) ? apart.computeIfAbsent(sources.length, this::apart) : any(sources);
  }

  private static boolean differ(final long[] sources) {
    final var sorted = sources.clone();
    Arrays.sort(sorted);
    return IntStream.range(1, sorted.length).noneMatch(i -> sorted[i - 1] == sorted[i]);
  }

  /// Of any sources that all differ: which they are makes no difference.
  private Cells apart(final int count) {
    return any(LongStream.range(0, count).toArray());
  }

  private Cells any(final long[] sources) {
    final int[] variations = variations(sources);
    final int each = variations.length;
    final var from = new int[firstUnit.length * each];
    for (int i = 0; i < from.length; i++) {
      final int variation = variations[i % each];
      from[i] = variation == Cells.NOTHING ? variation : firstUnit[i / each] * each + variation;
    }
    return new Cells(from, IntStream.range(0, from.length).filter(i -> from[i] == i).toArray());
  }

  private int[] variations(final long[] sources) {
    final var keys = IntStream.range(0, plan.variations()).mapToObj(v -> key(v, sources)).toList();
    final var first = firsts(keys);
    for (int v = 0; v < first.length; v++) {
      if (keys.get(v).stream().allMatch(part -> part.coefficients().equals(IDENTITY))) {
        first[v] = Cells.NOTHING;
      }
    }
    return first;
  }

  /// What a variation does at each place.
  private List<Part> key(final int variation, final long[] sources) {
    final double value = values.get(variation / plan.sourcesPerValue());
    final int source = variation % plan.sourcesPerValue();
    return plan.places().stream()
        .map(place -> part(place.operation(), value, source, sources))
        .toList();
  }

  /// @param of which of its sources an operation takes from
  /// @param random which random numbers it draws
  private record Part(Coefficients coefficients, long of, int random, boolean mixes) {}

  private static Part part(
      final Operation operation, final double value, final int source, final long[] sources) {
    final var numbers = plain(operation.with(value));
    final int random = operation.readsRandom() ? source + 1 : 0;
    if (operation.mixes() && numbers.take() == 0) {
      return new Part(numbers, 0, random, true);
    }
    final long of =
        switch (operation.source()) {
          case NONE, MEAN, BASE -> 0;
          case RENDERED -> Double.doubleToLongBits(value);
          case OTHER_INPUT -> sources[source];
          case POSTERIOR, NOISE -> source;
        };
    // An operation of another kind may do anything with the numbers of the identity.
    return new Part(numbers, of, random, operation.mixes());
  }

  /// Adding -0 is adding 0.
  private static Coefficients plain(final Coefficients c) {
    return c.shift() == 0 && c.keep() == 1
        ? new Coefficients(c.keep(), 0, c.take(), c.low(), c.high())
        : c;
  }

  /// Of each the place of the first that equals it.
  private static int[] firsts(final List<?> all) {
    final Map<Object, Integer> seen = new HashMap<>();
    final var first = new int[all.size()];
    for (int i = 0; i < first.length; i++) {
      final var known = seen.putIfAbsent(all.get(i), i);
      first[i] = known == null ? i : known;
    }
    return first;
  }
}
