package io.patchbay.bench.jmh;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Backend.Mode;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.Program;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import io.patchbay.tests.cases.Outputs;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A [Piece] as a program of the `cpu` backend, after its steps were found to be the kernels to be
/// measured, and the result of a run that of the `reference` backend, which computes in double
/// precision.
final class CheckedProgram implements AutoCloseable {
  private static final long MEMORY = 2L << 30;

  /// A step of a program's text, which has a line a phase: its name is the kernel's, what else
  /// stands before the values that it writes says which packed form.
  private static final Pattern STEP = Pattern.compile("(?:: |], )([a-z][a-z0-9_]*)");

  private final Backend backend;
  private final Weights weights;
  private final Program program;
  private final Piece piece;
  private final Sizes timed;

  private CheckedProgram(final Backend backend, final Piece piece) {
    this.backend = backend;
    this.piece = piece;
    this.weights = piece.trial().weights(backend);
    this.program = backend.load(piece.trial().plan(), weights, Mode.FAST);
    this.timed = piece.withoutRows() ? piece.trial().without().sizes() : piece.trial().sizes();
  }

  /// Plans, checks and leaves the values written.
  ///
  /// @throws IllegalStateException when a step is another kernel or is missing, or a result is
  ///   wrong
  static CheckedProgram of(final Piece piece, final int threads) {
    final var backend = Backends.open("cpu", new Settings(threads, MEMORY)).backend();
    final var checked = new CheckedProgram(backend, piece);
    try {
      checked.checkKernels();
      checked.checkResult();
      return checked;
    } catch (final RuntimeException e) {
      checked.close();
      throw e;
    }
  }

  /// The names of the kernels that a program of the `cpu` backend runs.
  static Set<String> kernels(final Program program) {
    return STEP.matcher(program.toString())
        .results()
        .map((MatchResult step) -> step.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void checkKernels() {
    final var found = kernels(program);
    if (!found.equals(piece.kernels())) {
      throw new IllegalStateException(
          "other kernels than meant: expected=" + piece.kernels() + ", found=" + found);
    }
  }

  private void checkResult() {
    final var found = Outputs.of(program, weights, piece.trial());
    final Outputs expected;
    final int threads = Runtime.getRuntime().availableProcessors();
    try (var reference = Backends.open("reference", new Settings(threads, MEMORY)).backend()) {
      expected = Outputs.of(reference, piece.trial(), Mode.FAST);
    }
    for (int i = 0; i < expected.values().size(); i++) {
      boolean nothing = true;
      for (final float value : expected.values().get(i)) {
        nothing &= value == 0;
      }
      if (nothing) {
        throw new IllegalStateException("zeros check nothing: value=" + expected.names().get(i));
      }
    }
    final var fault = found.firstFar(expected, piece.tolerance());
    if (!fault.isEmpty()) {
      throw new IllegalStateException("result differs from float64: " + fault);
    }
  }

  Program program() {
    return program;
  }

  /// One timed run.
  void run() {
    program.run(timed);
  }

  /// What a run computes and moves, added to.
  void count(final KernelBenchmark.Rates rates) {
    rates.gflop += piece.operations() * 1e-9;
    rates.gbyte += piece.bytes() * 1e-9;
  }

  @Override
  public void close() {
    program.close();
    weights.close();
    backend.close();
  }
}
