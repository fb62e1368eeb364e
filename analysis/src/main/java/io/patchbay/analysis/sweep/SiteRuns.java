package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Directions;
import io.patchbay.analysis.intervention.Operation;
import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.patch.Suffix;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What patches take from runs of the model on the inputs of a sweep, without noise: means and
/// principal components of sites.
///
/// @param rows of the data set, the base inputs
record SiteRuns(Subject subject, FactorDataset data, long[] rows) {
  static final int AT_ONCE = 16;

  /// Inputs that principal components are taken of, at most: the first ones of the sweep.
  static final int PRINCIPAL_INPUTS = 256;

  /// Takes values of a site, input after input.
  private interface Rows {
    void take(int input, float[] values);
  }

  /// Whether the model has a site without noise.
  boolean has(final String site) {
    return ShardRunner.graph(subject, false).graph().sites().containsKey(site);
  }

  /// How each site is changed, in the order of the places.
  ///
  /// @throws BadInputException when directions are wrong, or there are not as many
  Map<String, SitePatch> patches(final SweepPlan plan, final List<Site> sites) {
    final var patches = new LinkedHashMap<String, SitePatch>();
    for (int i = 0; i < sites.size(); i++) {
      final var operation = plan.places().get(i).operation();
      final SitePatch patch =
          switch (operation) {
            case Operation.Custom(var op) -> new SitePatch.Custom(op);
            case final Operation.Subspace s ->
                new SitePatch.Subspace(directions(plan.places().get(i).op(), s, sites.get(i)));
            case Operation.Assign _,
                Operation.Add _,
                Operation.Scale _,
                Operation.Clamp _,
                Operation.Fixed _,
                Operation.AddNoise _,
                Operation.Brightness _,
                Operation.Rendered _ ->
                new SitePatch.Mixed();
          };
      patches.put(sites.get(i).name(), patch);
    }
    return patches;
  }

  private Directions directions(
      final String op, final Operation.Subspace subspace, final Site site) {
    final boolean principal = subspace.of().equals(Operation.Subspace.PRINCIPAL);
    if (principal && !has(site.name())) {
      throw new BadInputException(
          "--op", op, "site " + site.name(), "a site that is not noise alone");
    }
    try {
      if (principal) {
        final int count = subspace.count().orElseThrow();
        final var values = new float[Math.min(rows.length, PRINCIPAL_INPUTS)][];
        run(site, values.length, (input, value) -> values[input] = value);
        return Directions.principal(values, count);
      }
      final var all = Directions.read(Path.of(subspace.of()), site.size());
      return all.first(subspace.count().orElse(all.count()));
    } catch (final IllegalArgumentException e) {
      throw new BadInputException(
          "--op", op, String.valueOf(e.getMessage()), "other directions, or fewer", e);
    }
  }

  /// The means of the sites whose operation takes them.
  Map<String, float[]> means(final SweepPlan plan, final List<Site> sites) {
    final var means = new HashMap<String, float[]>();
    for (int i = 0; i < sites.size(); i++) {
      if (plan.places().get(i).operation().readsMean()) {
        means.put(sites.get(i).name(), mean(sites.get(i)));
      }
    }
    return means;
  }

  private float[] mean(final Site site) {
    final var sums = new double[site.size()];
    run(
        site,
        rows.length,
        (_, values) -> {
          for (int i = 0; i < sums.length; i++) {
            sums[i] += values[i];
          }
        });
    final var mean = new float[sums.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) (sums[i] / rows.length);
    }
    return mean;
  }

  private void run(final Site site, final int inputs, final Rows consumer) {
    final var graph = ShardRunner.graph(subject, false);
    final var node = Suffix.site(graph.graph(), site.name());
    final var axis = new Axis("rows");
    final int size = data.shape().elements();
    try (var loaded =
        BatchProgram.load(
            subject.backend(),
            subject.weights(),
            AT_ONCE,
            most -> Plan.of(graph.graph(), List.of(node), Sizes.of(axis, most)))) {
      final var program = loaded.program();
      for (int from = 0; from < inputs; from += loaded.rows()) {
        final int to = Math.min(inputs, from + loaded.rows());
        final var images = new float[(to - from) * size];
        for (int i = from; i < to; i++) {
          data.image(rows[i], images, (i - from) * size);
        }
        program.write(graph.image(), images);
        program.run(Sizes.of(axis, to - from));
        final var values = program.read(node);
        for (int i = from; i < to; i++) {
          final int at = (i - from) * site.size();
          consumer.take(i, Arrays.copyOfRange(values, at, at + site.size()));
        }
      }
    }
  }
}
