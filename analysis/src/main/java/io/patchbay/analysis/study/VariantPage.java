package io.patchbay.analysis.study;

import io.patchbay.analysis.metric.FactorCells;
import io.patchbay.analysis.metric.FactorEffect;
import io.patchbay.analysis.report.EffectStrength;
import io.patchbay.analysis.report.Estimate;
import io.patchbay.analysis.report.FactorMap;
import io.patchbay.analysis.report.Grid;
import io.patchbay.analysis.report.Mechanisms;
import io.patchbay.analysis.report.Mediation;
import io.patchbay.analysis.report.PatchingMap;
import io.patchbay.analysis.report.Picture;
import io.patchbay.analysis.report.PlaceMaps;
import io.patchbay.analysis.report.Reconstructions;
import io.patchbay.analysis.report.Section;
import io.patchbay.analysis.report.SummaryRow;
import io.patchbay.analysis.report.Training;
import io.patchbay.analysis.report.Traversal;
import io.patchbay.analysis.report.VariantReport;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.PermutationTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A study as a page of the report.
final class VariantPage {
  private static final int PERMUTATIONS = 1000;

  private final VariantStudy study;

  private VariantPage(final VariantStudy study) {
    this.study = study;
  }

  /// @param training the curves, or null where a run has none
  /// @param mechanisms what other commands found out about the run
  static VariantReport of(
      final String name,
      final String description,
      final VariantStudy study,
      final @Nullable Training training,
      final Mechanisms mechanisms) {
    final var page = new VariantPage(study);
    final var absent = MechanismFiles.absent(mechanisms);
    if (training == null) {
      absent.put(Section.TRAINING, "the run has no log");
    }
    if (study.latents().factors().isEmpty()) {
      absent.put(Section.FACTORS, "the factors behind these images are unknown");
    }
    if (study.patching().isEmpty()) {
      final var same = "no source changes the image: the model says the same of all inputs";
      absent.put(Section.PATCHING, same);
      absent.put(Section.MEDIATION, same);
    }
    return new VariantReport(
        name,
        description,
        page.summary(),
        training,
        page.reconstructions(),
        page.traversal(),
        page.strength(),
        page.factors(),
        page.places(),
        page.patching(),
        page.mediation(),
        page.occlusion(),
        mechanisms,
        absent);
  }

  private SummaryRow summary() {
    return new SummaryRow(
        estimate(study.strength().model()),
        estimate(study.spatial().bounded()),
        study.semantic().map(s -> estimate(s.bounded())).orElse(null),
        estimate(study.modularity().model()),
        study.gap().map(g -> estimate(g.score())).orElse(null),
        estimate(study.elbo()),
        study.used(),
        study.scene().model().vae().latent(),
        study.latents().effects().inputs());
  }

  static Estimate estimate(final Interval interval) {
    return interval.bounded()
        ? new Estimate(interval.estimate(), interval.low(), interval.high(), interval.n())
        : Estimate.exact(interval.estimate(), interval.n());
  }

  private static Estimate estimate(final Optional<Interval> interval) {
    return interval.map(VariantPage::estimate).orElse(Estimate.undefined(0));
  }

  private Picture picture(final float[] images, final int index) {
    final int size = study.scene().imageSize();
    return picture(Arrays.copyOfRange(images, index * size, (index + 1) * size));
  }

  private Picture picture(final float[] image) {
    final var shape = study.scene().data().shape();
    return Picture.ofPlanes(shape.width(), shape.height(), shape.channels(), image);
  }

  private Reconstructions reconstructions() {
    final int count = study.originals().length / study.scene().imageSize();
    return new Reconstructions(
        "Inputs and their reconstructions from the posterior mean, no noise.",
        IntStream.range(0, count)
            .mapToObj(i ->
                new Reconstructions.Pair(
                    picture(study.originals(), i), picture(study.reconstructions(), i)))
            .toList());
  }

  private Traversal traversal() {
    final var images = study.latents().traversal();
    final var rows = new ArrayList<Traversal.Row>();
    for (int i = 0; i < images.length; i++) {
      rows.add(
          new Traversal.Row(
              latent(i),
              study.kl().latents().get(i).estimate(),
              Arrays.stream(images[i]).map(this::picture).toList()));
    }
    return new Traversal(
        "do(z_i = v) on one input, the other latents at their posterior mean.",
        LatentStudy.GRID,
        rows);
  }

