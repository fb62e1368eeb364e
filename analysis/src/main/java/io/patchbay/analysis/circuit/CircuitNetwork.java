package io.patchbay.analysis.circuit;

import io.patchbay.analysis.patch.Subject;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Node;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Program;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A part of a model on pairs of inputs (x, x') as a network of edges between units, each of which
/// can be cut.
///
/// An edge from unit u to unit v adds W_uv (a_u - a_u(x)) to what v receives on x, where a_u is u's
/// activation in this run; an edge that is cut adds nothing, so that it carries u's activation on
/// x. The run begins with the start of the part as it is on x'. With every edge it is the run on
/// x', with none the run on x; both are checked here.
///
/// Units are channels of images and of flat values that stand for images, elements of other flat
/// values, and latents. A circuit is a set of edges by number, see [#edge].
public final class CircuitNetwork implements AutoCloseable {
  private static final int FEWEST_PAIRS = 2;

  /// Groups of pairs whose effects are looked at by themselves.
  private static final int GROUPS = 8;

  private final Subject subject;
  private final RunLog log;
  private final LayerChain chain;
  private final EdgeGraph edges;
  private final Weights weights;
  private final PairOutcomes outcomes;
  private final int dropped;
  private final CleanRuns base;
  private final CleanRuns source;
  private final int[] kept;
  private final Sizes pairs;
  private final List<float[]> whole = new ArrayList<>();
  private final List<float[]> masked = new ArrayList<>();
  private final Map<Integer, Program> fromLayer = new HashMap<>();
  private @Nullable Program removals;
  private BitSet current;

  private CircuitNetwork(
      final Subject subject,
      final CircuitPart part,
      final LinearReadOut readOut,
      final ImagePairs images,
      final RunLog log) {
    this.subject = subject;
    this.log = log;
    final var model = VaeGraph.analysis(subject.vae(), new Axis("pairs"));
    chain = LayerChain.of(model.graph(), part.from(), part.to());
    final var y = readOut.append(value(model, readOut.site()));
    final var needed = new LinkedHashSet<>(List.of(y, chain.start()));
    for (final var layer : chain.layers()) {
      needed.add(layer.input());
      needed.add(layer.op());
    }
    weights = CleanRuns.weights(subject, model.graph().states().values(), readOut);
    final var nodes = List.copyOf(needed);
    base = CleanRuns.of(subject, weights, model, images.bases(), nodes);
    source = CleanRuns.of(subject, weights, model, images.sources(), nodes);
    final var all = new PairOutcomes(base.numbers(y), source.numbers(y));
    kept = all.moving();
    dropped = all.pairs() - kept.length;
    outcomes = all.select(kept);
    pairs = Sizes.of(model.axis(), kept.length);
    edges = new EdgeGraph(chain, y);
    for (final var layer : chain.layers()) {
      whole.add(weights.read(layer.weightName()));
      masked.add(whole.getLast().clone());
    }
    current = chain.all();
  }

  /// A network whose runs are not kept.
  ///
  /// @see #of(Subject, CircuitPart, LinearReadOut, ImagePairs, RunLog)
  public static CircuitNetwork of(
      final Subject subject,
      final CircuitPart part,
      final LinearReadOut readOut,
      final ImagePairs images) {
    return of(subject, part, readOut, images, RunLog.NONE);
  }

  /// @param readOut Y, read at a site that the part leads to
  /// @param log keeps what [#run], [#edgeAlone] and [#importance] give
  /// @throws BadInputException when Y moves in fewer than two of the pairs
  /// @throws IllegalStateException when the runs with all edges and with none are not those on x'
  ///   and on x
  public static CircuitNetwork of(
      final Subject subject,
      final CircuitPart part,
      final LinearReadOut readOut,
      final ImagePairs images,
      final RunLog log) {
    final var network = new CircuitNetwork(subject, part, readOut, images, log);
    try {
      if (network.pairs() < FEWEST_PAIRS) {
        throw new BadInputException(
            readOut.label(),
            "pairs",
            network.pairs() + " that move the read-out, " + network.dropped + " that do not",
            "at least " + FEWEST_PAIRS + " that do");
      }
      network.outcomes.requireEnds(network.runOf(network.chain.all()), network.runOf(new BitSet()));
      return network;
    } catch (final RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private static Node value(final VaeGraph model, final String site) {
    final var node = model.graph().sites().get(site);
    if (node == null) {
      throw new IllegalArgumentException("no such site: site=" + site);
    }
    return node;
  }

  /// Pairs in which Y moves; every run below has one Y for each.
  public int pairs() {
    return kept.length;
  }

  /// Pairs left out, whose Y moves by less than 5 % of its standard deviation.
  public int dropped() {
    return dropped;
  }

  /// Y of the runs on x and on x'.
  public PairOutcomes outcomes() {
    return outcomes;
  }

  /// How many edges there are.
  public int edges() {
    return chain.edges();
  }

  /// Every edge.
  public BitSet all() {
    return chain.all();
  }

  /// The edges of a circuit that a change can reach and leave; the others carry nothing.
  public BitSet live(final BitSet circuit) {
    return chain.live(circuit);
  }

  /// How many units each site of the part has.
  public SortedMap<String, Integer> units() {
    final var units = new TreeMap<String, Integer>();
    for (final var layer : chain.layers()) {
      units.put(layer.from().site(), layer.from().units());
      units.put(layer.to().site(), layer.to().units());
    }
    return units;
  }

  /// The number of the edge from unit `producer` to unit `consumer` through layer `layer` of the
  /// part, from 0.
  public int edge(final int layer, final int producer, final int consumer) {
    final var through = chain.layers().get(layer);
    Objects.checkIndex(producer, through.from().units());
    Objects.checkIndex(consumer, through.to().units());
    return through.first() + consumer * through.from().units() + producer;
  }

  /// The layers of the part.
  int layers() {
    return chain.layers().size();
  }

  /// The node that an edge comes from.
  public CircuitNode from(final int edge) {
    final int l = chain.layerOf(edge);
    final var layer = chain.layers().get(l);
    return new CircuitNode(layer.from().site(), Integer.toString(layer.producer(edge)), l);
  }

  /// The node that an edge goes to.
  public CircuitNode to(final int edge) {
    final int l = chain.layerOf(edge);
    final var layer = chain.layers().get(l);
    return new CircuitNode(layer.to().site(), Integer.toString(layer.consumer(edge)), l + 1);
  }

  /// m(C): Y of the run on x' in which every edge outside the circuit carries its activation on x.
  public double[] run(final BitSet circuit) {
    return log.next(() -> runOf(circuit));
  }

  private double[] runOf(final BitSet circuit) {
    apply(circuit);
    return outcome(program(0));
  }

  /// Y of the run on x in which one edge alone carries its activation on x': its consumer's
  /// pre-activation becomes pre(x) + W_uv (a_u(x') - a_u(x)), and all after it follows.
  public double[] edgeAlone(final int edge) {
    final int l = chain.layerOf(edge);
    final var mask = chain.all();
    mask.clear(0, chain.layers().get(l).end());
    mask.set(edge);
    return log.next(() -> {
      apply(mask);
      return outcome(program(l));
    });
  }

  private double[] outcome(final Program program) {
    program.run(pairs);
    return CleanRuns.doubles(program.read(edges.outcome()));
  }

  /// The program from what a layer reads on x' to Y.
  private Program program(final int layer) {
    return fromLayer.computeIfAbsent(
        layer,
        l -> {
          final var cut = l == 0 ? edges.start() : edges.reads(chain.layers().get(l));
          final var node = l == 0 ? chain.start() : chain.layers().get(l).input();
          final var program = load(cut, List.of(edges.outcome()));
          program.write(cut, source.of(node, kept));
          return program;
        });
  }

  /// A program with the base run's values written.
  private Program load(final Node cut, final List<Node> outputs) {
    final var plan = Plan.of(edges.graph(), List.of(cut), outputs, pairs);
    final var program = subject.backend().load(plan, weights);
    edges
        .tables()
        .forEach((node, table) -> {
          if (plan.given().contains(table)) {
            program.write(table, base.of(node, kept));
          }
        });
    if (plan.given().contains(edges.signs())) {
      program.write(edges.signs(), floats(outcomes.signs()));
    }
    return program;
  }

  private static float[] floats(final double[] values) {
    final var result = new float[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }

  /// The first-order effect of every edge alone, mean over pairs with the sign of the pair's
  /// change, in units of Y: the gradient of Y at what the edge's consumer receives, times W_uv
  /// (a_u(x') - a_u(x)) (Syed, Rager and Conmy 2023, edge attribution patching). The gradient is
  /// its mean over `steps` points between the two values at the start of the part (Hanna, Pezzelle
  /// and Belinkov 2024, EAP-IG), the midpoints of equal steps; with none it is that on x.
  public double[] screen(final int steps) {
    apply(chain.all());
    final var scores = new double[edges()];
    final var from = base.of(chain.start(), kept);
    final var line = new ImagePairs(from, source.of(chain.start(), kept));
    final var points = ImagePairs.points(steps);
    try (var program = load(edges.start(), edges.screens())) {
      for (int l = 0; l < layers(); l++) {
        final var input = chain.layers().get(l).input();
        final var change = source.of(input, kept);
        final var before = base.of(input, kept);
        for (int i = 0; i < change.length; i++) {
          change[i] -= before[i];
        }
        program.write(edges.changes().get(l), change);
      }
      for (final double share : points) {
        program.write(edges.start(), line.between(share));
        program.run(pairs);
        addProducts(program, edges.screens(), 1.0 / points.length, scores);
      }
    }
    return scores;
  }

  /// The first-order effect of every edge of a circuit on its m(C), mean over pairs with the sign
  /// of the pair's change: what Y loses when the edge is cut; 0 for other edges.
  public double[] losses(final BitSet circuit) {
    apply(circuit);
    return losses(circuit, removals(), outcomes.signs());
  }

  /// How much every edge of a circuit, ascending, matters in one group of pairs or another: the
  /// root of the mean square, over groups, of what [#losses] is in each. An edge whose effects have
  /// different signs in different groups matters, though their mean may be nothing.
  double[] importance(final BitSet circuit) {
    return log.next(() -> {
      apply(circuit);
      final int groups = Math.min(GROUPS, pairs());
      final var squares = new double[circuit.cardinality()];
      for (int g = 0; g < groups; g++) {
        final var signs = outcomes.signs();
        for (int p = 0; p < signs.length; p++) {
          signs[p] = p % groups == g ? signs[p] : 0;
        }
        final var losses = losses(circuit, removals(), signs);
        int at = 0;
        for (int e = circuit.nextSetBit(0); e >= 0; e = circuit.nextSetBit(e + 1)) {
          squares[at++] += losses[e] * losses[e];
        }
      }
      return Arrays.stream(squares).map(s -> Math.sqrt(s / groups)).toArray();
    });
  }

  private Program removals() {
    var program = removals;
    if (program == null) {
      program = load(edges.start(), edges.removals());
      program.write(edges.start(), source.of(chain.start(), kept));
      removals = program;
    }
    return program;
  }

  private double[] losses(final BitSet circuit, final Program program, final double[] signs) {
    program.write(edges.signs(), floats(signs));
    program.run(pairs);
    final var losses = new double[edges()];
    addProducts(program, edges.removals(), 1, losses);
    for (int e = 0; e < losses.length; e++) {
      losses[e] = circuit.get(e) ? losses[e] : 0;
    }
    return losses;
  }

  private void addProducts(
      final Program program, final List<Node> perLayer, final double share, final double[] sums) {
    for (int l = 0; l < layers(); l++) {
      final var layer = chain.layers().get(l);
      final var gradient = program.read(perLayer.get(l));
      for (int e = layer.first(); e < layer.end(); e++) {
        sums[e] += share * layer.product(e, whole.get(l), gradient) / pairs();
      }
    }
  }

  /// Gives every layer the weights of these edges alone.
  private void apply(final BitSet circuit) {
    final var changed = (BitSet) circuit.clone();
    changed.xor(current);
    for (int l = 0; l < layers(); l++) {
      final var layer = chain.layers().get(l);
      int e = changed.nextSetBit(layer.first());
      if (e < 0 || e >= layer.end()) {
        continue;
      }
      for (; e >= 0 && e < layer.end(); e = changed.nextSetBit(e + 1)) {
        layer.carry(e, circuit.get(e), whole.get(l), masked.get(l));
      }
      weights.write(layer.weightName(), masked.get(l));
    }
    current = (BitSet) circuit.clone();
  }

  @Override
  public void close() {
    fromLayer.values().forEach(Program::close);
    if (removals != null) {
      removals.close();
    }
    weights.close();
  }
}
