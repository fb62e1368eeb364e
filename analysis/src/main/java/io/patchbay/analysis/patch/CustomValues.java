package io.patchbay.analysis.patch;

import io.patchbay.engine.Program;
import io.patchbay.vae.model.VaeGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What the patches of a runner read beside clean values and sources: directions and means, which
/// are written once, and random numbers, which are keyed per cell.
final class CustomValues {
  private static final String MEAN = ": its mean";
  private static final String KEYS = ": keys of its random numbers";

  private final List<String> sites;
  private final Map<String, PatchPoint> points;
  private final Program cells;
  private final Set<String> missing = new TreeSet<>();
  private long[] inputs = {};
  private int draw;

  CustomValues(
      final Map<String, SitePatch> patches,
      final Map<String, PatchPoint> points,
      final Program cells) {
    this.sites = List.copyOf(patches.keySet());
    this.points = points;
    this.cells = cells;
    points.forEach((site, point) -> {
      point.mean().ifPresent(_ -> missing.add(site + MEAN));
      point.keys().ifPresent(_ -> missing.add(site + KEYS));
      if (patches.get(site) instanceof SitePatch.Subspace(var directions)) {
        cells.write(point.directions().orElseThrow(), directions.values());
      }
    });
  }

  /// The first draw of a site.
  static int firstDraw(final int site) {
    return site * SitePatch.DRAWS;
  }

  void mean(final String site, final float[] values) {
    final var point = points.get(site);
    if (point != null) {
      point.mean().ifPresent(node -> cells.write(node, values));
      missing.remove(site + MEAN);
    }
  }

  /// See [PatchRunner#keys].
  void keys(final long seed, final long[] ids, final int first) {
    inputs = ids.clone();
    draw = first;
    points.forEach((site, point) -> {
      point.keys().ifPresent(keys -> cells.write(keys.seed(), VaeGraph.Noise.seed(seed)));
      missing.remove(site + KEYS);
    });
  }

  /// Keys the random numbers of the cells of a run at one site.
  ///
  /// @param bases of the cells
  /// @param draws of the cells, counted from the first
  void write(final String site, final CellIndex bases, final int[] draws) {
    final var point = points.get(site);
    if (point != null && point.keys().isPresent()) {
      final var rows = new long[bases.cells()];
      Arrays.setAll(rows, i -> inputs[bases.row(i)]);
      final var ids = VaeGraph.Noise.ids(rows, draw + firstDraw(sites.indexOf(site)));
      for (int i = 0; i < rows.length; i++) {
        ids[3 * i + 2] += draws[i];
      }
      cells.write(point.keys().get().ids(), ids);
    }
  }

  /// @throws IllegalStateException when something was not given yet
  void require() {
    if (!missing.isEmpty()) {
      throw new IllegalStateException("an op reads what was not given: " + missing);
    }
  }
}
