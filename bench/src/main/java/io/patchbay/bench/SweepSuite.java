package io.patchbay.bench;

import io.patchbay.bench.Meter.Clock;
import io.patchbay.engine.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.stream.Stream;

/// Times sweeps beside their naive forms. Every form of every side is checked against float64, the
/// peer's fastest batched form is found, and all sides meet in interleaved rounds by the wall: ours
/// as one program on all threads and on one, the peer's batched form as that many independent
/// one-thread instances, which is its strongest form, its loop, and the naive form on our own
/// engine.
///
/// Ours computes all cells of a slice of the bases in a run, with all that bases and sources cost;
/// the slice is the whole sweep where that fits the time of a measurement. The naive forms compute
/// a sample of cells, and their runs of sources and bases are not counted.
final class SweepSuite {
  private static final int TRIALS = 3;
  private static final int WARM = 2;

  private final Kernels kernels;
  private final Meter meter;
  private final long windowNanos;
  private final Setting setting;
  private final List<Peer> peers;
  private final int rounds;

  /// What is the same for all rows.
  ///
  /// @param pool the inputs (n; 1, 64, 64)
  /// @param many our backend on all threads
  /// @param one our backend on one thread
  /// @param threads of `many`
  record Setting(
      Conv4Weights weights, float[] pool, long seed, Backend many, Backend one, int threads) {}

  /// @param peers one, or none
  SweepSuite(
      final Kernels kernels,
      final Meter meter,
      final long windowNanos,
      final Setting setting,
      final List<Peer> peers,
      final int rounds) {
    this.kernels = kernels;
    this.meter = meter;
    this.windowNanos = windowNanos;
    this.setting = setting;
    this.peers = List.copyOf(peers);
    this.rounds = rounds;
  }

  /// Measures one row.
  ///
  /// Throws IllegalStateException when an effect differs from float64.
  SweepFigures row(final SweepWorkload workload) {
    final var task = SweepTask.of(workload, setting.pool(), workload.bases(), setting.seed());
    final var open = new ArrayList<SweepContestant>();
    try {
      return row(task, open);
    } finally {
      open.forEach(SweepContestant::close);
    }
  }

  private SweepFigures row(final SweepTask task, final List<SweepContestant> open) {
    final var verifier =
        new SweepVerifier(setting.weights(), task, SweepVerifier.CHECKED, setting.seed());
    final var model = new EngineModel(setting.weights());
    final var ours = ours(open, setting.many(), model, task, false);
    final var alone = ours(open, setting.one(), model, task, false);
    final var spared = ours(open, setting.many(), model, task, true);
    ours.slice(slice(ours, task.bases()));
    alone.slice(ours.slice());
    spared.slice(ours.slice());
    final double error =
        Stream.of(ours, alone, spared)
            .mapToDouble(sweep -> verifier.check(sweep, task.workload().bound()))
            .reduce(0, Math::max);
    final var naive =
        opened(
            open,
            new NaiveSweep(
                setting.many(),
                model,
                task,
                NaiveBatches.of(task, NaiveBatches.STRONGEST, setting.seed())));
    verifier.check(naive, SweepVerifier.ROUNDING);
    final var strongest = strongest(task, verifier, open);
    final var loop =
        peers.stream()
            .flatMap(p -> p.sweepLoop(task, setting.weights(), setting.seed()).stream())
            .map(contestant -> opened(open, contestant))
            .findFirst();
    double peerError = strongest.isEmpty() ? Double.NaN : strongest.getFirst().error();
    if (loop.isPresent()) {
      peerError = Math.max(peerError, verifier.check(loop.get(), SweepVerifier.ROUNDING));
    }
    final var instances = strongest.stream().map(Checked::contestant).toList();
    final DoubleSupplier rival =
        instances.isEmpty() ? () -> Double.NaN : () -> meter.rate(instances);
    final var measured =
        Rounds.measure(
            rounds,
            List.of(
                wall(Optional.of(ours)),
                rival,
                wall(loop),
                wall(Optional.of(naive)),
                wall(Optional.of(alone)),
                wall(Optional.of(spared))),
            () -> meter.peak(kernels, setting.threads()));
    final double macs = MinimumWork.perCell(task);
    final boolean host = setting.many().name().equals(BenchOptions.CPU);
    return new SweepFigures(
        task.workload().label(),
        setting.threads(),
        task.cells(),
        new SweepFigures.Forms(
            ours.form(),
            instances.isEmpty()
                ? ""
                : instances.getFirst().form() + ", " + instances.size() + " instances",
            loop.map(SweepContestant::form).orElse(""),
            naive.form()),
        new SweepFigures.Rates(
            measured.spread(r -> r.rate(0)).median(),
            measured.spread(r -> r.rate(1)).median(),
            measured.spread(r -> r.rate(2)).median(),
            measured.spread(r -> r.rate(3)).median()),
        measured.spread(r -> r.rate(0) / r.rate(1)),
        measured.spread(r -> r.rate(0) / r.rate(2)),
        measured.spread(r -> r.rate(0) / r.rate(3)),
        macs,
        host ? measured.spread(r -> 2e-9 * macs * r.rate(0) / r.peak()).median() : Double.NaN,
        host && setting.threads() > 1
            ? measured.spread(r -> r.rate(0) / r.rate(4)).median()
            : Double.NaN,
        measured.spread(r -> r.rate(5) / r.rate(0)).median(),
        error,
        peerError,
        measured.kept().size(),
        measured.dropped());
  }

