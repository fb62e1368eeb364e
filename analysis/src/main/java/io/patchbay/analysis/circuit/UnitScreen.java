package io.patchbay.analysis.circuit;

import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.engine.Axis;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Attribution patching of every unit of every site as what it is, a screen: the units with the
/// largest mean absolute first-order effects are patched exactly, and so is a random sample of the
/// others, which says how much of the total effect the screen has missed.
///
/// @param units every unit with its first-order effects
/// @param exact the exact effects of each pair by the number of the unit, of those that were
///   patched: Y of the base run with the unit taken from the source run, less Y(x)
/// @param audit which they are, and the missed mass; absolute effects are means over pairs of
///   absolute effects here
/// @param copies sites left out, with the site that holds the same value, or is computed from it
///   unit by unit, and whose units are screened (the site that Y reads has none)
public record UnitScreen(
    List<UnitAttribution> units,
    Map<Integer, double[]> exact,
    ScreenAudit audit,
    SortedMap<String, String> copies) {

  /// @param steps of the screen, see [UnitAttribution]
  /// @param top units to patch exactly
  /// @param sample others to patch exactly, at most
  /// @param listener hears how many units have been patched
  public static UnitScreen of(
      final Subject subject,
      final LinearReadOut readOut,
      final ImagePairs pairs,
      final int steps,
      final int top,
      final int sample,
      final long seed,
      final CircuitSearch.Listener listener) {
    final var units = UnitAttribution.of(subject, readOut, pairs, steps);
    final var scores = units.stream().mapToDouble(UnitAttribution::size).toArray();
    final var exact = new LinkedHashMap<Integer, double[]>();
    final long patched = Math.min(units.size(), (long) top + sample);
    try (var patches = new Patches(subject, readOut, pairs)) {
      final var audit =
          ScreenAudit.of(
              ScreenAudit.order(scores),
              top,
              sample,
              seed,
              number -> {
                final var effects = patches.effects(units.get(number));
                exact.put(number, effects);
                listener.at("units", exact.size(), patched);
                return Arrays.stream(effects).map(Math::abs).toArray();
              });
      final var graph = VaeGraph.analysis(subject.vae(), new Axis("pairs")).graph();
      return new UnitScreen(units, exact, audit, DistinctSites.of(graph, readOut.site()).copies());
    }
  }

  /// Exact patches of the base runs, one site after the other.
  private static final class Patches implements AutoCloseable {
    private final Subject subject;
    private final LinearReadOut readOut;
    private final ImagePairs pairs;
    private final int count;
    private String site = "";
    private @Nullable PatchRunner runner;
    private double[] clean = {};

    Patches(final Subject subject, final LinearReadOut readOut, final ImagePairs pairs) {
      this.subject = subject;
      this.readOut = readOut;
      this.pairs = pairs;
      this.count = pairs.count(subject.vae().image().elements());
    }

    private PatchRunner at(final String name) {
      if (!name.equals(site)) {
        close();
        site = name;
        runner =
            new PatchRunner(
                subject,
                VaeGraph.analysis(subject.vae(), new Axis("rows")),
                List.of(name),
                List.of(),
                List.of(readOut.site()),
                new Capacity(count, count, count, 1));
        runner.bases(pairs.bases());
        runner.sources(pairs.sources());
        final var cells = new ArrayList<Cell>();
        for (int p = 0; p < count; p++) {
          cells.add(new Cell(p, List.of()));
        }
        runner.run(cells);
        clean = readOut.of(runner.value(readOut.site()));
      }
      return Objects.requireNonNull(runner);
    }

    double[] effects(final UnitAttribution unit) {
      final var on = at(unit.site().name());
      final var cells = new ArrayList<Cell>();
      for (int p = 0; p < count; p++) {
        cells.add(Cell.of(p, Change.interchange(unit.site().name(), unit.unit(), p)));
      }
      on.run(cells);
      final var effects = readOut.of(on.value(readOut.site()));
      for (int p = 0; p < count; p++) {
        effects[p] -= clean[p];
      }
      return effects;
    }

    @Override
    public void close() {
      if (runner != null) {
        runner.close();
        runner = null;
      }
    }
  }
}
