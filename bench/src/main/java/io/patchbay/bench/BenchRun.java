package io.patchbay.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Consumer;

/// One run of a suite: inputs, sides, rows.
final class BenchRun {
  private static final String LAYER_PEER = "onednn";

  /// What a peer's name begins with that has layers.
  private static final List<String> LAYERS = List.of(LAYER_PEER, "openblas");

  private BenchRun() {}

  /// Measures what `options` ask for.
  ///
  /// Throws IllegalStateException when a peer is missing or a result differs from float64.
  static Report run(final BenchOptions options, final Consumer<String> progress) {
    return switch (options.suite()) {
      case KERNELS, LAYERS -> kernels(options, progress);
      case SWEEPS -> SweepBench.run(options, progress);
      case ERRORS -> ErrorBench.run(options, progress);
    };
  }

  private static BenchReport kernels(final BenchOptions options, final Consumer<String> progress) {
    final var weights = Conv4Weights.random(options.seed());
    final var inputs = new InputPool(options.seed() + 1);
    final var peers = peers(options);
    final var kernels = Kernels.open();
    try (var meter = new Meter(options.windowMillis() * 1_000_000L);
        var ours = new EngineEntrant(kernels, weights, inputs, options.device())) {
      final var machine = Machine.measure(kernels, meter);
      final Entrant rival =
          (workload, threads) ->
              rival(peers, workload, options).stream()
                  .flatMap(peer -> peer.contestants(workload, weights, inputs).stream())
                  .toList();
      final var suite =
          new KernelSuite(
              kernels, meter, new Verifier(weights, inputs), ours, rival, options.pairs());
      final var rows = new ArrayList<Row>();
      for (final var workload : workloads(options)) {
        final boolean both =
            workload.layer().isEmpty() && Runtime.getRuntime().availableProcessors() > 1;
        for (int threads = 1; threads <= (both ? 2 : 1); threads++) {
          progress.accept(workload.label() + ", threads=" + threads + " ...");
          final var row = suite.row(workload, threads);
          progress.accept("  " + row.summary());
          rows.add(row);
        }
      }
      return new BenchReport(machine, rows, notes(options, peers, rows));
    }
  }

  private static List<Workload> workloads(final BenchOptions options) {
    return Arrays.stream(Workload.values())
        .filter(w -> options.suite() == Suite.KERNELS || w.layer().isPresent())
        .filter(w -> options.wants(w.label()))
        .toList();
  }

  private static List<Peer> rival(
      final List<Peer> peers, final Workload workload, final BenchOptions options) {
    final var wanted = rival(workload, options.peer());
    return peers.stream().filter(peer -> peer.name().equals(wanted)).toList();
  }

  /// The net meets the peer that was asked for; single layers meet it if it has layers, else the
  /// one that does.
  static String rival(final Workload workload, final String asked) {
    return workload.layer().isPresent() && LAYERS.stream().noneMatch(asked::startsWith)
        ? LAYER_PEER
        : asked;
  }

  /// Every peer that there is, if the one that was asked for is among them; none if none was.
  static List<Peer> peers(final BenchOptions options) {
    if (!options.wantsPeer()) {
      return List.of();
    }
    final var found = ServiceLoader.load(Peer.class).stream().map(p -> p.get()).toList();
    if (found.stream().noneMatch(peer -> peer.name().equals(options.peer()))) {
      throw new IllegalStateException(
          "no such peer: name="
              + options.peer()
              + ", present="
              + found.stream().map(Peer::name).toList()
              + ", the profile `peers` builds them");
    }
    return found;
  }

  private static List<String> notes(
      final BenchOptions options, final List<Peer> peers, final List<Row> rows) {
    final var notes = new ArrayList<String>();
    peers.stream()
        .filter(peer ->
            workloads(options).stream()
                .anyMatch(workload -> rival(workload, options.peer()).equals(peer.name())))
        .forEach(peer -> notes.add("peer " + peer.name() + " " + peer.version()));
    notes.addAll(notes(options, rows.stream().anyMatch(row -> row.pairs() < options.pairs())));
    return notes;
  }

  /// What holds for every suite.
  ///
  /// @param unsteady whether a row kept fewer pairs than asked for
  static List<String> notes(final BenchOptions options, final boolean unsteady) {
    final var notes = new ArrayList<String>();
    notes.add(
        "seed "
            + options.seed()
            + ", "
            + options.pairs()
            + " pairs of "
            + options.windowMillis()
            + " ms a side");
    if (unsteady) {
      notes.add(
          "the machine was not steady: some rows kept fewer pairs than asked for, and a row without"
              + " pairs has no figure");
    }
    if (options.pairs() < BenchOptions.QUOTABLE_PAIRS) {
      notes.add(
          "shortened run: fewer than " + BenchOptions.QUOTABLE_PAIRS + " pairs, not to be quoted");
    }
    return notes;
  }
}