  private DoubleSupplier wall(final Optional<? extends SweepContestant> contestant) {
    return contestant
        .<DoubleSupplier>map(c -> () -> meter.rate(c, Clock.WALL))
        .orElse(() -> Double.NaN);
  }

  /// As many bases as take the time of one measurement, or all: bases share their sources, so a few
  /// of them would pay for more than their part of the whole sweep.
  private int slice(final EngineSweep ours, final int all) {
    for (int bases = 1; ; bases = Math.min(all, 2 * bases)) {
      ours.slice(bases);
      long last = 0;
      for (int turn = 0; turn < WARM; turn++) {
        final long start = System.nanoTime();
        ours.run(turn);
        last = System.nanoTime() - start;
      }
      if (last >= windowNanos || bases == all) {
        return bases;
      }
    }
  }

  /// @param error the largest of all forms
  private record Checked(SweepContestant contestant, double error) {}

  /// Instances of the peer's fastest batched form, one for each of our threads; none without a
  /// peer.
  private List<Checked> strongest(
      final SweepTask task, final SweepVerifier verifier, final List<SweepContestant> open) {
    final Function<Peer, List<SweepContestant>> forms =
        peer -> peer.sweeps(task, setting.weights(), setting.seed());
    final var found = new ArrayList<Checked>();
    for (final var peer : peers) {
      final var all = forms.apply(peer);
      open.addAll(all);
      if (all.isEmpty()) {
        continue;
      }
      final double error =
          all.stream()
              .mapToDouble(form -> verifier.check(form, SweepVerifier.ROUNDING))
              .max()
              .orElse(Double.NaN);
      final int best = Fastest.of(all, meter, Clock.THREAD, TRIALS);
      found.add(new Checked(all.get(best), error));
      for (int i = 1; i < setting.threads(); i++) {
        final var more = forms.apply(peer);
        open.addAll(more);
        found.add(new Checked(more.get(best), error));
      }
    }
    return found;
  }

  private EngineSweep ours(
      final List<SweepContestant> open,
      final Backend backend,
      final EngineModel model,
      final SweepTask task,
      final boolean eliminate) {
    return opened(open, new EngineSweep(backend, model, new PlannedSweep(), task, eliminate));
  }

  private static <T extends SweepContestant> T opened(
      final List<SweepContestant> open, final T contestant) {
    open.add(contestant);
    return contestant;
  }
}
