package io.patchbay.bench;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.ChangeChain;
import io.patchbay.engine.ChangeChain.Link;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Program;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import io.patchbay.vae.model.Vae;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/// Decodes with effect as the change of a clean one: each cell sets one latent of its base to
/// another value, and the change is carried to the image. Codes, clean values of all layers and
/// cells stand in the backend's memory; the clean values of many bases are more than a cache holds.
/// A run is every cell.
final class ResidentChange implements Timed {
  private static final Axis ROWS = new Axis("rows");
  private static final Axis BASES = new Axis("bases");
  private static final Axis SOURCES = new Axis("sources");
  private static final Axis RANGES = new Axis("ranges");

  private static final int LATENTS = Conv4Weights.LATENTS;
  private static final float FAR = 1e30f;

  private static final int CHECKED = 8;

  private final InputPool pool = new InputPool(1);
  private final Sizes sizes;
  private final int bases;
  private final int cells;
  private final Weights weights;
  private final Program program;
  private final Node effects;

  /// @param vae of [Conv4Weights#LATENTS] latents
  /// @param values of its decoder's parameters, by their names
  /// @param bases at most [InputPool#SAMPLES]
  /// @param cells of all bases, as many of each
  ResidentChange(
      final Backend backend,
      final Vae vae,
      final Map<String, float[]> values,
      final Precision precision,
      final int bases,
      final int cells) {
    this.bases = bases;
    this.cells = cells;
    this.sizes = Sizes.of(ROWS, cells).and(BASES, bases).and(SOURCES, 1).and(RANGES, cells);
    final var decoder = new Graph();
    final var z = decoder.input("z", Shape.batched(ROWS, LATENTS));
    final var chain =
        ChangeChain.of(z, vae.decode(decoder, z).output())
            .orElseThrow(() -> new IllegalStateException("no change is carried through a decoder"));
    final var links = chain.links();

    final var graph = new Graph();
    final var codes = graph.input("codes", Shape.batched(BASES, LATENTS));
    final var sources = graph.input("sources", Shape.batched(SOURCES, LATENTS));
    final var base = graph.input("base", Shape.batched(ROWS).integers());
    final var source = graph.input("source", Shape.batched(ROWS).integers());
    final var numbers = graph.input("numbers", Shape.batched(ROWS, 5));
    final var ranges = graph.input("ranges", Shape.batched(RANGES, 3).integers());
    final var inputs = new ArrayList<>(List.of(codes, sources, base, source, numbers, ranges));
    final var clean = new ArrayList<Node>();
    for (int i = 0; i < links.size(); i++) {
      final var of = links.get(i).weights();
      inputs.add(graph.state(((Op.State) of.op()).name(), of.shape()));
      clean.add(graph.input("clean" + i, Shape.batched(BASES, chain.sizes(i, links.size()))));
      inputs.add(clean.getLast());
    }
    this.effects =
        graph.append(
            chain.op(links.size(), End.SQUARES, false, precision, Optional.empty()),
            inputs.toArray(Node[]::new));
    this.weights = parameters(backend, graph, values);
    this.program = backend.load(Plan.of(graph, List.of(effects), sizes), weights);
    program.write(codes, pool.latents(), 0, 0, bases);
    program.write(sources, new float[LATENTS]);
    program.write(base, eachCell(1, (cell, _) -> base(cell)));
    program.write(source, new int[cells]);
    program.write(ranges, eachCell(3, (cell, i) -> i == 0 ? cell : latent(cell) + i - 1));
    final var five = new float[5 * cells];
    for (int cell = 0; cell < cells; cell++) {
      five[5 * cell + 1] = value(cell);
      five[5 * cell + 3] = -FAR;
      five[5 * cell + 4] = FAR;
    }
    program.write(numbers, five);
    writeClean(backend, values, decoder, z, links, clean);
  }

  private static Weights parameters(
      final Backend backend, final Graph graph, final Map<String, float[]> values) {
    final var weights = backend.weights(List.copyOf(graph.states().values()));
    graph
        .states()
        .keySet()
        .forEach(name -> weights.write(name, Objects.requireNonNull(values.get(name), name)));
    return weights;
  }

  private void writeClean(
      final Backend backend,
      final Map<String, float[]> values,
      final Graph decoder,
      final Node z,
      final List<Link> links,
      final List<Node> clean) {
    final var rows = Sizes.of(ROWS, bases);
    final var plan = Plan.of(decoder, links.stream().map(Link::clean).toList(), rows);
    try (var states = parameters(backend, decoder, values);
        var run = backend.load(plan, states)) {
      run.write(z, pool.latents(), 0, 0, bases);
      run.run(rows);
      for (int i = 0; i < links.size(); i++) {
        program.write(clean.get(i), run.read(links.get(i).clean()));
      }
    }
  }

  private interface Entry {
    int of(int cell, int i);
  }

  private int[] eachCell(final int width, final Entry entry) {
    final var values = new int[width * cells];
    for (int i = 0; i < values.length; i++) {
      values[i] = entry.of(i / width, i % width);
    }
    return values;
  }

  private int base(final int cell) {
    return (int) ((long) cell * bases / cells);
  }

  private static int latent(final int cell) {
    return cell % LATENTS;
  }

  /// What the cell's latent becomes.
  private float value(final int cell) {
    return pool.noise()[cell % pool.noise().length];
  }

  @Override
  public String form() {
    return "%d cells of %d bases".formatted(cells, bases);
  }

  @Override
  public int batch() {
    return cells;
  }

  @Override
  public void run(final int turn) {
    program.run(sizes);
  }

  /// The largest error of some effects, each relative to the effect.
  ///
  /// @param judge the pixels of a code, as exact as they are to be compared with
  double error(final Function<float[], double[]> judge) {
    run(0);
    final var found = program.read(effects);
    double largest = 0;
    for (int i = 0; i < CHECKED; i++) {
      final int cell = (int) ((long) i * (cells - 1) / (CHECKED - 1));
      final int from = base(cell) * LATENTS;
      final var code = Arrays.copyOfRange(pool.latents(), from, from + LATENTS);
      final var before = judge.apply(code);
      code[latent(cell)] = value(cell);
      final var after = judge.apply(code);
      double exact = 0;
      for (int p = 0; p < before.length; p++) {
        exact += (after[p] - before[p]) * (after[p] - before[p]);
      }
      largest = Math.max(largest, Math.abs(found[cell] - exact) / exact);
    }
    return largest;
  }

  @Override
  public void close() {
    program.close();
    weights.close();
  }
}
