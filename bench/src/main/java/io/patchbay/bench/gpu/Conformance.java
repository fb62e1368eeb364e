package io.patchbay.bench.gpu;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Precision;
import io.patchbay.kernels.reference.ReferenceBackend;
import io.patchbay.tests.cases.Catalogue;
import io.patchbay.tests.cases.ManyRows;
import io.patchbay.tests.cases.OpCase;
import io.patchbay.tests.cases.Outputs;
import io.patchbay.tests.cases.Trial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Every case of the catalogue on the device against float64: for several numbers of rows, step by
/// step, and bit for bit when a row is alone, when the same program runs again, and after a larger
/// run.
final class Conformance implements Section {
  private static final int SECONDS = 120;
  private static final long MEMORY = 2L << 30;
  private static final int MANY = 13;
  private static final int[] FEWER = {1, 3, 8};
  private static final int SAY_EVERY = 25;
  private static final int LISTED = 200;
  private static final int STRIDE = 9;

  /// Rows of a layer that are many on every GPU.
  private static final int LAYER_ROWS = 1100;

  private final String name;
  private final boolean whole;
  private final Predicate<OpCase> which;

  private Conformance(final String name, final boolean whole, final Predicate<OpCase> which) {
    this.name = name;
    this.whole = whole;
    this.which = which;
  }

  /// All cases, each in every way, but those of ops of one's own.
  static Conformance whole() {
    return new Conformance("conformance", true, opCase -> !isOwn(opCase));
  }

  /// All cases, run once against float64.
  static Conformance once() {
    return new Conformance("conformance-once", false, _ -> true);
  }

  /// The cases of ops of one's own, each in every way.
  static Conformance own() {
    return new Conformance("own-ops", true, Conformance::isOwn);
  }

  private static boolean isOwn(final OpCase opCase) {
    return opCase.name().startsWith("own patch") || opCase.name().startsWith("propagate own op");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int seconds() {
    return SECONDS;
  }

  @Override
  public Map<String, Object> run(final Bench bench) {
    final var faults = new ArrayList<String>();
    final var worst = new LinkedHashMap<String, Double>();
    List<OpCase> cases = List.of();
    int done = 0;
    int refused = 0;
    try (var open = bench.open();
        var reference = new ReferenceBackend(new Settings(1, MEMORY))) {
      cases = cases(bench, open.backend());
      for (final var opCase : cases) {
        if (bench.left() < 2) {
          break;
        }
        try {
          final double tolerance = opCase.tolerance(open.backend());
          if (check(open.backend(), reference, new Judge(opCase, tolerance, faults, worst))) {
            refused++;
          }
        } catch (final RuntimeException e) {
          faults.add(opCase.name() + ": " + e);
        }
        done++;
        if (done % SAY_EVERY == 0) {
          bench.keep(result(cases.size(), done, refused, faults, worst));
        }
      }
    }
    return result(cases.size(), done, refused, faults, worst);
  }

  /// Every ninth first, then those after them, so that a run that is cut short has seen all kinds.
  private List<OpCase> cases(final Bench bench, final Backend backend) {
    final boolean narrow = backend.planPrecisions().contains(Precision.TF32);
    final var all =
        Stream.concat(Catalogue.all().stream(), narrow ? Catalogue.narrow().stream() : Stream.of())
            .filter(which)
            .toList();
    final var spread = new ArrayList<OpCase>();
    for (int first = 0; first < bench.size(STRIDE, 1); first++) {
      for (int i = first; i < all.size(); i += STRIDE) {
        spread.add(all.get(i));
      }
    }
    return spread;
  }

  private static Map<String, Object> result(
      final int cases,
      final int done,
      final int refused,
      final List<String> faults,
      final Map<String, Double> worst) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("cases", cases);
    map.put("checked", done);
    map.put("refused", refused);
    map.put("faults", faults.size());
    map.put("passed", faults.isEmpty() && done == cases);
    map.put("list", faults.subList(0, Math.min(LISTED, faults.size())));
    final var errors = new LinkedHashMap<String, Object>();
    worst.forEach((name, error) -> errors.put(name, Double.isFinite(error) ? error : "not finite"));
    map.put("errors", errors);
    return map;
  }

  /// @return whether the backend refuses the case, which no model needs
  private boolean check(final Backend device, final Backend reference, final Judge judge) {
    final var opCase = judge.opCase();
    final long seed = opCase.name().hashCode();
    final var many = opCase.draw(MANY, seed);
    if (opCase.rare() && refuses(device, many)) {
      return true;
    }
    final var exact = Outputs.of(reference, many, Mode.FAST);
    try (var weights = many.weights(device);
        var program = device.load(many.plan(), weights, Mode.FAST)) {
      final var first = Outputs.of(program, weights, many);
      judge.far("rows=13", first, exact);
      if (!whole) {
        return false;
      }
      many.reset(weights);
      judge.other("when it runs again", Outputs.of(program, weights, many), first);
      if (opCase.rowwise()) {
        many.reset(weights);
        final var after = Outputs.of(program, weights, many.row(4));
        judge.other("of a row alone, after many", after, first.row(many, 4));
        final var alone = Outputs.of(device, many.row(MANY - 1), Mode.FAST);
        judge.other("of a row alone", alone, first.row(many, MANY - 1));
      }
    }
    judge.far("step by step", Outputs.of(device, many, Mode.STEP), exact);
    for (final int rows : FEWER) {
      final var few = opCase.draw(rows, seed + rows);
      final var expected = Outputs.of(reference, few, Mode.FAST);
      judge.far("rows=" + rows, Outputs.of(device, few, Mode.FAST), expected);
    }
    if (ManyRows.sums(opCase)) {
      final var more = opCase.draw(ManyRows.SUMS, seed);
      final var expected = Outputs.of(reference, more, Mode.FAST);
      judge.far("rows=" + ManyRows.SUMS, Outputs.of(device, more, Mode.FAST), expected);
    }
    if (ManyRows.layers(opCase)) {
      final var more = opCase.draw(LAYER_ROWS, seed);
      final var found = Outputs.of(device, more, Mode.FAST);
      for (final int row : new int[] {0, LAYER_ROWS / 2, LAYER_ROWS - 2}) {
        final var alone = more.row(row);
        final var expected = Outputs.of(reference, alone, Mode.FAST);
        judge.far("row " + row + " of " + LAYER_ROWS, found.row(more, row), expected);
      }
    }
    return false;
  }

  /// Whether the backend refuses to load a trial's plan.
  private static boolean refuses(final Backend backend, final Trial trial) {
    try (var weights = trial.weights(backend)) {
      backend.load(trial.plan(), weights).close();
      return false;
    } catch (final IllegalArgumentException e) {
      return true;
    }
  }

  /// What is found of one case, whose faults and largest difference it adds to all cases' ones.
  private record Judge(
      OpCase opCase, double tolerance, List<String> faults, Map<String, Double> worst) {
    void other(final String what, final Outputs found, final Outputs first) {
      final var difference = found.firstOtherBit(first);
      if (!difference.isEmpty()) {
        faults.add(opCase.name() + ": other bits " + what + ": " + difference);
      }
    }

    void far(final String what, final Outputs found, final Outputs exact) {
      final double error = found.distance(exact);
      worst.merge(opCase.name(), error, Math::max);
      if (!(error <= tolerance)) {
        faults.add(
            "%s: %s, error=%.3g, tolerance=%.3g".formatted(opCase.name(), what, error, tolerance));
      }
    }
  }
}
