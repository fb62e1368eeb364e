package io.patchbay.bench.gpu;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Node;
import io.patchbay.engine.Program;
import io.patchbay.engine.Weights;
import io.patchbay.tests.cases.Draft;
import io.patchbay.tests.cases.Trial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a case gave: its outputs, then its states.
record Outputs(List<String> names, List<float[]> values) {
  /// One run on a program made for it.
  static Outputs of(final Backend backend, final Trial trial, final Backend.Mode mode) {
    try (var weights = trial.weights(backend);
        var program = backend.load(trial.plan(), weights, mode)) {
      return of(program, weights, trial);
    }
  }

  static Outputs of(final Program program, final Weights weights, final Trial trial) {
    trial.write(program);
    program.run(trial.sizes());
    final var names = new ArrayList<String>();
    final var values = new ArrayList<float[]>();
    for (final var output : trial.values()) {
      names.add(output.toString());
      values.add(program.read(output));
    }
    for (final var state : weights.names()) {
      names.add("state " + state);
      values.add(weights.read(state));
    }
    return new Outputs(names, values);
  }

  /// Row `row` of the outputs with rows; the rest whole.
  Outputs row(final Trial trial, final int row) {
    final var part = new ArrayList<>(values);
    for (int i = 0; i < trial.values().size(); i++) {
      final Node node = trial.values().get(i);
      if (Draft.ROWS.equals(node.shape().axis())) {
        final int size = node.shape().rowSize();
        part.set(i, Arrays.copyOfRange(values.get(i), row * size, (row + 1) * size));
      }
    }
    return new Outputs(names, part);
  }

  /// Whether every bit is the same.
  boolean same(final Outputs other) {
    for (int i = 0; i < values.size(); i++) {
      if (!Arrays.equals(bits(values.get(i)), bits(other.values.get(i)))) {
        return false;
      }
    }
    return values.size() == other.values.size();
  }

  private static int[] bits(final float[] values) {
    final var bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }

  /// The largest difference of an element, relative to the largest of its value; infinite where one
  /// side alone is finite, or sizes differ.
  double distance(final Outputs exact) {
    double worst = 0;
    for (int i = 0; i < values.size(); i++) {
      worst = Math.max(worst, distance(values.get(i), exact.values.get(i)));
    }
    return values.size() == exact.values.size() ? worst : Double.POSITIVE_INFINITY;
  }

  static double distance(final float[] found, final float[] exact) {
    if (found.length != exact.length) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < exact.length; i++) {
      if (Float.compare(found[i], exact[i]) == 0) {
        largest = Math.max(largest, Float.isFinite(exact[i]) ? Math.abs(exact[i]) : 0);
        continue;
      }
      if (!Float.isFinite(found[i]) || !Float.isFinite(exact[i])) {
        return Double.POSITIVE_INFINITY;
      }
      largest = Math.max(largest, Math.abs(exact[i]));
      worst = Math.max(worst, Math.abs((double) found[i] - exact[i]));
    }
    return worst == 0 ? 0 : worst / largest;
  }

  /// Writes the states that a trial starts from.
  static void reset(final Weights weights, final Trial trial) {
    for (final var name : weights.names()) {
      final var start = trial.states().get(name);
      weights.write(name, start == null ? new float[weights.shape(name).rowSize()] : start);
    }
  }

  /// Whether the backend refuses to load a trial's plan.
  static boolean refuses(final Backend backend, final Trial trial) {
    try (var weights = trial.weights(backend)) {
      backend.load(trial.plan(), weights).close();
      return false;
    } catch (final IllegalArgumentException e) {
      return true;
    }
  }
}
