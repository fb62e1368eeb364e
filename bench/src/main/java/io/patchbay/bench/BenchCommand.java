package io.patchbay.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `patchbay bench`: how fast, against what, measured how.
@Command(
    name = "bench",
    description = "Time the kernels, alone or beside libtorch and oneDNN, in interleaved pairs.")
public final class BenchCommand implements Callable<Integer> {
  private static final int QUICK_PAIRS = 3;
  private static final int QUICK_MILLIS = 50;

  @Option(
      names = "--suite",
      defaultValue = "kernels",
      paramLabel = "NAME",
      description = "kernels (the net, then its layers) or layers. Default: kernels.")
  private String suite = "kernels";

  @Option(
      names = "--peer",
      defaultValue = BenchOptions.NO_PEER,
      paramLabel = "NAME",
      description =
          "libtorch (its layers meet oneDNN), onednn, onednn-own (layers beside the implementation"
              + " that oneDNN itself puts first, where onednn takes the faster of its first two),"
              + " or none. Peers come with the build profile `peers`, 137 MB on first use. Default:"
              + " none.")
  private String peer = BenchOptions.NO_PEER;

  @Option(
      names = "--device",
      defaultValue = "cpu",
      paramLabel = "NAME",
      description = "Our backend. Default: cpu.")
  private String device = "cpu";

  @Option(
      names = "--pairs",
      defaultValue = "15",
      paramLabel = "N",
      description = "Pairs to keep in each row. Default: 15.")
  private int pairs = BenchOptions.QUOTABLE_PAIRS;

  @Option(
      names = "--seed",
      defaultValue = "0",
      paramLabel = "N",
      description = "Seed of weights and inputs; 0 takes a fresh one. Default: 0.")
  private long seed;

  @Option(
      names = "--rows",
      split = ",",
      paramLabel = "NAME",
      description = "Only these rows: decode, encode, forward, train-step, e1 to e4, d1 to d4.")
  private List<String> rows = List.of();

  @Option(
      names = "--quick",
      description = "Three short pairs a row: a look, not a measurement. The output says so.")
  private boolean quick;

  @Option(names = "--json", description = "One JSON object to standard output, no table.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  /// Made by picocli.
  public BenchCommand() {}

  /// Runs the suite in a JVM of its own; its exit status.
  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!Suite.labels().contains(suite)) {
      throw usage("--suite", suite, String.join(", ", Suite.labels()));
    }
    if (pairs < 1) {
      throw usage("--pairs", Integer.toString(pairs), "a count from 1");
    }
    for (final var row : rows) {
      if (!Workload.labels().contains(row)) {
        throw usage("--rows", row, String.join(", ", Workload.labels()));
      }
    }
    final long fresh = seed == 0 ? System.nanoTime() & 0xffff_ffffL : seed;
    return Child.run(
        new BenchOptions(
            Suite.of(suite),
            peer,
            device,
            quick ? Math.min(pairs, QUICK_PAIRS) : pairs,
            quick ? QUICK_MILLIS : BenchOptions.WINDOW_MILLIS,
            fresh,
            rows,
            json));
  }

  private ParameterException usage(final String option, final String value, final String expected) {
    return new ParameterException(
        spec.commandLine(), option + ": " + value + ", expected " + expected);
  }
}
