package io.patchbay.analysis.study;

import io.patchbay.analysis.patch.GuardRun;
import io.patchbay.analysis.report.Provenance;
import io.patchbay.analysis.report.ReportModel;
import io.patchbay.analysis.report.ReportWriter;
import io.patchbay.analysis.report.ReportWriter.Form;
import io.patchbay.analysis.report.VariantReport;
import io.patchbay.engine.Backend;
import io.patchbay.vae.data.Datasets;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.train.RunFolder;
import io.patchbay.vae.train.TrainedVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/// The demo's questions asked of any trained models, and their answers on one page.
public final class RunReport {
  private final Backend backend;
  private final Datasets catalogue;
  private final long seed;
  private final BiConsumer<String, String> progress;

  /// @param catalogue where the runs' data sets are found
  /// @param progress hears of which run what is being studied
  public RunReport(
      final Backend backend,
      final Datasets catalogue,
      final long seed,
      final BiConsumer<String, String> progress) {
    this.backend = backend;
    this.catalogue = catalogue;
    this.seed = seed;
    this.progress = progress;
  }

  /// Refuses what is not a run folder, before any work.
  ///
  /// @throws BadInputException naming the folder
  public static void check(final List<Path> runs) {
    for (final var run : runs) {
      if (!Files.isRegularFile(new RunFolder(run).config())) {
        throw new BadInputException(run, "run folder", "no config.json", "the folder of a run");
      }
    }
  }

  /// Studies every run and writes the page.
  ///
  /// @param command the command line that makes this page again
  /// @return the page
  /// @throws BadInputException when a folder is not that of a run, or its data set is not found
  public Path write(final List<Path> runs, final Path folder, final Form form, final String command)
      throws IOException {
    check(runs);
    final var variants = new ArrayList<VariantReport>();
    final var guards = new ArrayList<GuardRun>();
    for (final var entry : named(runs).entrySet()) {
      variants.add(study(entry.getKey(), entry.getValue(), guards));
    }
    final var names = variants.stream().map(VariantReport::name).collect(Collectors.joining(", "));
    final var report =
        new ReportModel(
            "Patchbay report",
            "Interventions at four levels on " + names + ".",
            Instant.now(),
            new Provenance(
                seed,
                backend.device(),
                command,
                Map.of("java", Runtime.version().toString()),
                Map.of("effects", Integer.toString(StudySize.DEMO.effects()))),
            variants,
            guards,
            List.of());
    return ReportWriter.write(report, folder, form);
  }

  /// @param guards takes the control rows that were run beside the study
  private VariantReport study(final String name, final Path run, final List<GuardRun> guards)
      throws IOException {
    try (var model = TrainedVae.open(run, backend);
        var data = catalogue.open(model.data());
        var untrained = TrainedVae.untrained(model.config(), data.shape(), backend)) {
      final var mechanisms = MechanismFiles.read(run);
      final var study =
          VariantStudy.of(
              new Scene(model, data, seed),
              new Scene(untrained, data, seed),
              StudySize.DEMO,
              what -> progress.accept(name, what));
      study.guards().forEach(g -> guards.add(g.named(name + ", " + g.name())));
      return VariantPage.of(
          name,
          model.config().described(true),
          study,
          TrainingLog.read(run).orElse(null),
          mechanisms);
    }
  }

  /// The runs by the name of their folder, or by the whole path where two have the same.
  private static Map<String, Path> named(final List<Path> runs) {
    final var map = new LinkedHashMap<String, Path>();
    for (final var run : runs) {
      final var last = String.valueOf(run.toAbsolutePath().normalize().getFileName());
      final long same =
          runs.stream().filter(r -> r.toAbsolutePath().normalize().endsWith(last)).count();
      map.put(same == 1 ? last : run.toString(), run);
    }
    return map;
  }
}
