package io.patchbay.analysis.cli;

import io.patchbay.analysis.circuit.CircuitFormat;
import io.patchbay.analysis.circuit.CircuitJson;
import io.patchbay.analysis.sweep.folder.SweepTable;
import io.patchbay.vae.io.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `patchbay export`.
@Command(
    name = "export",
    description =
        "Write a result to stdout in a form that other programs read: the effects of a sweep, one"
            + " row per cell, or a circuit.",
    sortOptions = false)
final class ExportCommand implements Callable<Integer> {
  private static final String CSV = "csv";
  private static final String JSON = CircuitFormat.JSON.label();

  @SuppressWarnings("NullAway.Init") // picocli refuses a command line without it
  @Parameters(
      paramLabel = "FOLDER",
      description = "The folder of a finished sweep, or of a circuit: RUN/circuits/FACTOR.")
  private Path folder;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "Of a sweep: csv or json, a list of rows. Of a circuit: json, graphml or dot. Default:"
              + " the first of these, or json with --json.")
  private @Nullable String format;

  @Mixin private final OutputOptions output = new OutputOptions();

  ExportCommand() {}

  @Override
  public Integer call() {
    final var circuit = folder.resolve(CircuitJson.FILE);
    if (Files.isRegularFile(circuit)) {
      final var wanted = wanted(JSON);
      final var text =
          CircuitFormat.named(wanted)
              .orElseThrow(() ->
                  output.wrong(
                      "--format: found '"
                          + wanted
                          + "', expected one that a circuit can be exported to: "
                          + String.join(", ", CircuitFormat.labels())))
              .text(CircuitJson.read(circuit));
      output.out().print(text);
      output.out().flush();
    } else {
      exportSweep(wanted(output.json() ? JSON : CSV));
    }
    return ExitCode.OK;
  }

  private void exportSweep(final String wanted) {
    if (wanted.equals(CSV)) {
      SweepTable.open(folder).write(output.out());
    } else if (wanted.equals(JSON)) {
      SweepTable.open(folder).writeJson(output.out());
    } else if (CircuitFormat.named(wanted).isPresent()) {
      throw new BadInputException(
          folder, "circuit folder", "no " + CircuitJson.FILE, "one, from `circuits RUN`");
    } else {
      throw output.wrong(
          "--format: found '"
              + wanted
              + "', expected csv, "
              + String.join(", ", CircuitFormat.labels()));
    }
  }

  /// @param standard where the command line says nothing
  private String wanted(final String standard) {
    if (output.json() && format != null && !format.equals(JSON)) {
      throw output.wrong("--json: found --format " + format + " beside it, expected one of them");
    }
    return format == null ? standard : format;
  }
}
