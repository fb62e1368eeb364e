package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.patch.Controls;
import io.patchbay.analysis.patch.GuardRun;
import io.patchbay.analysis.patch.Reach;
import io.patchbay.analysis.patch.Route;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.folder.JointUnit;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.FactorDataset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The control rows that run before the cells of a sweep: at each of its sites, and on the way that
/// its cells go where that carries the change alone.
///
/// @param patches how each site is changed
record SweepControls(
    Subject subject,
    FactorDataset data,
    SweepPlan plan,
    List<Site> sites,
    Map<String, SitePatch> patches,
    List<JointUnit> units,
    long cells) {
  private static final int INPUTS = 4;

  /// @throws IllegalStateException when one of them fails
  List<GuardRun> of(final Optional<Route> way) {
    final var images = images();
    final var runs = new ArrayList<GuardRun>();
    for (final var site : sites) {
      runs.add(Controls.of(subject, setting(site), images, INPUTS, cells));
      Controls.require(runs.getLast());
    }
    if (way.isPresent()) {
      final var of = units.stream().map(u -> u.parts().getFirst()).toList();
      final var shown = plan.effect().orElseThrow();
      final var site = sites.getFirst();
      final var patch = Objects.requireNonNull(patches.get(site.name()));
      runs.add(RouteControls.of(subject, site, patch, shown, of, way.get(), images, INPUTS));
      Controls.require(runs.getLast());
    }
    return runs;
  }

  /// A patch shows itself in the image, or, where it cannot reach that, in what is measured.
  private Controls.Setting setting(final Site site) {
    final var graph = ShardRunner.graph(subject, plan.draws() > 0);
    final boolean seen = Reach.leads(graph.graph(), site.name(), "output");
    return new Controls.Setting(graph, site, seen ? "output" : plan.measured(), plan.seed());
  }

  private float[] images() {
    final var random = new PhiloxRandom(plan.seed(), Streams.AUDIT, 0, 0);
    final int size = data.shape().elements();
    final var images = new float[INPUTS * size];
    for (int i = 0; i < INPUTS; i++) {
      data.image((long) (random.nextDouble() * data.size()), images, i * size);
    }
    return images;
  }
}
