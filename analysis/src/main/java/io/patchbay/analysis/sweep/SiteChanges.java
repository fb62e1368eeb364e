package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.folder.JointUnit;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.vae.data.FactorDataset;
import java.util.List;
import java.util.Optional;

/// How the patches of a sweep at one site change the value there, for what is of the first order in
/// that change.
///
/// What an op does to an element does not depend on which others are changed, so the whole site is
/// patched once for all units; only directions of a subspace are patched one by one.
public final class SiteChanges implements AutoCloseable {
  private final Site site;
  private final List<Unit> units;
  private final long[] rows;
  private final int variations;
  private final boolean elementwise;
  private final ShardRunner runner;

  SiteChanges(
      final Subject subject,
      final FactorDataset data,
      final SweepPlan plan,
      final Site site,
      final List<JointUnit> units,
      final long[] rows,
      final SiteValues fixed) {
    this.site = site;
    this.units = units.stream().map(u -> u.parts().getFirst()).toList();
    this.rows = rows;
    this.variations = plan.variations();
    this.elementwise = !(fixed.patches().get(site.name()) instanceof SitePatch.Subspace);
    final var patched = elementwise ? List.of(new JointUnit("all", List.of(site.whole()))) : units;
    final var here =
        new SweepPlan(
            plan.places(),
            plan.values(),
            plan.sources(),
            0,
            plan.inputs(),
            "site:" + site.name(),
            plan.seed());
    this.runner =
        new ShardRunner(
            subject,
            data,
            new SweepSources(here, data.size(), rows),
            List.of(site),
            patched,
            fixed,
            Optional.empty(),
            patched.size() * variations + 1,
            List.of(site.name()));
  }

  /// The products of every unit's change on one input with a gradient at the site.
  ///
  /// @param input its place
  /// @param gradients rows of the site, (C, H, W) each
  /// @param row the one of this input
  /// @return `[unit][variation]`
  public double[] times(final int input, final float[] gradients, final int row) {
    final var values = runner.watched(rows[input], site.name());
    final int size = site.size();
    final int clean = values.length - size;
    final var products = new double[units.size() * variations];
    for (int u = 0; u < units.size(); u++) {
      for (int v = 0; v < variations; v++) {
        final int at = (elementwise ? v : u * variations + v) * size;
        for (final var range : changed(units.get(u)).ranges()) {
          for (int e = range.begin(); e < range.end(); e++) {
            final double change = (double) values[at + e] - values[clean + e];
            products[u * variations + v] += change * gradients[row * size + e];
          }
        }
      }
    }
    return products;
  }

  /// The elements that a unit changes.
  private Unit changed(final Unit unit) {
    return elementwise ? unit : site.whole();
  }

  @Override
  public void close() {
    runner.close();
  }
}
