package io.patchbay.bench;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Datasets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// One run of the sweeps' suite: model, inputs, sides, rows.
final class SweepBench {
  private static final int INPUTS = 256;
  private static final int MOST_THREADS = 2;
  private static final long HOST_MEMORY = 4L << 30;

  private SweepBench() {}

  /// Measures what `options` ask for.
  ///
  /// Throws IllegalStateException when the peer is missing or an effect differs from float64.
  static SweepReport run(final BenchOptions options, final Consumer<String> progress) {
    final var peers =
        BenchRun.peers(options).stream().filter(p -> p.name().equals(options.peer())).toList();
    final int threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    final var kernels = Kernels.open();
    final long window = options.windowMillis() * 1_000_000L;
    try (var many = backend(options, threads);
        var one = backend(options, 1);
        var meter = new Meter(window)) {
      final var environment = System.getenv();
      final var model =
          options
              .run()
              .map(run -> TrainedConv4.of(Path.of(run), many))
              .orElseGet(() -> TrainedConv4.cached(environment, many, progress));
      final float[] pool;
      try (var data = Datasets.of(environment).open(model.data())) {
        pool = TrainedConv4.images(data, INPUTS, options.seed());
      }
      final var machine = Machine.measure(kernels, meter);
      final var setting =
          new SweepSuite.Setting(model.weights(), pool, options.seed(), many, one, threads);
      final var suite = new SweepSuite(kernels, meter, window, setting, peers, options.pairs());
      final var rows = new ArrayList<SweepFigures>();
      for (final var workload : workloads(options, many)) {
        progress.accept(workload.label() + " ...");
        final var row = suite.row(workload);
        progress.accept("  " + row.summary());
        rows.add(row);
      }
      final var notes = notes(options, peers, model, rows);
      if (!options.device().equals(BenchOptions.CPU)) {
        notes.add(
            "ours and own naive on "
                + many.device()
                + "; the peer and the peak are the CPU's, so no share of it is given");
      }
      Arrays.stream(SweepWorkload.values())
          .filter(w -> options.wants(w.label()) && !runs(w, many))
          .forEach(w -> notes.add(w.label() + " left out: not on " + many.device()));
      return new SweepReport(machine, rows, notes);
    }
  }

  private static Backend backend(final BenchOptions options, final int threads) {
    return Backends.open(options.device(), new Settings(threads, HOST_MEMORY)).backend();
  }

  private static List<SweepWorkload> workloads(final BenchOptions options, final Backend ours) {
    return Arrays.stream(SweepWorkload.values())
        .filter(w -> options.wants(w.label()) && runs(w, ours))
        .toList();
  }

  private static boolean runs(final SweepWorkload workload, final Backend ours) {
    return ours.precisions().contains(workload.precision());
  }

  private static List<String> notes(
      final BenchOptions options,
      final List<Peer> peers,
      final TrainedConv4 model,
      final List<SweepFigures> rows) {
    final var notes = new ArrayList<String>();
    peers.forEach(peer -> notes.add("peer " + peer.name() + " " + peer.version()));
    notes.add("model " + model.name() + ", inputs from " + model.data());
    notes.add(
        "cells a second: ours with all that bases and sources cost; naive (one whole forward an"
            + " intervention, batched) and loop (batch 1, one read-back each) on random cells of"
            + " the sweep, theirs not counted");
    notes.addAll(
        BenchRun.notes(options, rows.stream().anyMatch(r -> r.rounds() < options.pairs())));
    return notes;
  }
}
