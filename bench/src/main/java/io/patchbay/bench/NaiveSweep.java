package io.patchbay.bench;

import io.patchbay.bench.SweepWorkload.Outcome;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import io.patchbay.vae.model.VaeGraph;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The sweep without a plan, on the project's own engine: every intervention is a whole forward,
/// encoder and decoder (encoder alone where the means are measured), a batch of inputs at a time,
/// with the activations of the sources and the unpatched outputs kept from runs before the clock
/// starts. This is what TransformerLens and pyvene do, in its batched form.
final class NaiveSweep implements SweepContestant {
  private static final Axis ROWS = new Axis("rows");
  private static final Axis INPUTS = new Axis("inputs");
  private static final Axis TABLE = new Axis("table");
  private static final Axis RANGES = new Axis("ranges");

  /// Ranges of a cell at most: the rows of a square of pixels.
  private static final int MOST_RANGES = 8;

  private final SweepTask task;
  private final NaiveBatches batches;
  private final String form;
  private final int rows;
  private final Weights weights;
  private final Map<NetSite, Forward> forwards = new EnumMap<>(NetSite.class);
  private final boolean pairs;
  private final float[] results;
  private int[] cells = {};

  /// A forward with a patch at one site.
  ///
  /// @param tableRows rows of the table that cells take from
  /// @param tableRow per cell
  /// @param ranges the elements that are changed (ranges; 3)
  /// @param base per cell, the input whose output the effect starts from
  /// @param source per cell, the input of the pair; given for pairs only
  private record Forward(
      Program program,
      int tableRows,
      Node image,
      Node tableRow,
      Node ranges,
      Node base,
      Node source,
      Node effect) {}

  NaiveSweep(
      final Backend backend, final EngineModel model, final SweepTask task, final NaiveBatches of) {
    this.task = task;
    this.batches = of;
    this.rows = of.cells(of.batch(0)).length;
    this.form = backend.device() + ", batch " + rows;
    this.pairs = task.workload().outcome() == Outcome.PAIR;
    this.weights = model.on(backend);
    this.results = new float[rows * task.workload().outcome().width()];
    final var clean = new CleanRuns(backend, weights, model.vae(), task);
    final var outputs = clean.at(measured());
    for (final var site : task.workload().sites()) {
      forwards.put(site, forward(backend, model, site, clean.table(site), outputs));
    }
  }

  private String measured() {
    return task.workload().outcome() == Outcome.MU ? "encoder.mu" : "output";
  }

  private Forward forward(
      final Backend backend,
      final EngineModel model,
      final NetSite site,
      final float[] table,
      final float[] outputs) {
    final var graph =
        VaeGraph.analysis(model.vae(), ROWS)
            .graph()
            .patched(Map.of(site.label(), NaiveSweep::patch));
    final Node output = site(graph, measured());
    final var references = graph.input("references", output.shape().on(INPUTS));
    final var base = graph.input("base", Shape.batched(ROWS).integers());
    final var source = graph.input("source", Shape.batched(ROWS).integers());
    final var start = Ops.gather(references, base);
    final var change = Ops.sub(output, start);
    final Node effect;
    if (pairs) {
      final var direction = Ops.sub(Ops.gather(references, source), start);
      effect = Ops.div(Ops.sumRow(Ops.mul(change, direction)), Ops.sumRow(Ops.square(direction)));
    } else {
      effect = Ops.sqrt(Ops.sumRow(Ops.square(change)));
    }
    final int tableRows = table.length / site.size();
    final var capacity =
        Sizes.of(ROWS, rows)
            .and(INPUTS, task.inputs())
            .and(TABLE, tableRows)
            .and(RANGES, MOST_RANGES * rows);
    final var program = backend.load(Plan.of(graph, List.of(effect), capacity), weights);
    program.write(references, outputs);
    program.write(input(graph, "table"), table);
    return new Forward(
        program,
        tableRows,
        input(graph, "image"),
        input(graph, "tableRow"),
        input(graph, "ranges"),
        base,
        source,
        effect);
  }

  private static Node patch(final Node x) {
    final var graph = x.graph();
    final var table = graph.input("table", x.shape().on(TABLE));
    final var row = graph.input("tableRow", Shape.batched(ROWS).integers());
    final var ranges = graph.input("ranges", Shape.batched(RANGES, 3).integers());
    return Ops.patch(x, Ops.gather(table, row), ranges);
  }

  private static Node site(final Graph graph, final String name) {
    final var node = graph.sites().get(name);
    if (node == null) {
      throw new IllegalArgumentException("no such site: site=" + name);
    }
    return node;
  }

  private static Node input(final Graph graph, final String name) {
    return graph.nodes().stream()
        .filter(node -> node.op() instanceof final Op.Input input && input.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public String form() {
    return form;
  }

  @Override
  public int batch() {
    return rows;
  }

  @Override
  public void run(final int turn) {
    final var batch = batches.batch(turn);
    cells = batches.cells(batch);
    final int[] bases = batches.bases(batch);
    final int[] taken = batches.tableRows(batch);
    final var forward = forwards.get(batch.site());
    if (forward == null) {
      throw new IllegalStateException("no forward: site=" + batch.site());
    }
    if (!pairs) {
      System.arraycopy(run(forward, bases, taken, bases, taken), 0, results, 0, rows);
      return;
    }
    // The base with the unit from the source, then the source with the unit from the base.
    final var mixed = run(forward, bases, taken, bases, taken);
    final var held = run(forward, taken, bases, bases, taken);
    for (int i = 0; i < rows; i++) {
      PairEffects.write(mixed[i], held[i], results, i);
    }
  }

  private float[] run(
      final Forward forward,
      final int[] inputs,
      final int[] taken,
      final int[] bases,
      final int[] sources) {
    final var program = forward.program();
    int count = 0;
    final var ranges = new int[3 * MOST_RANGES * rows];
    for (int i = 0; i < rows; i++) {
      program.write(forward.image(), task.images(), inputs[i], i, 1);
      for (final var range : task.units().get(task.unit(cells[i])).ranges()) {
        ranges[count++] = i;
        ranges[count++] = range.begin();
        ranges[count++] = range.end();
      }
    }
    program.write(forward.tableRow(), taken);
    program.write(forward.ranges(), Arrays.copyOf(ranges, count));
    program.write(forward.base(), bases);
    if (pairs) {
      program.write(forward.source(), sources);
    }
    program.run(
        Sizes.of(ROWS, rows)
            .and(INPUTS, task.inputs())
            .and(TABLE, forward.tableRows())
            .and(RANGES, count / 3));
    return program.read(forward.effect());
  }

  @Override
  public int[] cells() {
    return cells;
  }

  @Override
  public float[] effects() {
    return results.clone();
  }

  @Override
  public void close() {
    forwards.values().forEach(forward -> forward.program().close());
    weights.close();
  }
}
