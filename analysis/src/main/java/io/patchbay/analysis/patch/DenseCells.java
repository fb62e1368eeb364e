package io.patchbay.analysis.patch;

import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.expression.PatchUnits;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Cells by the whole graph, from the input on for each of them: no tables, no patch op, nothing
/// cut away but at the patched sites, whose values are changed here in plain arithmetic. Slow, and
/// independent of all that a sweep does to be fast.
public final class DenseCells implements AutoCloseable {
  /// Cells at a time, where there is a choice.
  public static final int MOST = 16;

  private final VaeGraph model;
  private final Map<String, SitePatch> patches;
  private final List<Stage> stages = new ArrayList<>();
  private final int most;

  /// A value in every cell, with those that were patched before it given.
  private record Stage(String site, Node node, List<Node> given, BatchProgram loaded) {}

  /// @param patches how each site is changed; every one of them leads to the target
  /// @param target the site whose value is computed
  /// @param most cells at a time
  public DenseCells(
      final Subject subject,
      final VaeGraph model,
      final Map<String, SitePatch> patches,
      final String target,
      final int most) {
    this.model = model;
    this.patches = patches;
    this.most = most;
    final var graph = model.graph();
    final var sites =
        patches.keySet().stream()
            .sorted(Comparator.comparingInt(site -> Suffix.site(graph, site).id()))
            .toList();
    final var names = new ArrayList<>(sites);
    names.add(target);
    for (int i = 0; i < names.size(); i++) {
      final var node = Suffix.site(graph, names.get(i));
      final var given = sites.subList(0, i).stream().map(s -> Suffix.site(graph, s)).toList();
      try {
        final var loaded =
            BatchProgram.load(
                subject.backend(),
                subject.weights(),
                most,
                rows -> Plan.of(graph, given, List.of(node), Sizes.of(model.axis(), rows)));
        final var plan = Plan.of(graph, given, List.of(node), Sizes.of(model.axis(), 1));
        stages.add(new Stage(names.get(i), node, plan.given(), loaded));
      } catch (final RuntimeException e) {
        close();
        throw e;
      }
    }
  }

  /// What keys the noise of a base input.
  public record Noise(long seed, long input, int draw) {}

  /// What cells take.
  ///
  /// @param sources by site, the rows that the cells take from
  /// @param means by site, of the sites whose op reads it
  /// @param draw see [PatchRunner#keys]
  public record Given(Map<String, float[]> sources, Map<String, float[]> means, int draw) {}

  /// The target's value in each cell.
  ///
  /// @param image the base input of all of them, (C, H, W)
  /// @param noise keys of the noise of that input; its ids are one triple
  public float[] run(
      final float[] image, final Noise noise, final List<Cell> cells, final Given given) {
    if (cells.size() > most) {
      throw new IllegalArgumentException(
          "more cells than planned: cells=" + cells.size() + ", most=" + most);
    }
    final var patched = new LinkedHashMap<Node, float[]>();
    float[] values = {};
    for (int s = 0; s < stages.size(); s++) {
      final var stage = stages.get(s);
      final var known = patched.get(stage.node());
      values = known == null ? compute(stage, image, noise, cells.size(), patched) : known;
      if (s < stages.size() - 1) {
        patched.put(stage.node(), patch(stage.site(), values, noise, cells, given));
      }
    }
    return values;
  }

  private float[] compute(
      final Stage stage,
      final float[] image,
      final Noise noise,
      final int cells,
      final Map<Node, float[]> patched) {
    final var program = stage.loaded().program();
    final var parts = new Parts(stage.loaded(), List.of(stage.node()), List.of());
    parts.run(
        cells,
        (from, to) -> {
          for (final var node : stage.given()) {
            final var known = patched.get(node);
            if (known != null) {
              program.write(node, known, from, 0, to - from);
            } else if (node.equals(model.image())) {
              program.write(node, repeat(image, to - from));
            } else if (node.op() instanceof Op.Input) {
              final var keyed = model.noise().orElseThrow();
              final var ids = new long[to - from];
              Arrays.fill(ids, noise.input());
              program.write(
                  node,
                  node.equals(keyed.seed())
                      ? VaeGraph.Noise.seed(noise.seed())
                      : VaeGraph.Noise.ids(ids, noise.draw()));
            }
          }
          program.run(Sizes.of(model.axis(), to - from));
        });
    return parts.read(stage.node());
  }

