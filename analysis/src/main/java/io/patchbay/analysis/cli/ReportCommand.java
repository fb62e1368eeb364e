package io.patchbay.analysis.cli;

import io.patchbay.analysis.report.ReportWriter.Form;
import io.patchbay.analysis.study.RunReport;
import io.patchbay.vae.data.Datasets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `patchbay report`.
@Command(
    name = "report",
    description = "Study trained models and write one page about them; its path goes to stdout.",
    sortOptions = false)
final class ReportCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "RUN", description = "Run folders.")
  private List<Path> runs = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Folder of the page. Default: report in the run folder. Of several runs: beside the"
              + " first.")
  private @Nullable Path out;

  @Option(names = "--single-file", description = "Put everything into index.html.")
  private boolean singleFile;

  @Mixin private final SeedOption seed = new SeedOption();
  @Mixin private final DeviceOptions device = new DeviceOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  ReportCommand() {}

  @Override
  public Integer call() throws IOException {
    RunReport.check(runs);
    final var folder = out == null ? folder() : out;
    try (var backend = device.open(output)) {
      seed.value();
      seed.say(output);
      final var report =
          new RunReport(
              backend,
              Datasets.of(System.getenv()),
              seed.value(),
              (run, what) -> {
                output.release();
                output.note(run + ": " + what);
              });
      final var page =
          report.write(runs, folder, singleFile ? Form.SINGLE_FILE : Form.FOLDER, command(folder));
      if (output.json()) {
        output.json(Map.of("page", page.toString()));
      } else {
        output.out().println(page);
      }
      return ExitCode.OK;
    }
  }

  private Path folder() {
    final var first = runs.getFirst();
    return runs.size() == 1 ? first.resolve("report") : first.resolveSibling("report");
  }

  private String command(final Path folder) {
    return runs.stream()
            .map(Path::toString)
            .collect(Collectors.joining(" ", "patchbay report ", ""))
        + " --seed "
        + seed.value()
        + " --out "
        + folder;
  }
}
