package io.patchbay.analysis.study;

import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.metric.FactorCells;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.patch.Together;
import io.patchbay.analysis.semantics.FactorChanges;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.engine.Axis;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Every unit of every site taken from a source that differs in one factor: what the read-outs do.
/// The image never leaves the kernels, only its norm and its products with the probes' directions.
///
/// @param units per factor; columns are the units of all sites
/// @param wholes per factor; columns are the sites, each interchanged as a whole
/// @param sizes per round of pairs, one in each factor: |change of the read-out of the factor|
public record UnitChanges(
    List<FactorChanges> units, List<FactorChanges> wholes, FactorCells sizes) {
  /// On the host's cores, bases whose cells are run after each other, and cells at a time.
  private static final int BASES = 8;

  private static final int CELLS = 512;

  /// Of a cell: the change of a read-out and the norm of the image's change.
  private static final int NUMBERS = 2;

  /// @param parts keeps what each site comes to
  /// @param norms hears the change of the image in every cell
  /// @return empty when the study is to stop
  static Optional<UnitChanges> of(
      final UnitSites sites,
      final FactorPairs pairs,
      final List<FactorProbe> probes,
      final UnitParts parts,
      final ImageEffects norms,
      final UnitProgress progress) {
    final int factors = probes.size();
    final var units = new double[factors][][];
    final var wholes = new double[factors][][];
    for (int k = 0; k < factors; k++) {
      units[k] = new double[pairs.pairsOf(k)][sites.units()];
      wholes[k] = new double[pairs.pairsOf(k)][sites.sites().size()];
    }
    final var directions = directions(probes);
    final int all = pairs.values().length;
    for (int s = 0; s < sites.sites().size(); s++) {
      final var site = sites.sites().get(s);
      final var asked = new ArrayList<>(site.channelUnits());
      asked.add(site.whole());
      final int cells = Math.multiplyExact(all, asked.size());
      final long end = progress.done() + cells;
      final var run = new Run(pairs, site.name(), asked, directions);
      final var part =
          parts.part(
              "readout-" + site.name(),
              Math.multiplyExact(NUMBERS, cells),
              () -> run.of(factors, progress));
      if (part.isEmpty()) {
        return Optional.empty();
      }
      final var numbers = part.get();
      for (int i = 0; i < cells; i++) {
        final int pair = i / asked.size();
        final int unit = i % asked.size();
        final int k = pair % factors;
        if (unit < site.channels()) {
          units[k][pair / factors][sites.first(s) + unit] = numbers[NUMBERS * i];
          norms.add(sites.first(s) + unit, pair / pairs.perInput(), numbers[NUMBERS * i + 1]);
        } else {
          wholes[k][pair / factors][s] = numbers[NUMBERS * i];
        }
      }
      progress.to(end);
    }
    return Optional.of(
        new UnitChanges(
            changes(pairs, probes, units), changes(pairs, probes, wholes), sizes(units)));
  }

  /// The interchanges of one site.
  private record Run(FactorPairs pairs, String site, List<Unit> units, float[] directions) {
    /// `[pair][unit]`: the change of the read-out of the pair's factor, and the norm of the image's
    /// change.
    double[] of(final int factors, final UnitProgress progress) {
      final var found = new double[NUMBERS * pairs.values().length * units.size()];
      final var scene = pairs.scene();
      final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows"));
      final int each = pairs.perInput();
      final var backend = scene.model().backend();
      final int perBase = each * units.size();
      final int bases = Together.inputs(backend, BASES, pairs.inputs(), perBase, 1, factors);
      final int most = Together.cells(backend, CELLS, (long) bases * perBase, 1, factors);
      try (var runner =
          new PatchRunner(
              scene.subject(),
              graph,
              List.of(site),
              List.of(Effect.IMAGE),
              List.of(),
              directions.length / scene.imageSize(),
              new Capacity(bases, bases * each, most, 1))) {
        runner.directions(directions);
        for (int from = 0; from < pairs.inputs(); from += bases) {
          final int count = Math.min(bases, pairs.inputs() - from);
          runner.bases(scene.images(Arrays.copyOfRange(pairs.rows(), from, from + count)));
          runner.sources(pairs.sources(from, count));
          final int first = from * each * units.size();
          final int all = count * each * units.size();
          for (int start = 0; start < all; start += most) {
            final int end = Math.min(all, start + most);
            run(runner, start, end);
            final var norms = runner.effect(Effect.IMAGE);
            final var products = runner.products();
            for (int i = start; i < end; i++) {
              final int k = (from * each + i / units.size()) % factors;
              found[NUMBERS * (first + i)] = products[(i - start) * factors + k];
              found[NUMBERS * (first + i) + 1] = norms[i - start];
            }
            progress.add(end - start);
          }
        }
      }
      return found;
    }

    private void run(final PatchRunner runner, final int start, final int end) {
      final var cells = new ArrayList<Cell>(end - start);
      for (int i = start; i < end; i++) {
        final int pair = i / units.size();
        final var unit = units.get(i % units.size());
        cells.add(Cell.of(pair / pairs.perInput(), Change.interchange(site, unit, pair)));
      }
      runner.run(cells);
    }
  }

  private static float[] directions(final List<FactorProbe> probes) {
    final int size = probes.getFirst().direction().length;
    final var directions = new float[probes.size() * size];
    for (int k = 0; k < probes.size(); k++) {
      System.arraycopy(probes.get(k).direction(), 0, directions, k * size, size);
    }
    return directions;
  }

  private static List<FactorChanges> changes(
      final FactorPairs pairs, final List<FactorProbe> probes, final double[][][] values) {
    final var changes = new ArrayList<FactorChanges>();
    for (int k = 0; k < values.length; k++) {
      changes.add(pairs.changes(k, probes.get(k).factor(), Matrix.ofRows(values[k])));
    }
    return changes;
  }

  /// A last round that not every factor has a pair in is left out.
  private static FactorCells sizes(final double[][][] units) {
    final int rounds = units[units.length - 1].length;
    final var cells = new FactorCells(units[0][0].length, units.length, rounds);
    for (int k = 0; k < units.length; k++) {
      for (int round = 0; round < rounds; round++) {
        for (int u = 0; u < cells.units(); u++) {
          cells.add(u, k, round, Math.abs(units[k][round][u]));
        }
      }
    }
    return cells;
  }
}