  private float[] patch(
      final String site,
      final float[] values,
      final Noise noise,
      final List<Cell> cells,
      final Given given) {
    final var node = Suffix.site(model.graph(), site);
    final int size = node.shape().rowSize();
    final var all = values.clone();
    for (int i = 0; i < cells.size(); i++) {
      for (final var change : cells.get(i).changes()) {
        if (change.site().equals(site)) {
          final var clean = Arrays.copyOfRange(values, i * size, (i + 1) * size);
          final var rows = given.sources().getOrDefault(site, new float[0]);
          final var source = rows.length == 0 ? rows : row(rows, change.source(), size);
          final var changed =
              switch (Objects.requireNonNull(patches.get(site))) {
                case SitePatch.Mixed _ -> mixed(clean, source, change);
                case SitePatch.Subspace(var directions) ->
                    directions.interchanged(clean, source, change.unit());
                case SitePatch.Custom custom ->
                    custom(custom, clean, source, change, noise, given, node);
              };
          System.arraycopy(changed, 0, all, i * size, size);
        }
      }
    }
    return all;
  }

  private static float[] row(final float[] rows, final int row, final int size) {
    Objects.checkFromIndexSize(row * size, size, rows.length);
    return Arrays.copyOfRange(rows, row * size, (row + 1) * size);
  }

  private static float[] mixed(
      final float[] clean, final float[] source, final Cell.Change change) {
    final var c = change.coefficients();
    for (final var range : change.unit().ranges()) {
      for (int e = range.begin(); e < range.end(); e++) {
        final float taken = source.length == 0 ? 0 : source[e];
        final float mixed = clean[e] * c.keep() + c.shift() + taken * c.take();
        clean[e] = Math.min(Math.max(mixed, c.low()), c.high());
      }
    }
    return clean;
  }

  private float[] custom(
      final SitePatch.Custom custom,
      final float[] clean,
      final float[] source,
      final Cell.Change change,
      final Noise noise,
      final Given given,
      final Node node) {
    final var shape = node.shape();
    final int width = shape.rank() == 3 ? shape.dim(2) : 1;
    final int plane = shape.rank() == 3 ? shape.dim(1) * width : 1;
    final var mean = given.means().getOrDefault(change.site(), new float[0]);
    final int site = List.copyOf(patches.keySet()).indexOf(change.site());
    final int draw = given.draw() + change.source() + CustomValues.firstDraw(site);
    for (final var range : change.unit().ranges()) {
      final int from = range.begin();
      final int to = range.end();
      final var patched =
          custom
              .op()
              .values(
                  new PatchUnits(
                      Arrays.copyOfRange(clean, from, to),
                      source.length == 0 ? source : Arrays.copyOfRange(source, from, to),
                      mean.length == 0 ? mean : Arrays.copyOfRange(mean, from, to),
                      change.coefficients().shift(),
                      PatchUnits.random(noise.seed(), noise.input(), draw, from, to - from),
                      from,
                      plane,
                      width));
      System.arraycopy(patched, 0, clean, from, patched.length);
    }
    return clean;
  }

  private static float[] repeat(final float[] values, final int count) {
    final var all = new float[count * values.length];
    for (int i = 0; i < count; i++) {
      System.arraycopy(values, 0, all, i * values.length, values.length);
    }
    return all;
  }

  @Override
  public void close() {
    stages.forEach(stage -> stage.loaded().close());
  }
}
