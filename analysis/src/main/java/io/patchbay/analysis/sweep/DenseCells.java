package io.patchbay.analysis.sweep;

import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Sizes;
import io.patchbay.vae.model.VaeGraph;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Cells by the whole graph, from the input on for each of them: no tables, nothing cut away, and
/// no patch op. What a cell changes is arithmetic with masks that are made here. Slow, and
/// independent of all that a sweep does to be fast.
final class DenseCells implements AutoCloseable {
  /// Cells at a time, where there is a choice.
  static final int MOST = 16;

  private final VaeGraph model;
  private final Map<String, Edit> edits = new LinkedHashMap<>();
  private final Map<String, Node> inputs = new LinkedHashMap<>();
  private final Plan plan;
  private final Program program;
  private final int most;

  /// The inputs of `min(max(x keep + shift + source take, low), high)`, one number per element.
  private record Edit(
      int size, Node keep, Node shift, Node source, Node take, Node low, Node high) {}

  /// @param target the site whose value is computed; every one of `sites` leads to it
  /// @param most cells at a time
  DenseCells(
      final Subject subject,
      final VaeGraph model,
      final List<String> sites,
      final String target,
      final int most) {
    this.model = model;
    this.most = most;
    final var changes = new LinkedHashMap<String, UnaryOperator<Node>>();
    sites.forEach(site -> changes.put(site, x -> change(site, x)));
    final var graph = model.graph().patched(changes);
    for (final var node : graph.nodes()) {
      if (node.op() instanceof final Op.Input input) {
        inputs.put(input.name(), node);
      }
    }
    final var capacity = Sizes.of(model.axis(), most);
    this.plan = Plan.of(graph, List.of(Suffix.site(graph, target)), capacity);
    this.program = subject.backend().load(plan, subject.weights());
  }

  private Node change(final String site, final Node x) {
    final Graph graph = x.graph();
    final var edit =
        new Edit(
            x.shape().rowSize(),
            graph.input(site + ".keep", x.shape()),
            graph.input(site + ".shift", x.shape()),
            graph.input(site + ".source", x.shape()),
            graph.input(site + ".take", x.shape()),
            graph.input(site + ".low", x.shape()),
            graph.input(site + ".high", x.shape()));
    edits.put(site, edit);
    final var kept = Ops.add(Ops.mul(x, edit.keep()), edit.shift());
    final var mixed = Ops.add(kept, Ops.mul(edit.source(), edit.take()));
    return Ops.min(Ops.max(mixed, edit.low()), edit.high());
  }

  /// The target's value in each cell.
  ///
  /// @param image the base input of all of them, (C, H, W)
  /// @param noise keys of the noise of that input; its ids are one triple
  /// @param sources by site, the rows that the cells take from
  float[] run(
      final float[] image,
      final Noise noise,
      final List<Cell> cells,
      final Map<String, float[]> sources) {
    if (cells.size() > most) {
      throw new IllegalArgumentException(
          "more cells than planned: cells=" + cells.size() + ", most=" + most);
    }
    write("image", repeat(image, cells.size()));
    if (model.noise().isPresent()) {
      final var ids = new long[cells.size()];
      Arrays.fill(ids, noise.input());
      writeIntegers("seed", VaeGraph.Noise.seed(noise.seed()));
      writeIntegers("ids", VaeGraph.Noise.ids(ids, noise.draw()));
    }
    edits.forEach((site, edit) -> write(site, edit, cells, sources));
    program.run(Sizes.of(model.axis(), cells.size()));
    return program.read(plan.outputs().getFirst());
  }

  /// What keys the noise of a base input.
  record Noise(long seed, long input, int draw) {}

  private void write(
      final String site,
      final Edit edit,
      final List<Cell> cells,
      final Map<String, float[]> sources) {
    final int size = edit.size();
    final var keep = filled(cells.size() * size, 1);
    final var shift = filled(keep.length, 0);
    final var source = filled(keep.length, 0);
    final var take = filled(keep.length, 0);
    final var low = filled(keep.length, Float.NEGATIVE_INFINITY);
    final var high = filled(keep.length, Float.POSITIVE_INFINITY);
    for (int i = 0; i < cells.size(); i++) {
      for (final var change : cells.get(i).changes()) {
        if (change.site().equals(site)) {
          final var c = change.coefficients();
          final var rows = sources.get(site);
          for (final var range : change.unit().ranges()) {
            final int from = i * size + range.begin();
            final int to = i * size + range.end();
            Arrays.fill(keep, from, to, c.keep());
            Arrays.fill(shift, from, to, c.shift());
            Arrays.fill(take, from, to, c.take());
            Arrays.fill(low, from, to, c.low());
            Arrays.fill(high, from, to, c.high());
            if (rows != null) {
              final int row = change.source() * size + range.begin();
              System.arraycopy(rows, row, source, from, range.length());
            }
          }
        }
      }
    }
    program.write(edit.keep(), keep);
    program.write(edit.shift(), shift);
    program.write(edit.source(), source);
    program.write(edit.take(), take);
    program.write(edit.low(), low);
    program.write(edit.high(), high);
  }

  /// Writes an input of the model, unless nothing that is asked for depends on it.
  private void write(final String name, final float[] values) {
    final var node = inputs.get(name);
    if (node != null && plan.given().contains(node)) {
      program.write(node, values);
    }
  }

  private void writeIntegers(final String name, final int[] values) {
    final var node = inputs.get(name);
    if (node != null && plan.given().contains(node)) {
      program.write(node, values);
    }
  }

  private static float[] filled(final int length, final float value) {
    final var values = new float[length];
    Arrays.fill(values, value);
    return values;
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
    program.close();
  }
}
