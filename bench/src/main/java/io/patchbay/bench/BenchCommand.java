package io.patchbay.bench;

import io.patchbay.analysis.cli.Main;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `patchbay bench`: how fast, against what, measured how.
@Command(
    name = "bench",
    description =
        "Time kernels and sweeps, alone or beside libtorch and oneDNN, in interleaved pairs.")
public final class BenchCommand implements Callable<Integer> {
  private static final int QUICK_PAIRS = 3;
  private static final int QUICK_MILLIS = 50;

  @Option(
      names = "--suite",
      defaultValue = "kernels",
      paramLabel = "NAME",
      description =
          "kernels (the net, then its layers), layers, sweeps (of interventions, beside one whole"
              + " forward for each of them), or errors (of effects against float64, in every"
              + " precision; a table in markdown). Default: kernels.")
  private String suite = "kernels";

  @Option(
      names = "--peer",
      defaultValue = BenchOptions.NO_PEER,
      paramLabel = "NAME",
      description =
          "libtorch (its layers meet oneDNN), onednn, onednn-own (layers beside the implementation"
              + " that oneDNN itself puts first, where onednn takes the faster of its first two),"
              + " openblas (layers as one product of matrices), or none. Peers come with the build"
              + " profile `peers`, 157 MB on first use. Default: none.")
  private String peer = BenchOptions.NO_PEER;

  @Option(
      names = "--device",
      defaultValue = "cpu",
      paramLabel = "NAME",
      description =
          "Our backend in sweeps and errors: cpu, cuda or reference. The other suites time the CPU;"
              + " gpu-suite times all of a GPU. Default: cpu.")
  private String device = BenchOptions.CPU;

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
      description =
          "Only these rows: decode, encode, forward, train-step, e1 to e4, d1 to d4; of sweeps"
              + " z-grid, z-grid-bf16, z-grid-tf32, channels-16, channels-32, ablate-32, units-all,"
              + " occlusion-mu, encoder-channels-mu, mediation-16, mediation-4; of errors latents,"
              + " channels, units.")
  private List<String> rows = List.of();

  @Option(
      names = "--run",
      paramLabel = "RUN",
      description =
          "The trained conv4 model of sweeps and errors, a run folder. Default: one of their own,"
              + " trained at the first use (half a minute) and kept in the folder bench of the"
              + " cache (PATCHBAY_HOME, else XDG_CACHE_HOME/patchbay, else ~/.cache/patchbay).")
  private @Nullable Path run;

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
    final var chosen = Suite.of(suite);
    if (chosen.timesTheCpu() && !device.equals(BenchOptions.CPU)) {
      throw usage("--device", device, "cpu: " + suite + " times the CPU, gpu-suite times a GPU");
    }
    final var known = chosen.rows();
    for (final var row : rows) {
      if (known.stream().noneMatch(label -> BenchOptions.selects(row, label))) {
        throw usage("--rows", row, String.join(", ", known));
      }
    }
    final long fresh = seed == 0 ? System.nanoTime() & 0xffff_ffffL : seed;
    return Child.run(
        new BenchOptions(
            chosen,
            peer,
            device,
            quick ? Math.min(pairs, QUICK_PAIRS) : pairs,
            (quick ? QUICK_MILLIS : BenchOptions.WINDOW_MILLIS) * chosen.windows(),
            fresh,
            rows,
            Optional.ofNullable(run).map(path -> path.toAbsolutePath().toString()),
            json),
        spec.commandLine().getParseResult().hasMatchedOption(Main.DEBUG));
  }

  private ParameterException usage(final String option, final String value, final String expected) {
    return new ParameterException(
        spec.commandLine(), option + ": " + value + ", expected " + expected);
  }
}
