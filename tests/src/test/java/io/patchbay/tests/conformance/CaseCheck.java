package io.patchbay.tests.conformance;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.kernels.reference.ReferenceBackend;
import io.patchbay.tests.cases.OpCase;
import io.patchbay.tests.cases.Outputs;
import io.patchbay.tests.cases.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/// All that one case must hold on one backend.
final class CaseCheck implements AutoCloseable {
  private static final long MEMORY = 1L << 30;

  /// Rows of the trials; the largest is the one that is taken apart.
  private static final int[] FEWER = {1, 2, 3, 8};

  static final int MANY = 13;

  private final Backend reference = new ReferenceBackend(new Settings(1, MEMORY));
  private final List<Backend> byThreads = new ArrayList<>();

  CaseCheck(final Function<Settings, Backend> backend) {
    for (int threads = 1; threads <= 3; threads++) {
      byThreads.add(backend.apply(new Settings(threads, MEMORY)));
    }
  }

  String device() {
    return byThreads.get(0).device();
  }

  /// What is wrong, a line each: values, bits for every number of threads, alone or among others.
  List<String> mainFaults(final OpCase opCase) {
    final var faults = new ArrayList<String>();
    final var many = opCase.draw(MANY, seed(opCase));
    if (!isRefused(opCase, many, faults)) {
      final var expected = Outputs.of(reference, many, Mode.FAST);
      final var results = checkMany(opCase, many, expected, faults);
      final var other = Outputs.of(backend(2), many, Mode.FAST);
      add(faults, "threads=2", other.firstOtherBit(results));
    }
    return faults;
  }

  /// As [#mainFaults], and step by step, with other numbers of rows, and run after run.
  List<String> faults(final OpCase opCase) {
    final var faults = new ArrayList<String>();
    final var many = opCase.draw(MANY, seed(opCase));
    if (!isRefused(opCase, many, faults)) {
      final var expected = Outputs.of(reference, many, Mode.FAST);
      checkAgain(opCase, many, checkMany(opCase, many, expected, faults), faults);
      final var stepwise = Outputs.of(backend(2), many, Mode.STEP);
      add(faults, "step by step", stepwise.firstFar(expected, opCase.tolerance(backend(1))));
      checkFewer(opCase, faults);
    }
    return faults;
  }

  private static long seed(final OpCase opCase) {
    return opCase.name().hashCode();
  }

  /// @return what one thread gives
  private Outputs checkMany(
      final OpCase opCase, final Trial many, final Outputs expected, final List<String> faults) {
    final var results = Outputs.of(backend(1), many, Mode.FAST);
    add(faults, "rows=13", results.firstFar(expected, opCase.tolerance(backend(1))));
    final var other = Outputs.of(backend(3), many, Mode.FAST);
    add(faults, "threads=3", other.firstOtherBit(results));
    if (opCase.rowwise()) {
      for (final int row : new int[] {0, 6, MANY - 1}) {
        final var alone = Outputs.of(backend(3), many.row(row), Mode.FAST);
        add(faults, "row " + row + " alone", alone.firstOtherBit(results.row(many, row)));
      }
    }
    return results;
  }

  private void checkFewer(final OpCase opCase, final List<String> faults) {
    for (final int rows : FEWER) {
      final var few = opCase.draw(rows, seed(opCase) + rows);
      final var exact = Outputs.of(reference, few, Mode.FAST);
      final var results = Outputs.of(backend(1 + rows % 3), few, Mode.FAST);
      add(faults, "rows=" + rows, results.firstFar(exact, opCase.tolerance(backend(1))));
    }
  }

  /// A program with room for many rows gives the same bits as another number of threads, when it
  /// runs again too, and for one row or none after many what a program made for them gives: nothing
  /// is left over from the larger run.
  private void checkAgain(
      final OpCase opCase, final Trial many, final Outputs results, final List<String> faults) {
    final var none = many.without();
    try (var weights = many.weights(backend(2));
        var program = backend(2).load(many.plan(), weights, Mode.FAST)) {
      for (final var run : List.of("threads=2", "run again")) {
        add(faults, run, Outputs.of(program, weights, many).firstOtherBit(results));
        many.reset(weights);
      }
      if (opCase.rowwise()) {
        final var alone = Outputs.of(program, weights, many.row(4));
        add(faults, "one row after many", alone.firstOtherBit(results.row(many, 4)));
        many.reset(weights);
      }
      final var expected = orRefusal(() -> Outputs.of(reference, none, Mode.FAST));
      final var empty = orRefusal(() -> Outputs.of(program, weights, none));
      add(faults, "no rows after many", empty.firstFar(expected, opCase.tolerance(backend(1))));
    }
  }

  /// What is asked of no rows may have no value, as the largest of none: both must say so.
  private static Outputs orRefusal(final Supplier<Outputs> run) {
    try {
      return run.get();
    } catch (final RuntimeException e) {
      return new Outputs(List.of("refused"), List.of(new float[] {Float.NaN}));
    }
  }

  /// A rare case may be refused when its plan is loaded, with a message that names the op.
  private boolean isRefused(final OpCase opCase, final Trial trial, final List<String> faults) {
    if (!opCase.rare()) {
      return false;
    }
    try (var weights = trial.weights(backend(1));
        var program = backend(1).load(trial.plan(), weights, Mode.FAST)) {
      return program.bytes() < 0;
    } catch (final IllegalArgumentException e) {
      final var message = String.valueOf(e.getMessage());
      final boolean named =
          trial.graph().nodes().stream().anyMatch(n -> message.contains(n.op().toString()));
      add(faults, "refused", named ? "" : "the message names no op: " + message);
      return true;
    }
  }

  private static void add(final List<String> faults, final String when, final String fault) {
    if (!fault.isEmpty()) {
      faults.add(when + ": " + fault);
    }
  }

  private Backend backend(final int threads) {
    return byThreads.get(threads - 1);
  }

  @Override
  public void close() {
    byThreads.forEach(Backend::close);
    reference.close();
  }
}
