package io.patchbay.bench.gpu;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Gradients;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.kernels.reference.ReferenceBackend;
import io.patchbay.tests.cases.Catalogue;
import io.patchbay.tests.cases.OpCase;
import io.patchbay.tests.cases.Outputs;
import io.patchbay.tests.cases.Trial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// The gradients of every case of the catalogue on the device, those of a randomly weighted sum of
/// its outputs by its inputs and states, against the same gradients in float64.
final class GradientChecks implements Section {
  private static final int SECONDS = 60;
  private static final long MEMORY = 2L << 30;
  private static final int ROWS = 5;

  /// Of a gradient's largest element; a gradient adds up more terms than its case.
  private static final double TOLERANCE = 1e-5;

  private static final double OF_CASE = 4;

  GradientChecks() {}

  @Override
  public String name() {
    return "gradients";
  }

  @Override
  public int seconds() {
    return SECONDS;
  }

  @Override
  public Map<String, Object> run(final Bench bench) {
    final var faults = new ArrayList<String>();
    final var all = Catalogue.all().stream().filter(OpCase::gradients).toList();
    final int every = bench.size(1, 9);
    double worst = 0;
    int done = 0;
    int refused = 0;
    try (var open = bench.open();
        var reference = new ReferenceBackend(new Settings(1, MEMORY))) {
      for (int i = 0; i < all.size() && bench.left() > 2; i += every) {
        final var opCase = all.get(i);
        done++;
        try {
          final double error = error(open.backend(), reference, opCase);
          final double bound = Math.max(TOLERANCE, OF_CASE * opCase.tolerance(open.backend()));
          worst = Math.max(worst, error);
          if (!(error <= bound)) {
            faults.add("%s: error=%.3g, tolerance=%.3g".formatted(opCase.name(), error, bound));
          }
        } catch (final IllegalArgumentException e) {
          if (opCase.rare()) {
            refused++;
          } else {
            faults.add(opCase.name() + ": " + e);
          }
        } catch (final RuntimeException e) {
          faults.add(opCase.name() + ": " + e);
        }
      }
    }
    final int cases = Math.ceilDiv(all.size(), every);
    final var map = new LinkedHashMap<String, Object>();
    map.put("cases", cases);
    map.put("checked", done);
    map.put("refused", refused);
    map.put("faults", faults.size());
    map.put("passed", faults.isEmpty() && done == cases);
    map.put("worst", Double.isFinite(worst) ? worst : "not finite");
    map.put("list", faults);
    return map;
  }

  private static double error(final Backend device, final Backend reference, final OpCase opCase) {
    final long seed = opCase.name().hashCode();
    final var trial = opCase.draw(ROWS, seed);
    final var graph = trial.graph();
    final var random = new SplittableRandom(seed);
    final var by = new ArrayList<>(trial.differentiable());
    by.addAll(graph.states().values());
    final var weights = new LinkedHashMap<Node, float[]>();
    final var sums = new ArrayList<Node>();
    for (final var value : trial.values()) {
      final var weight = graph.input("weight" + graph.nodes().size(), value.shape());
      final var drawn = new float[Math.toIntExact(trial.sizes().elements(value.shape()))];
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] = (float) random.nextDouble(-1, 1);
      }
      weights.put(weight, drawn);
      final var gradients = Gradients.of(Ops.mul(value, weight), by);
      for (int i = 0; i < by.size(); i++) {
        if (sums.size() == i) {
          sums.add(gradients.get(i));
        } else {
          sums.set(i, Ops.add(sums.get(i), gradients.get(i)));
        }
      }
    }
    if (sums.isEmpty()) {
      return 0;
    }
    final var plan = Plan.of(graph, sums, trial.sizes());
    final var exact = run(reference, trial, plan, sums, weights);
    final var found = run(device, trial, plan, sums, weights);
    double worst = 0;
    for (int i = 0; i < sums.size(); i++) {
      worst = Math.max(worst, Outputs.distance(found.get(i), exact.get(i)));
    }
    return worst;
  }

  private static List<float[]> run(
      final Backend backend,
      final Trial trial,
      final Plan plan,
      final List<Node> outputs,
      final Map<Node, float[]> weights) {
    try (var states = trial.weights(backend);
        var program = backend.load(plan, states)) {
      for (final var given : plan.given()) {
        final var floats = trial.floats().getOrDefault(given, weights.get(given));
        final var integers = trial.integers().get(given);
        if (floats != null) {
          program.write(given, floats);
        } else if (integers != null) {
          program.write(given, integers);
        }
      }
      program.run(trial.sizes());
      return outputs.stream().map(program::read).toList();
    }
  }
}