  private EffectStrength strength() {
    final var units = new ArrayList<EffectStrength.Unit>();
    final var active = study.kl().active(VariantStudy.USED);
    for (int i = 0; i < active.length; i++) {
      units.add(
          new EffectStrength.Unit(
              latent(i),
              estimate(study.strength().units().get(i)),
              estimate(study.untrained().units().get(i)),
              active[i]));
    }
    return new EffectStrength(
        "do(z_i = v), v from -3 to 3 in 7 values", "95 % bootstrap over base inputs", units);
  }

  private List<FactorMap> factors() {
    final var maps = new ArrayList<FactorMap>();
    final var names =
        study.latents().factors().isEmpty()
            ? List.<String>of()
            : Counterfactuals.of(study.scene().data()).names();
    study.latents().factors().ifPresent(f -> maps.add(map(FactorMap.Kind.ORACLE, f, names)));
    study.encoding().ifPresent(f -> maps.add(map(FactorMap.Kind.ENCODING, f, names)));
    return maps;
  }

  private FactorMap map(
      final FactorMap.Kind kind, final FactorCells cells, final List<String> names) {
    final var bootstrap = Bootstrap.standard(study.scene().seed());
    final var effect =
        FactorEffect.of(cells, bootstrap, new PermutationTest(PERMUTATIONS, study.scene().seed()));
    final int units = cells.units();
    final int factors = cells.factors();
    final var value = new double[units][factors];
    final var low = new double[units][factors];
    final var high = new double[units][factors];
    final var p = new double[units][factors];
    for (int u = 0; u < units; u++) {
      for (int k = 0; k < factors; k++) {
        final var cell = effect.at(u, k);
        value[u][k] = cell.effect().estimate();
        low[u][k] = cell.effect().low();
        high[u][k] = cell.effect().high();
        p[u][k] = cell.adjusted();
      }
    }
    return new FactorMap(
        kind,
        IntStream.range(0, units).mapToObj(VariantPage::latent).toList(),
        names,
        Grid.of(value),
        Grid.of(low),
        Grid.of(high),
        Grid.of(p),
        cells.inputs());
  }

  private PlaceMaps places() {
    final var shape = study.scene().data().shape();
    final int plane = shape.height() * shape.width();
    final var maps = new ArrayList<PlaceMaps.PlaceMap>();
    final var places = study.latents().places();
    for (int i = 0; i < places.units(); i++) {
      final var mass = places.total(i);
      final var grid = new double[shape.height()][shape.width()];
      final double cells =
          (double) study.latents().effects().inputs() * LatentStudy.GRID.size() * shape.channels();
      for (int e = 0; e < mass.length; e++) {
        grid[e % plane / shape.width()][e % plane % shape.width()] += mass[e] / cells;
      }
      maps.add(new PlaceMaps.PlaceMap(latent(i), Grid.of(grid)));
    }
    return new PlaceMaps(
        "mean squared change of a pixel",
        "Where in the image each latent acts, over all inputs and grid values.",
        maps,
        study.latents().effects().inputs());
  }

  private PatchingMap patching() {
    final var sites = new ArrayList<PatchingMap.Site>();
    long pairs = 0;
    for (final var site : study.patching()) {
      final var units = new ArrayList<PatchingMap.Unit>();
      for (int u = 0; u < site.units().size(); u++) {
        pairs = site.denoising().get(u).n();
        units.add(
            new PatchingMap.Unit(
                site.units().get(u).name(),
                estimate(site.denoising().get(u)),
                estimate(site.noising().get(u))));
      }
      sites.add(new PatchingMap.Site(site.site().name(), units));
    }
    return new PatchingMap(
        "projection of the image on the change that the source brings", sites, pairs);
  }

  private Mediation mediation() {
    return new Mediation(
        "projection of the image on the change that the source brings, 0 = base, 1 = source",
        "95 % bootstrap over pairs; the mediators were chosen on other pairs",
        study.mediation().stream()
            .map(m ->
                new Mediation.Site(
                    m.name(),
                    estimate(m.effects().total().mean()),
                    estimate(m.effects().naturalDirect().mean()),
                    estimate(m.effects().naturalIndirect().mean()),
                    estimate(m.effects().totalIndirect().mean())))
            .toList());
  }

  private PlaceMaps occlusion() {
    final var o = study.occlusion();
    final var maps = new ArrayList<PlaceMaps.PlaceMap>();
    for (int j = 0; j < o.sensitivity().length; j++) {
      final var row = o.sensitivity()[j];
      maps.add(
          new PlaceMaps.PlaceMap(latent(j), Grid.of(o.places(), row.length / o.places(), row)));
    }
    return new PlaceMaps(
        "mean |change of mu|",
        "Squares of 8 x 8 pixels set to grey: where the encoder looks for each latent.",
        maps,
        o.inputs());
  }

  private static String latent(final int index) {
    return "z" + index;
  }
}
