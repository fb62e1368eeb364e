package io.patchbay.tests.gradient;

import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Gradients;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.kernels.reference.ReferenceBackend;
import io.patchbay.kernels.reference.ReferenceProgram;
import io.patchbay.tests.cases.Trial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// The gradient of a randomly weighted sum of values, by the rules and by central differences.
final class Differences {
  /// The error of a central difference is of the order of its square, and of 1e-16 over it.
  private static final double STEP = 3e-5;

  /// Elements of each input that are moved.
  private static final int MOVED = 24;

  private static final Settings SETTINGS = new Settings(1, 1L << 30);

  private final Trial trial;
  private final Graph graph;
  private final SplittableRandom random;
  private final Map<Node, double[]> weights = new LinkedHashMap<>();
  private final List<Node> weighted = new ArrayList<>();

  Differences(final Trial trial, final long seed) {
    this.trial = trial;
    this.graph = trial.graph();
    this.random = new SplittableRandom(seed);
  }

  /// Appends the gradients of the weighted sum of `values` by every input of the trial.
  List<Node> gradients(final List<Node> values) {
    final var inputs = trial.differentiable();
    final var sums = new ArrayList<Node>();
    weighted.clear();
    for (final var value : values) {
      final var weight = graph.input("weight" + graph.nodes().size(), value.shape());
      final int count = Math.toIntExact(trial.sizes().elements(value.shape()));
      weights.put(weight, random.doubles(count, -1, 1).toArray());
      final var product = Ops.mul(value, weight);
      weighted.add(product);
      final var gradients = Gradients.of(product, inputs);
      for (int i = 0; i < inputs.size(); i++) {
        if (sums.size() == i) {
          sums.add(gradients.get(i));
        } else {
          sums.set(i, Ops.add(sums.get(i), gradients.get(i)));
        }
      }
    }
    return sums;
  }

  /// The largest difference between the rules and central differences over the inputs of the trial,
  /// relative to the largest element of that input's gradient.
  double worst(final List<Node> values) {
    final var gradients = gradients(values);
    final var asked = new ArrayList<>(gradients);
    asked.addAll(weighted);
    final var plan = Plan.of(graph, asked, trial.sizes());
    try (var backend = new ReferenceBackend(SETTINGS);
        var states = backend.weights(List.copyOf(graph.states().values()));
        var program = backend.load(plan, states)) {
      trial.states().forEach(states::write);
      for (final var given : plan.given()) {
        write(program, given);
      }
      program.run(trial.sizes());
      final var exact = gradients.stream().map(program::readDoubles).toList();
      double worst = 0;
      for (int i = 0; i < exact.size(); i++) {
        final var input = trial.differentiable().get(i);
        if (plan.given().contains(input)) {
          worst = Math.max(worst, compare(program, input, exact.get(i)));
        }
      }
      return worst;
    }
  }

  private void write(final ReferenceProgram program, final Node given) {
    final var floats = trial.floats().get(given);
    final var integers = trial.integers().get(given);
    final var weight = weights.get(given);
    if (floats != null) {
      program.write(given, floats);
    } else if (integers != null) {
      program.write(given, integers);
    } else if (weight != null) {
      program.write(given, weight);
    }
  }

  private double compare(final ReferenceProgram program, final Node input, final double[] exact) {
    final double[] values = new double[exact.length];
    final float[] start = trial.floats().getOrDefault(input, new float[values.length]);
    double largest = 1e-3;
    for (int i = 0; i < values.length; i++) {
      values[i] = start[i];
      largest = Math.max(largest, Math.abs(exact[i]));
    }
    double worst = 0;
    for (int k = 0; k < Math.min(MOVED, values.length); k++) {
      final int i = values.length <= MOVED ? k : random.nextInt(values.length);
      final double kept = values[i];
      values[i] = kept + STEP;
      final double[] above = results(program, input, values);
      values[i] = kept - STEP;
      final double[] below = results(program, input, values);
      values[i] = kept;
      double difference = 0;
      for (int j = 0; j < above.length; j++) {
        difference += above[j] - below[j];
      }
      worst = Math.max(worst, Math.abs(difference / (2 * STEP) - exact[i]) / largest);
    }
    program.write(input, values);
    return worst;
  }

  /// Every weighted element: they are subtracted one by one, so that the sum of those that do not
  /// move costs no digits.
  private double[] results(
      final ReferenceProgram program, final Node input, final double[] values) {
    program.write(input, values);
    program.run(trial.sizes());
    return weighted.stream().map(program::readDoubles).flatMapToDouble(Arrays::stream).toArray();
  }
}
