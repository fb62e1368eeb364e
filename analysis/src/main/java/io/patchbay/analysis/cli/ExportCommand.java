package io.patchbay.analysis.cli;

import io.patchbay.analysis.sweep.SweepTable;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `patchbay export`.
@Command(
    name = "export",
    description = "Write the effects of a sweep to stdout as CSV, one row per cell.",
    sortOptions = false)
final class ExportCommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
  @Parameters(paramLabel = "SWEEP", description = "The folder of a finished sweep.")
  private Path sweep;

  @Mixin private final OutputOptions output = new OutputOptions();

  ExportCommand() {}

  @Override
  public Integer call() {
    SweepTable.open(sweep).write(output.out());
    return ExitCode.OK;
  }
}
