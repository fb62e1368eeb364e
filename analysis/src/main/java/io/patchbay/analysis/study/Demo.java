package io.patchbay.analysis.study;

import io.patchbay.analysis.patch.Controls;
import io.patchbay.analysis.patch.GuardRun;
import io.patchbay.analysis.report.Estimate;
import io.patchbay.analysis.report.Mechanisms;
import io.patchbay.analysis.report.Provenance;
import io.patchbay.analysis.report.ReportModel;
import io.patchbay.analysis.report.ReportWriter;
import io.patchbay.analysis.report.SummaryTable;
import io.patchbay.analysis.report.VariantReport;
import io.patchbay.engine.Backend;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.JsonText;
import io.patchbay.vae.train.RunFolder;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Trainer;
import io.patchbay.vae.train.TrainingListener;
import io.patchbay.vae.train.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The main job on built-in data: trains a VAE, a beta-VAE and a FactorVAE on the sprites, asks all
/// of them the same questions, and writes one report.
public final class Demo {
  private static final Map<Variant, Integer> STEPS =
      new LinkedHashMap<>(Map.of(Variant.VAE, 700, Variant.BETA_VAE, 700, Variant.FACTOR_VAE, 450));

  private final Backend backend;
  private final FactorDataset data;
  private final long seed;
  private final Listener listener;
  private final BooleanSupplier stop;

  /// Hears what the demo does.
  public interface Listener {
    /// A variant's training begins; the result hears its steps.
    TrainingListener training(String variant);

    /// A variant's study does something new.
    void studying(String variant, String what);
  }

  /// What a demo leaves behind.
  ///
  /// @param interrupted whether it was stopped before its end; running it again goes on
  /// @param table the summary of the variants, for a terminal
  public record Result(boolean interrupted, String table, @Nullable Path report) {}

  public Demo(
      final Backend backend,
      final FactorDataset data,
      final long seed,
      final Listener listener,
      final BooleanSupplier stop) {
    this.backend = backend;
    this.data = data;
    this.seed = seed;
    this.listener = listener;
    this.stop = stop;
  }

  /// Trains and studies the variants into `folder`: `vae`, `beta-vae`, `factor-vae`, `report`,
  /// `summary.json`. A folder with unfinished runs of the same seed is gone on with.
  public Result run(final Path folder, final String command) throws IOException {
    try {
      return whole(folder, command);
    } catch (final CancellationException _) {
      return new Result(true, "", null);
    }
  }

  private void studying(final Variant variant, final String what) {
    if (stop.getAsBoolean()) {
      throw new CancellationException("stopped before: " + what);
    }
    listener.studying(variant.id(), what);
  }

  private Result whole(final Path folder, final String command) throws IOException {
    final var reports = new ArrayList<VariantReport>();
    final var guards = new ArrayList<GuardRun>();
    final var summary = new LinkedHashMap<String, Object>();
    for (final var variant : List.of(Variant.VAE, Variant.BETA_VAE, Variant.FACTOR_VAE)) {
      final var config =
          TrainConfig.defaults(
              variant,
              "data=" + data.name(),
              "lr=1e-3",
              "steps=" + STEPS.get(variant),
              "seed=" + seed,
              "log_every=20",
              "checkpoint_every=500");
      final var path = folder.resolve(variant.id());
      final var trainer = new Trainer(config, data, backend, listener.training(variant.id()), stop);
      if (trainer.run(path, Files.exists(new RunFolder(path).config())).interrupted()) {
        return new Result(true, "", null);
      }
      try (var model = TrainedVae.open(path, backend);
          var untrained = TrainedVae.untrained(config, data.shape(), backend)) {
        final var study =
            VariantStudy.of(
                new Scene(model, data, seed),
                new Scene(untrained, data, seed),
                StudySize.DEMO,
                what -> studying(variant, what));
        final var page =
            VariantPage.of(
                variant.id(),
                config.described(false),
                study,
                TrainingLog.read(path).orElse(null),
                Mechanisms.NONE);
        reports.add(page);
        study.guards().forEach(Controls::require);
        study.guards().forEach(g -> guards.add(g.named(variant.id() + ", " + g.name())));
        summary.put(variant.id(), numbers(page, study));
      }
    }
    final var report =
        new ReportModel(
            "Patchbay demo",
            "A VAE, a beta-VAE and a FactorVAE on the built-in sprites: interventions at four"
                + " levels.",
            Instant.now(),
            provenance(command),
            reports,
            guards,
            List.of());
    final var page = ReportWriter.write(report, folder.resolve("report"));
    JsonText.write(folder.resolve("summary.json"), Map.of("variants", summary));
    return new Result(false, SummaryTable.of(report), page);
  }

  private Provenance provenance(final String command) {
    return new Provenance(
        seed,
        backend.device(),
        command,
        Map.of("java", Runtime.version().toString()),
        Map.of("effects", Integer.toString(StudySize.DEMO.effects()), "data", data.name()));
  }

  private static Map<String, Object> numbers(final VariantReport page, final VariantStudy study) {
    final var row = page.summary();
    final var map = new LinkedHashMap<String, Object>();
    map.put("ces", value(row.causalEffectStrength()));
    map.put("ces_low", study.strength().model().low());
    map.put("ces_high", study.strength().model().high());
    map.put("ces_untrained", study.untrained().model().estimate());
    map.put("ces_active", study.ofUsed(study.strength()));
    map.put("ces_active_untrained", study.ofUsed(study.untrained()));
    map.put("specificity", value(row.spatialSpecificity()));
    map.put("specificity_semantic", value(row.semanticSpecificity()));
    map.put("modularity", value(row.circuitModularity()));
    map.put("mig", value(row.mutualInformationGap()));
    map.put("elbo", value(row.elbo()));
    map.put("active", row.activeLatents());
    map.put("n", row.inputs());
    return map;
  }

  private static @Nullable Double value(final @Nullable Estimate estimate) {
    return Optional.ofNullable(estimate).map(Estimate::value).filter(v -> !v.isNaN()).orElse(null);
  }
}
