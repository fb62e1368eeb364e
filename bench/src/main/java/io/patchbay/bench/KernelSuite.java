package io.patchbay.bench;

import io.patchbay.bench.Meter.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/// Times workloads on both sides: every form is checked against float64, each side's fastest form
/// is found, and these two meet in interleaved pairs.
///
/// With two threads we run one program on two threads; the peer runs two independent one-thread
/// instances, which is its strongest form.
final class KernelSuite {
  private static final int TRIALS = 3;

  private final Kernels kernels;
  private final Meter meter;
  private final Verifier verifier;
  private final Entrant ours;
  private final Entrant peer;
  private final int pairs;

  /// @param peer the side to compare with; one that offers nothing leaves its columns empty
  /// @param pairs pairs to keep for each row
  KernelSuite(
      final Kernels kernels,
      final Meter meter,
      final Verifier verifier,
      final Entrant ours,
      final Entrant peer,
      final int pairs) {
    this.kernels = kernels;
    this.meter = meter;
    this.verifier = verifier;
    this.ours = ours;
    this.peer = peer;
    this.pairs = pairs;
  }

  /// Measures one row.
  ///
  /// Throws IllegalStateException when a result differs from float64.
  Row row(final Workload workload, final int threads) {
    final Clock clock = threads == 1 ? Clock.THREAD : Clock.WALL;
    final var open = new ArrayList<Contestant>();
    try {
      final var mine = opened(open, ours, workload, threads);
      final double error =
          mine.stream().mapToDouble(c -> verifier.check(workload, c)).max().orElse(Double.NaN);
      final var best = mine.get(Fastest.of(mine, meter, clock, TRIALS));
      final DoubleSupplier alone =
          threads == 1 ? () -> Double.NaN : alone(opened(open, ours, workload, 1), best.batch());
      final var theirs = opened(open, peer, workload, 1);
      theirs.forEach(contestant -> verifier.check(workload, contestant));
      final DoubleSupplier rival;
      final String rivalForm;
      if (theirs.isEmpty()) {
        rival = () -> Double.NaN;
        rivalForm = "";
      } else {
        final int index = Fastest.of(theirs, meter, Clock.THREAD, TRIALS);
        final var strongest = theirs.get(index);
        final var instances = new ArrayList<>(List.of(strongest));
        for (int i = 1; i < threads; i++) {
          instances.add(opened(open, peer, workload, 1).get(index));
        }
        rival = threads == 1 ? () -> meter.rate(strongest, clock) : () -> meter.rate(instances);
        rivalForm = strongest.form() + (threads == 1 ? "" : ", " + threads + " instances");
      }
      final var measured =
          Pairs.measure(
              pairs,
              () -> meter.rate(best, clock),
              rival,
              alone,
              () -> meter.peak(kernels, threads));
      return row(workload, threads, measured, best.form(), rivalForm, error);
    } finally {
      open.forEach(Contestant::close);
    }
  }

  private Row row(
      final Workload workload,
      final int threads,
      final Pairs measured,
      final String form,
      final String rivalForm,
      final double error) {
    final double flopPerSample = 2.0 * workload.effectiveMacs() / workload.samplesPerItem();
    return new Row(
        workload.label(),
        threads,
        workload.figure(measured.ours().median() / workload.samplesPerItem()),
        form,
        workload.figure(measured.peer().median() / workload.samplesPerItem()),
        rivalForm,
        workload.unit(),
        measured.ratio(),
        measured.fraction(flopPerSample).median(),
        measured.scaling().median(),
        error,
        measured.kept().size(),
        measured.dropped());
  }

  private DoubleSupplier alone(final List<Contestant> forms, final int batch) {
    final var same = forms.stream().filter(c -> c.batch() == batch).findFirst().orElseThrow();
    meter.rate(same, Clock.WALL);
    return () -> meter.rate(same, Clock.WALL);
  }

  private static List<Contestant> opened(
      final List<Contestant> open, final Entrant side, final Workload workload, final int threads) {
    final var forms = side.contestants(workload, threads);
    open.addAll(forms);
    return forms;
  }
}
