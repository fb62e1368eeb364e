package io.patchbay.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A run that was over before it was asked about.
final class Ended implements Running {
  private final Map<Node, float[]> outputs = new HashMap<>();
  private final Map<Node, int[]> skipped = new HashMap<>();
  private final Map<Node, Optional<Misfire>> misfires = new HashMap<>();

  /// The last run of a program.
  Ended(final Program program, final Wanted wanted) {
    wanted.outputs().forEach(output -> outputs.put(output, program.read(output)));
    wanted.skipped().forEach(node -> skipped.put(node, program.skipped(node)));
    wanted
        .expected()
        .forEach(
            (patch, counts) -> misfires.put(patch, first(program.fired(patch), counts, patch)));
  }

  private static Optional<Misfire> first(
      final int[] fired, final int[] expected, final Node patch) {
    if (expected.length < fired.length) {
      throw new IllegalArgumentException(
          "expected of fewer rows: patch="
              + patch
              + ", rows="
              + fired.length
              + ", expected="
              + expected.length);
    }
    for (int i = 0; i < fired.length; i++) {
      if (fired[i] != expected[i]) {
        return Optional.of(new Misfire(i, fired[i]));
      }
    }
    return Optional.empty();
  }

  private static <T> T known(final Map<Node, T> all, final Node node) {
    final var known = all.get(node);
    if (known == null) {
      throw new IllegalArgumentException("not asked of this run: " + node);
    }
    return known;
  }

  @Override
  public void end() {}

  @Override
  public float[] read(final Node output) {
    return known(outputs, output);
  }

  @Override
  public int[] skipped(final Node propagation) {
    return known(skipped, propagation);
  }

  @Override
  public Optional<Misfire> misfired(final Node patch) {
    return known(misfires, patch);
  }
}
