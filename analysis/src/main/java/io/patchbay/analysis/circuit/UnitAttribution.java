package io.patchbay.analysis.circuit;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.Gradients;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op.ReduceKind;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.List;

/// The first-order effect on Y of taking a unit's activation from the source run: the gradient of Y
/// at the unit times the difference of its activations, summed over its elements (Nanda 2023,
/// attribution patching). One forward and one backward pass give it for every unit of every site.
///
/// With steps, the gradient is its mean over points on the straight line between the two inputs of
/// a pair (Hanna, Pezzelle and Belinkov 2024, EAP-IG, on inputs), the midpoints of equal steps; one
/// forward and backward pass each.
///
/// It is a screen: see [UnitScreen].
///
/// @param site where the unit is: a site that Y depends on, other than the one that Y reads, and
///   than those that hold the same value as another ([DistinctSites])
/// @param unit a latent, a dense unit or a channel
/// @param effects per pair, in units of Y
public record UnitAttribution(Site site, Unit unit, double[] effects) {
  private static final int BATCH = 32;

  /// Every unit of every site, each value once.
  ///
  /// @param steps points between the two inputs; 0: the gradient on the base alone
  public static List<UnitAttribution> of(
      final Subject subject, final LinearReadOut readOut, final ImagePairs pairs, final int steps) {
    final var model = VaeGraph.analysis(subject.vae(), new Axis("pairs"));
    final var sites = DistinctSites.of(model.graph(), readOut.site()).names();
    final var nodes = List.copyOf(sites.keySet());
    final var read = model.graph().sites().get(readOut.site());
    if (read == null) {
      throw new IllegalArgumentException("no such site: site=" + readOut.site());
    }
    final var y = readOut.append(read);
    final var gradients = Gradients.of(y, nodes);
    final var changes = new ArrayList<Node>();
    final var products = new ArrayList<Node>();
    for (int s = 0; s < nodes.size(); s++) {
      final var change = model.graph().input("change" + s, nodes.get(s).shape());
      final var product = Ops.mul(gradients.get(s), change);
      changes.add(change);
      products.add(
          product.shape().rank() == 3
              ? Ops.reduce(ReduceKind.SUM, product, List.of(2, 3))
              : product);
    }
    final var result = new ArrayList<UnitAttribution>();
    final int count = pairs.count(model.image().shape().rowSize());
    sites.forEach((node, name) -> {
      final var site = new Site(name, node.shape());
      for (final var unit : site.channelUnits()) {
        result.add(new UnitAttribution(site, unit, new double[count]));
      }
    });
    try (var weights = CleanRuns.weights(subject, model.graph().states().values(), readOut)) {
      final var base = CleanRuns.of(subject, weights, model, pairs.bases(), nodes);
      final var source = CleanRuns.of(subject, weights, model, pairs.sources(), nodes);
      final int batch = Math.min(BATCH, count);
      try (var loaded =
          BatchProgram.load(
              subject.backend(),
              weights,
              batch,
              most -> Plan.of(model.graph(), products, Sizes.of(model.axis(), most)))) {
        final var program = loaded.program();
        for (int from = 0; from < count; from += loaded.rows()) {
          final int rows = Math.min(loaded.rows(), count - from);
          for (int s = 0; s < nodes.size(); s++) {
            final var change = change(base.of(nodes.get(s)), source.of(nodes.get(s)));
            program.write(changes.get(s), change, from, 0, rows);
          }
          final var points = ImagePairs.points(steps);
          for (final double share : points) {
            program.write(model.image(), pairs.between(share), from, 0, rows);
            program.run(Sizes.of(model.axis(), rows));
            int unit = 0;
            for (final var product : products) {
              unit = add(program.read(product), rows, from, points.length, result, unit);
            }
          }
        }
      }
    }
    return result;
  }

  private static float[] change(final float[] base, final float[] source) {
    final var change = source.clone();
    for (int i = 0; i < change.length; i++) {
      change[i] -= base[i];
    }
    return change;
  }

  /// Adds the rows of one site to its units.
  ///
  /// @return the first unit of the next site
  private static int add(
      final float[] values,
      final int rows,
      final int from,
      final int points,
      final List<UnitAttribution> units,
      final int first) {
    final int width = values.length / rows;
    for (int i = 0; i < values.length; i++) {
      units.get(first + i % width).effects()[from + i / width] += (double) values[i] / points;
    }
    return first + width;
  }

  /// Mean absolute effect over pairs.
  public double size() {
    double sum = 0;
    for (final double effect : effects) {
      sum += Math.abs(effect);
    }
    return sum / effects.length;
  }
}
