package io.patchbay.analysis.reproduction;

import io.patchbay.analysis.metric.GaussianKl;
import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.analysis.semantics.UnitLabel;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.study.LayerProfile;
import io.patchbay.analysis.study.ModelFigures;
import io.patchbay.analysis.study.UnitStudy;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/// [Step#UNITS] and [Step#PROFILE].
final class UnitStep {
  /// The note that lists the factors that a probe reads, the best first.
  static final String READ = "factors read";

  private static final String UNREAD = "no factor that a probe reads well enough";

  private UnitStep() {}

  /// Labels of the latents. A latent that carries nothing, by its KL, has none.
  static StepResult units(final Measured measured) {
    final var notes = new LinkedHashMap<String, String>();
    final var question = measured.sizes().mechanisms().unitQuestion();
    final var study =
        measured.tried(
            Step.UNITS,
            notes,
            () -> UnitStudy.of(measured.scene(), question, new Heard(measured.hearing())));
    if (study.isEmpty()) {
      return new StepResult(Map.of(), notes);
    }
    measured.write(Path.of("units", "units.json"), study.get().numbers());
    if (study.get().readOut().isEmpty()) {
      return StepResult.without(Step.UNITS, UNREAD);
    }
    notes.put(
        READ,
        Measured.listed(
            study.get().factors().used().stream()
                .sorted(Comparator.comparingDouble(p -> -p.heldOut().estimate()))
                .map(FactorProbe::factor)
                .toList()));
    final int codes = measured.sizes().figures().codes();
    final var carrying = ModelFigures.kl(measured.scene(), codes).active(GaussianKl.ACTIVE);
    return new StepResult(labels(study.get(), carrying), notes);
  }

  private static Map<String, Interval> labels(final UnitStudy study, final boolean[] carrying) {
    int mono = 0;
    int poly = 0;
    int undecided = 0;
    final var labels = study.measured().labels();
    for (int u = 0; u < carrying.length; u++) {
      if (carrying[u]) {
        final var label = labels.get(u);
        mono += label == UnitLabel.MONOSEMANTIC ? 1 : 0;
        poly += label == UnitLabel.POLYSEMANTIC ? 1 : 0;
        undecided += label == UnitLabel.UNDECIDED ? 1 : 0;
      }
    }
    final int n = study.question().inputs();
    final var figures = new LinkedHashMap<String, Interval>();
    figures.put(Measure.MONOSEMANTIC, Interval.unbounded(mono, n));
    figures.put(Measure.POLYSEMANTIC, Interval.unbounded(poly, n));
    figures.put(Measure.UNDECIDED, Interval.unbounded(undecided, n));
    final var stability = study.measured().stability();
    if (stability.named() > 0) {
      figures.put(Measure.STABLE, Interval.unbounded(stability.namedShare(), stability.named()));
    }
    return figures;
  }

  /// Where along the net factors are read and carried.
  static StepResult profile(final Measured measured) {
    final var notes = new LinkedHashMap<String, String>();
    final var heard = new Heard(measured.hearing());
    final var question = measured.sizes().mechanisms().profileQuestion();
    final var profile =
        measured.tried(
            Step.PROFILE,
            notes,
            () -> LayerProfile.of(UnitStudy.of(measured.scene(), question, heard), heard));
    final var figures = new LinkedHashMap<String, Interval>();
    profile.ifPresent(p -> {
      measured.write(Path.of("profile", "profile.json"), p.numbers());
      readable(p, "input", "readable_input", figures);
      readable(p, "latent.z", "readable_code", figures);
      readable(p, "output", "readable_output", figures);
    });
    return new StepResult(figures, notes);
  }

  /// The mean over factors of what can be read at a site.
  private static void readable(
      final LayerProfile profile,
      final String site,
      final String measure,
      final Map<String, Interval> figures) {
    for (int s = 0; s < profile.sites().size(); s++) {
      if (profile.sites().get(s).name().equals(site)) {
        final int at = s;
        profile.factors().stream()
            .mapToDouble(f -> f.readable().get(at).estimate())
            .average()
            .ifPresent(mean -> figures.put(measure, Interval.unbounded(mean, profile.inputs())));
      }
    }
  }

  /// Interchanges are most of the work: what comes after them is the last fifth.
  private static final class Heard implements UnitStudy.Listener {
    private static final int OF = 5;

    private final Measured.Hearing hearing;
    private String what = "";
    private long done;
    private long total = 1;

    Heard(final Measured.Hearing hearing) {
      this.hearing = hearing;
    }

    @Override
    public void doing(final String now) {
      what = now;
      hearing.at(what, (OF - 1) * done, OF * total);
    }

    @Override
    public void cells(final long now, final long all) {
      done = now;
      total = all;
      hearing.at(what, (OF - 1) * done, OF * total);
    }
  }
}
