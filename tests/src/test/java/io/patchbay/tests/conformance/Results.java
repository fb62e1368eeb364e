package io.patchbay.tests.conformance;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Program;
import io.patchbay.engine.Weights;
import io.patchbay.tests.cases.Draft;
import io.patchbay.tests.cases.Trial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a trial gave: its outputs, then its states.
record Results(List<String> names, List<float[]> values) {

  /// One run of a trial on a program made for it.
  static Results of(final Backend backend, final Trial trial, final Backend.Mode mode) {
    try (var weights = trial.weights(backend);
        var program = backend.load(trial.plan(), weights, mode)) {
      return of(program, weights, trial);
    }
  }

  static Results of(final Program program, final Weights weights, final Trial trial) {
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
    return new Results(names, values);
  }

  /// Row `row` of the outputs that have rows; the rest whole.
  Results row(final Trial trial, final int row) {
    final var part = new ArrayList<>(values);
    for (int i = 0; i < trial.values().size(); i++) {
      final var shape = trial.values().get(i).shape();
      if (!Draft.ROWS.equals(shape.axis())) {
        continue;
      }
      final int size = shape.rowSize();
      part.set(i, Arrays.copyOfRange(values.get(i), row * size, (row + 1) * size));
    }
    return new Results(names, part);
  }

  /// The first element whose bits differ, or an empty text.
  String firstOtherBit(final Results other) {
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
  String firstFar(final Results expected, final double tolerance) {
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
}
