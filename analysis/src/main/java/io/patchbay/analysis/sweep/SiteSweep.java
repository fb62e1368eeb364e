package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Operation.Coefficients;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.sweep.Cell.Change;
import io.patchbay.analysis.sweep.PatchRunner.Capacity;
import io.patchbay.engine.Precision;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Every unit of one site in every variation, on several bases at a time: the effects of a sweep,
/// in memory. How they are computed is chosen once, by what a cell costs: all that the site can
/// change computed whole, or only the change carried through the layers that follow.
///
/// Cells are in the order base, unit, variation. A cell's effect depends on its own base alone.
public final class SiteSweep implements AutoCloseable {
  private final Site site;
  private final Effect effect;
  private final SiteArrays cells;
  private final int variations;
  private final int perBase;
  private final int most;
  private final PatchRunner runner;
  private final Map<Integer, CellBatch> batches = new HashMap<>();

  /// What happens to each unit.
  ///
  /// @param source the row of the sources that it takes from, unless a run says otherwise
  public record Variation(Coefficients coefficients, int source) {}

  /// @param bases the most at a time
  /// @param sources the most rows to take from, at least 1
  /// @param eliminates whether cells whose patch changes nothing are left out, where that can be
  ///   proved before they are computed
  public SiteSweep(
      final Subject subject,
      final VaeGraph model,
      final Site site,
      final List<Unit> units,
      final List<Variation> variations,
      final Effect effect,
      final int bases,
      final int sources,
      final boolean eliminates) {
    this(
        subject,
        model,
        site,
        units,
        variations,
        effect,
        bases,
        sources,
        new Routes(model.graph(), site, effect.site()).of(units, eliminates).getFirst().route());
  }

  /// With all values that the site can change computed whole.
  public static SiteSweep whole(
      final Subject subject,
      final VaeGraph model,
      final Site site,
      final List<Unit> units,
      final List<Variation> variations,
      final Effect effect,
      final int bases,
      final int sources) {
    return new SiteSweep(
        subject, model, site, units, variations, effect, bases, sources, Optional.empty());
  }

  /// With a change that is carried all the way in some precision.
  ///
  /// @throws io.patchbay.vae.io.BadInputException when it cannot be carried so, or on this device
  public static SiteSweep carrying(
      final Subject subject,
      final VaeGraph model,
      final Site site,
      final List<Unit> units,
      final List<Variation> variations,
      final Effect effect,
      final int bases,
      final int sources,
      final boolean eliminates,
      final Precision precision) {
    CarriedPrecision.require(subject.backend(), precision);
    final var routes =
        new Routes(model.graph(), site, effect.site())
            .of(units, eliminates).stream()
                .map(Routes.Choice::route)
                .filter(route -> route.isPresent() && route.get().measures())
                .toList();
    final var route =
        CarriedPrecision.of(routes, precision, site.name(), effect.site()).stream()
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("not carried: site=" + site + ", to=" + effect));
    return new SiteSweep(subject, model, site, units, variations, effect, bases, sources, route);
  }

  SiteSweep(
      final Subject subject,
      final VaeGraph model,
      final Site site,
      final List<Unit> units,
      final List<Variation> variations,
      final Effect effect,
      final int bases,
      final int sources,
      final Optional<Route> route) {
    this.site = site;
    this.effect = effect;
    this.variations = variations.size();
    this.perBase = units.size() * variations.size();
    this.most = bases;
    final var list = new ArrayList<Cell>();
    for (final var unit : units) {
      for (final var each : variations) {
        list.add(Cell.of(0, new Change(site.name(), unit, each.coefficients(), each.source())));
      }
    }
    this.cells = SiteArrays.of(site.name(), list);
    final int ranges = Math.max(1, Math.ceilDiv(cells.ranges().length / 3, perBase));
    this.runner =
        new PatchRunner(
            subject,
            model,
            List.of(site.name()),
            List.of(effect),
            List.of(),
            0,
            new Capacity(bases, sources, bases * perBase, ranges),
            route);
  }

  /// Computes what the cells of these bases share. `images` holds whole inputs, (C, H, W) each.
  public void bases(final float[] images) {
    runner.bases(images);
  }

  /// Computes the activations of inputs that cells take from.
  public void sources(final float[] images) {
    runner.sources(images);
  }

  /// Writes rows that cells may take from, such as means.
  public void sourceValues(final float[] rows) {
    runner.sourceValues(site.name(), rows);
  }

  /// Computes the activations of some inputs and keeps them as rows `at`.. of the sources, the last
  /// of them then; bases stay.
  public void keep(final float[] images, final int at) {
    runner.keep(images, at);
  }

  /// The activations of the bases at the site, (C, H, W) each, where nothing was kept since.
  public float[] activations() {
    return runner.prefixValue(site.name());
  }

  /// The effects of the first `count` bases, each cell with the source of its variation, those of a
  /// base `apart` rows behind those of the base before it.
  public float[] run(final int count, final int apart) {
    return run(template(count, apart));
  }

  /// The effects of the first `count` bases; `sources` holds the row of each base's variations.
  public float[] run(final int count, final int[] sources) {
    final var template = template(count, 0);
    final var index = new int[count * perBase];
    for (int i = 0; i < index.length; i++) {
      index[i] = sources[i / perBase * variations + i % variations];
    }
    final var arrays = template.site(site.name()).from(index);
    return run(new CellBatch(template.bases(), Map.of(site.name(), arrays)));
  }

  private float[] run(final CellBatch batch) {
    runner.run(batch);
    return runner.effect(effect);
  }

  private CellBatch template(final int count, final int apart) {
    if (count < 1 || count > most) {
      throw new IllegalArgumentException("bases: count=" + count + ", most=" + most);
    }
    return batches.computeIfAbsent(
        count,
        n -> {
          final var index = new int[n * perBase];
          Arrays.setAll(index, i -> i / perBase);
          return new CellBatch(index, Map.of(site.name(), cells.repeated(n, apart)));
        });
  }

  /// Per cell of the last run, 1 where it was proved to change nothing and left out; empty where
  /// nothing is left out.
  public int[] skipped() {
    return runner.skippedCells();
  }

  /// The steps of both programs and the memory they hold.
  public String explain() {
    return runner.explain() + "\nnative memory: " + runner.bytes() + " bytes";
  }

  @Override
  public void close() {
    runner.close();
  }
}
