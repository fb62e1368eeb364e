package io.patchbay.analysis.study;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.metric.FactorCells;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.engine.Axis;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The effect of every unit by the oracle of the renderer: the unit is taken from an input drawn at
/// random, and the change of the image is compared with the changes that re-rendering one factor
/// would make.
final class OracleCells {
  private static final int CELLS = 512;

  private final Scene scene;
  private final Counterfactuals counterfactuals;
  private final int[] factors;
  private final long[] rows;
  private final long[] sources;
  private final int directions;

  /// The re-rendered changes of one input.
  ///
  /// @param images `[direction][element]`, those of each factor together; the last may be 0
  /// @param ends where each factor's directions end
  /// @param lengths of each direction
  private record Directions(float[] images, int[] ends, double[] lengths) {}

  OracleCells(
      final Scene scene,
      final Counterfactuals counterfactuals,
      final int[] factors,
      final int inputs) {
    this.scene = scene;
    this.counterfactuals = counterfactuals;
    this.factors = factors;
    this.rows = scene.rows(inputs);
    this.sources = new long[inputs];
    int most = 0;
    for (int i = 0; i < inputs; i++) {
      final var random = new PhiloxRandom(scene.seed(), Streams.RESAMPLE, i, 0);
      sources[i] = (long) (random.nextDouble() * scene.data().size());
      int count = 0;
      for (final int k : factors) {
        count += counterfactuals.others(rows[i], k).length;
      }
      most = Math.max(most, count);
    }
    this.directions = most;
  }

  /// Inputs of which every unit is asked.
  int inputs() {
    return rows.length;
  }

  /// @param parts keeps what each site comes to
  /// @param norms hears the change of the image in every cell
  /// @return per unit, factor and input: the largest max(0, cos)² over the factor's other values;
  ///   empty when the study is to stop
  Optional<FactorCells> run(
      final UnitSites sites,
      final UnitParts parts,
      final ImageEffects norms,
      final UnitProgress progress) {
    final var cells = new FactorCells(sites.units(), factors.length, rows.length);
    final int numbers = 1 + factors.length;
    for (int s = 0; s < sites.sites().size(); s++) {
      final var site = sites.sites().get(s);
      final int count = Math.multiplyExact(rows.length, site.channels());
      final long end = progress.done() + count;
      final var part =
          parts.part(
              "oracle-" + site.name(),
              Math.multiplyExact(numbers, count),
              () -> run(site, norms, progress));
      if (part.isEmpty()) {
        return Optional.empty();
      }
      final var found = part.get();
      for (int i = 0; i < count; i++) {
        final int input = i / site.channels();
        final int unit = sites.first(s) + i % site.channels();
        norms.add(unit, input, found[numbers * i]);
        for (int k = 0; k < factors.length; k++) {
          cells.add(unit, k, input, found[numbers * i + 1 + k]);
        }
      }
      progress.to(end);
    }
    return Optional.of(cells);
  }

  /// `[input][unit]`: the norm of the image's change, and the value of each factor.
  private double[] run(final Site site, final ImageEffects norms, final UnitProgress progress) {
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows"));
    final var units = site.channelUnits();
    final int most = Math.min(CELLS, units.size());
    final int numbers = 1 + factors.length;
    final var found = new double[numbers * rows.length * units.size()];
    try (var runner =
        new PatchRunner(
            scene.subject(),
            graph,
            List.of(site.name()),
            List.of(Effect.IMAGE),
            List.of(),
            directions,
            new Capacity(1, 1, most, 1))) {
      for (int input = 0; input < rows.length; input++) {
        final var rerendered = directions(rows[input]);
        runner.directions(rerendered.images());
        runner.bases(scene.images(new long[] {rows[input]}));
        runner.sources(scene.images(new long[] {sources[input]}));
        for (int start = 0; start < units.size(); start += most) {
          final var batch = new ArrayList<Cell>();
          for (final var unit : units.subList(start, Math.min(units.size(), start + most))) {
            batch.add(Cell.of(0, Change.interchange(site.name(), unit, 0)));
          }
          runner.run(batch);
          final var lengths = runner.effect(Effect.IMAGE);
          final var products = runner.products();
          for (int i = 0; i < batch.size(); i++) {
            final int at = numbers * (input * units.size() + start + i);
            final double length = norms.changes(lengths[i]) ? lengths[i] : 0;
            found[at] = lengths[i];
            for (int k = 0; k < factors.length; k++) {
              found[at + 1 + k] = largest(rerendered, k, products, i * directions, length);
            }
          }
          progress.add(batch.size());
        }
      }
    }
    return found;
  }

  private static double largest(
      final Directions rerendered,
      final int factor,
      final float[] products,
      final int at,
      final double length) {
    double largest = 0;
    for (int v = factor == 0 ? 0 : rerendered.ends()[factor - 1];
        v < rerendered.ends()[factor];
        v++) {
      final double both = length * rerendered.lengths()[v];
      if (both > 0 && products[at + v] > 0) {
        final double cosine = Math.min(1, products[at + v] / both);
        largest = Math.max(largest, cosine * cosine);
      }
    }
    return largest;
  }

  private Directions directions(final long row) {
    final int size = scene.imageSize();
    final var base = scene.images(new long[] {row});
    final var images = new float[directions * size];
    final var lengths = new double[directions];
    final var ends = new int[factors.length];
    int v = 0;
    for (int k = 0; k < factors.length; k++) {
      for (final var image : counterfactuals.images(row, factors[k])) {
        double squares = 0;
        for (int p = 0; p < size; p++) {
          final float change = image[p] - base[p];
          images[v * size + p] = change;
          squares += (double) change * change;
        }
        lengths[v++] = Math.sqrt(squares);
      }
      ends[k] = v;
    }
    return new Directions(images, ends, lengths);
  }
}
