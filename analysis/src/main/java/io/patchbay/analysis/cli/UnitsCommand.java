package io.patchbay.analysis.cli;

import io.patchbay.analysis.semantics.LabelRule;
import io.patchbay.analysis.study.LayerProfile;
import io.patchbay.analysis.study.UnitParts;
import io.patchbay.analysis.study.UnitQuestion;
import io.patchbay.analysis.study.UnitQuestion.Estimator;
import io.patchbay.analysis.study.UnitStudy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `patchbay units`.
@Command(
    name = "units",
    description =
        "Say what every unit means: its effects on the factors behind the images, with intervals"
            + " and permutation tests, and whether it is monosemantic, polysemantic, inactive or"
            + " undecided. Writes units.json.",
    sortOptions = false)
final class UnitsCommand implements Callable<Integer> {
  private static final String ALL = "all";

  @Option(
      names = "--site",
      split = ",",
      paramLabel = "S",
      description =
          "Sites whose units are asked: channels of an image-shaped one, elements of a flat one;"
              + " see `sites RUN`. Default: all, each value once (those before a ReLU are as those"
              + " after it).")
  private List<String> sites = new ArrayList<>();

  @Option(
      names = "--factor",
      split = ",",
      paramLabel = "F",
      description = "Factors by name. Default: all; an angle has no read-out.")
  private List<String> factors = new ArrayList<>();

  @Option(
      names = "--inputs",
      paramLabel = "N",
      description =
          "Base inputs of the read-out. The labels of their first half are compared with those of"
              + " all. Default: 200.")
  private int inputs = UnitQuestion.STANDARD.inputs();

  @Option(
      names = "--pairs",
      paramLabel = "P",
      description =
          "Sources per base input, each differing from it in one factor; the factors take turns."
              + " Every unit is interchanged in every pair. Default: 2, which with 200 inputs is"
              + " 100 pairs for each of 4 factors.")
  private int pairs = UnitQuestion.STANDARD.pairs();

  @Option(
      names = "--oracle-inputs",
      paramLabel = "N",
      description =
          "Base inputs of the oracle and of the test for inactive units, one random source each,"
              + " and of the latents' response to factors. Default: 48.")
  private int oracleInputs = UnitQuestion.STANDARD.oracleInputs();

  @Option(
      names = "--estimator",
      paramLabel = "E",
      description =
          "readout: how far a probe's reading of the factor goes with the factor of the source, in"
              + " its standard deviations; oracle: max(0, cos)² of the image's change with that of"
              + " re-rendering the factor; both: labels by the read-out. Default: both.")
  private Estimator estimator = UnitQuestion.STANDARD.estimator();

  @Option(
      names = "--tau",
      paramLabel = "T",
      description = "The least effect that counts for a label. Default: 0.1.")
  private double tau = UnitQuestion.STANDARD.rule().tau();

  @Option(
      names = "--fdr",
      paramLabel = "Q",
      description =
          "The false discovery rate over all units and factors (Benjamini-Hochberg). Default:"
              + " 0.05.")
  private double fdr = UnitQuestion.STANDARD.rule().fdr();

  @Option(
      names = "--permutations",
      paramLabel = "N",
      description = "Relabellings behind each p-value. Default: 9999.")
  private int permutations = UnitQuestion.STANDARD.permutations();

  @Option(
      names = "--profile",
      description =
          "Write profile.json too: where each factor can be read linearly, and where a unit carries"
              + " it.")
  private boolean profile;

  @Mixin private final DataOption data = new DataOption();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Default: RUN/units, and RUN/profile for the profile.")
  private @Nullable Path out;

  @Option(names = "--resume", description = "Go on with a study that was stopped.")
  private boolean resume;

  @Mixin private final RunOptions run = new RunOptions();

  UnitsCommand() {}

  @Override
  public Integer call() {
    final var question = question();
    final var output = run.output();
    final var folder = run.folder(out, "units");
    if (resume) {
      UnitParts.seed(folder).ifPresent(run::seedUnlessGiven);
    }
    return run.ask(
        data.name(),
        opened -> {
          try (var stop = Interruption.listen(() -> output.interject("stopping after this part"));
              var parts = UnitParts.in(folder, resume, stop::asked);
              var lines = new ProgressLines(output)) {
            final var shown = new Shown(output, lines);
            final var study = UnitStudy.of(opened.scene(), question, parts, shown);
            final var layers =
                profile
                    ? study.flatMap(found -> LayerProfile.of(found, parts, shown))
                    : Optional.<LayerProfile>empty();
            lines.end();
            if (study.isEmpty() || (profile && layers.isEmpty())) {
              output.release();
              output.note("stopped: --resume goes on");
              return ExitCode.INTERRUPTED;
            }
            final var all = run.signed(study.get().numbers(), opened);
            UnitStudy.write(folder, all);
            layers.ifPresent(found ->
                LayerProfile.write(
                    run.folder(out, "profile"), run.signed(found.numbers(), opened)));
            parts.clear();
            run.show(all, () -> new UnitTable(output.out(), study.get()).print());
            say(study.get());
            return ExitCode.OK;
          }
        });
  }

  private UnitQuestion question() {
    if (!(fdr > 0 && fdr < 1)) {
      throw run.output().wrong("--fdr: found " + fdr + ", expected a share in (0, 1)");
    }
    if (!(tau >= 0 && tau <= Double.MAX_VALUE)) {
      throw run.output().wrong("--tau: found " + tau + ", expected a number from 0");
    }
    if (sites.contains(ALL) && sites.size() > 1) {
      throw run.output().wrong("--site: found all beside others, expected all or names of sites");
    }
    return new UnitQuestion(
        sites.equals(List.of(ALL)) ? List.of() : sites,
        factors,
        inputs,
        pairs,
        oracleInputs,
        estimator,
        new LabelRule(fdr, tau),
        permutations);
  }

  private void say(final UnitStudy study) {
    study.factors().used().forEach(probe -> run.output().note(probe.sentence()));
    study.factors().weak().forEach(probe -> run.output().note(probe.sentence() + "; not used"));
    study
        .factors()
        .leftOut()
        .forEach(l -> run.output().note("no probe of " + l.name() + ": " + l.reason()));
    final var stability = study.measured().stability();
    run.output()
        .note(
            String.format(
                Locale.ROOT,
                "thresholds: tau %s, false discovery rate %s, %d permutations; labels of half the"
                    + " inputs that stay: %.1f %% of %d units, %.1f %% of %d with a factor by"
                    + " either",
                tau,
                fdr,
                permutations,
                100 * stability.share(),
                stability.units(),
                100 * stability.namedShare(),
                stability.named()));
  }

  /// One line per part of the study, and a progress line for the interchanges.
  private record Shown(OutputOptions output, ProgressLines lines) implements UnitStudy.Listener {
    @Override
    public void doing(final String what) {
      lines.end();
      output.release();
      output.note("units: " + what);
    }

    @Override
    public void cells(final long done, final long all) {
      lines.update("units", "cells", done, all);
    }
  }
}
