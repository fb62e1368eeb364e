package io.patchbay.bench.gpu;

import io.patchbay.analysis.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `patchbay gpu-suite`.
@Command(
    name = "gpu-suite",
    description =
        "Check and measure everything on a GPU in one go: kernels against float64, gradients,"
            + " training, determinism, compute-sanitizer, timings, and PyTorch beside it where"
            + " Python has it. Results so far are kept when it is stopped.")
public final class GpuSuiteCommand implements Callable<Integer> {
  /// The sections, for the help and for completion.
  static final class Names implements Iterable<String> {
    Names() {}

    @Override
    public Iterator<String> iterator() {
      return Suite.names().iterator();
    }
  }

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where gpu-suite.json, gpu-suite.md and the rest go, six files at most.")
  private Path out = Path.of("gpu-suite");

  @Option(
      names = "--device",
      defaultValue = "cuda",
      paramLabel = "NAME",
      description =
          "cuda, cuda:N, another backend, or emulator (the CUDA kernels on the host, slowly)."
              + " Default: cuda.")
  private String device = "cuda";

  @Option(
      names = "--minutes",
      defaultValue = "9",
      paramLabel = "N",
      description =
          "Time for all sections; those that are left are skipped, and the exit code says so."
              + " Default: 9.")
  private double minutes = 9;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      completionCandidates = Names.class,
      description = "Only these sections: ${COMPLETION-CANDIDATES}.")
  private List<String> only = List.of();

  @Option(
      names = "--skip",
      split = ",",
      paramLabel = "NAME",
      completionCandidates = Names.class,
      description = "All but these.")
  private List<String> skip = List.of();

  @Option(
      names = "--run",
      paramLabel = "RUN",
      description =
          "The trained conv4 model of sweeps and errors, a run folder. Default: one of its own,"
              + " trained at the first use.")
  private @Nullable Path run;

  @Option(
      names = "--python",
      defaultValue = "python3",
      paramLabel = "FILE",
      description = "The Python with PyTorch. Default: python3.")
  private String python = "python3";

  @Option(
      names = "--torch-seconds",
      defaultValue = "200",
      paramLabel = "N",
      description = "Time of the comparison with PyTorch. Default: 200.")
  private int torchSeconds = 200;

  @Option(
      names = "--tiny",
      description = "The smallest sizes: to see that the suite runs, not to measure.")
  private boolean tiny;

  @Spec private CommandSpec spec = CommandSpec.create();

  /// Made by picocli.
  public GpuSuiteCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    final var known = Suite.names();
    for (final var name : List.of(only, skip).stream().flatMap(List::stream).toList()) {
      if (!known.contains(name)) {
        throw new ParameterException(
            spec.commandLine(),
            "section: " + name + ", expected one of " + String.join(", ", known));
      }
    }
    if (!(minutes > 0) || torchSeconds < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--minutes and --torch-seconds: " + minutes + ", " + torchSeconds + ", expected above 0");
    }
    // A device that is not there is one line and no results.
    OpenDevice.open(device).close();
    final var options =
        new SuiteOptions(
            device,
            minutes,
            only,
            skip,
            Optional.ofNullable(run).map(Path::toAbsolutePath),
            python,
            torchSeconds,
            tiny);
    final var line = spec.commandLine();
    final var folder = out.toAbsolutePath();
    final boolean fine = new Suite(options, folder, line.getErr()::println).run();
    line.getOut().println(folder.resolve("gpu-suite.md"));
    return fine ? ExitCode.OK : ExitCode.FAILED_CELLS;
  }
}
