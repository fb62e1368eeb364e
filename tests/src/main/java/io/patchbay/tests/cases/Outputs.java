package io.patchbay.tests.cases;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Program;
import io.patchbay.engine.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a trial gave: its outputs, then its states.
public record Outputs(List<String> names, List<float[]> values) {

  /// One run of a trial on a program made for it.
  public static Outputs of(final Backend backend, final Trial trial, final Backend.Mode mode) {
    try (var weights = trial.weights(backend);
        var program = backend.load(trial.plan(), weights, mode)) {
      return of(program, weights, trial);
    }
  }

  public static Outputs of(final Program program, final Weights weights, final Trial trial) {
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

  /// Row `row` of the outputs that have rows; the rest whole.
  public Outputs row(final Trial trial, final int row) {
    final var part = new ArrayList<>(values);
    for (int i = 0; i < trial.values().size(); i++) {
      final var shape = trial.values().get(i).shape();
      if (!Draft.ROWS.equals(shape.axis())) {
        continue;
      }
      final int size = shape.rowSize();
      part.set(i, Arrays.copyOfRange(values.get(i), row * size, (row + 1) * size));
    }
    return new Outputs(names, part);
  }

  /// The first element whose bits differ, or an empty text.
  public String firstOtherBit(final Outputs other) {
    for (int i = 0; i < values.size(); i++) {
      final float[] a = values.get(i);
      final float[] b = other.values.get(i);
      if (a.length != b.length) {
        return "%s: elements=%d, elements=%d".formatted(names.get(i), a.length, b.length);
      }
      for (int j = 0; j < a.length; j++) {
        if (Float.floatToRawIntBits(a[j]) != Float.floatToRawIntBits(b[j])) {
          return "%s: element=%d, %s != %s".formatted(names.get(i), j, a[j], b[j]);
        }
      }
    }
    return "";
  }

  /// The first element that is further from the expected one than `tolerance` times the largest
  /// expected element, or an empty text. What is not finite must be the same.
  public String firstFar(final Outputs expected, final double tolerance) {
    if (!names.equals(expected.names)) {
      return "not the same results: " + names + ", expected=" + expected.names;
    }
    for (int i = 0; i < values.size(); i++) {
      final float[] a = values.get(i);
      final float[] e = expected.values.get(i);
      double largest = 0;
      for (final float x : e) {
        largest = Math.max(largest, Float.isFinite(x) ? Math.abs(x) : 0);
      }
      if (a.length != e.length) {
        return "%s: elements=%d, expected=%d".formatted(names.get(i), a.length, e.length);
      }
      for (int j = 0; j < e.length; j++) {
        final boolean same = Float.compare(a[j], e[j]) == 0;
        if (!same && !(Math.abs((double) a[j] - e[j]) <= tolerance * largest)) {
          return "%s: element=%d, expected=%s, got=%s, largest=%s, error=%.3g"
              .formatted(
                  names.get(i), j, e[j], a[j], largest, Math.abs((double) a[j] - e[j]) / largest);
        }
      }
    }
    return "";
  }

  /// The largest difference of an element, relative to the largest of its value; infinite where one
  /// side alone is finite, or sizes differ.
  public double distance(final Outputs exact) {
    double worst = 0;
    for (int i = 0; i < values.size(); i++) {
      worst = Math.max(worst, distance(values.get(i), exact.values.get(i)));
    }
    return values.size() == exact.values.size() ? worst : Double.POSITIVE_INFINITY;
  }

  /// The same of one value.
  public static double distance(final float[] found, final float[] exact) {
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
}
