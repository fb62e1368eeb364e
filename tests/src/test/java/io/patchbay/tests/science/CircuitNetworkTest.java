package io.patchbay.tests.science;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.circuit.CircuitNetwork;
import io.patchbay.analysis.circuit.CircuitNode;
import io.patchbay.analysis.circuit.CircuitPart;
import io.patchbay.analysis.circuit.CircuitSearch;
import io.patchbay.analysis.circuit.ImagePairs;
import io.patchbay.analysis.circuit.LinearReadOut;
import io.patchbay.analysis.circuit.RunLog;
import io.patchbay.analysis.circuit.UnitAttribution;
import io.patchbay.analysis.circuit.UnitScreen;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.model.Architecture;
import io.patchbay.vae.model.Architecture.Heads;
import io.patchbay.vae.model.Initialisation;
import io.patchbay.vae.model.Likelihood.Gaussian;
import io.patchbay.vae.model.Vae;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs of circuits beside a float64 network that carries every edge by itself.
class CircuitNetworkTest {
  private static final Settings SETTINGS = new Settings(2, 1L << 28);
  private static final int PAIRS = 7;
  private static final int[] WIDTHS = {3, 6, 5, 16};

  private static final Vae DENSE =
      new Vae(
          new Architecture(
              "dense",
              List.of(),
              List.of(),
              List.of(6, 5),
              List.of(),
              Heads.SEPARATE,
              Initialisation.KAIMING_UNIFORM),
          new ImageShape(1, 4, 4),
          3,
          new Gaussian(1, false));

  private static Stream<String> backends() {
    return Backends.providers().stream()
        .filter(p -> p.unavailable().isEmpty())
        .map(BackendProvider::name);
  }

  private static float[] random(final int count, final long seed, final int id) {
    final var random = new PhiloxRandom(seed, Streams.FIRST_FREE, id, 3);
    final var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  private static ImagePairs pairs(final Vae vae) {
    final int size = PAIRS * vae.image().elements();
    return new ImagePairs(random(size, 1, 0), random(size, 1, 1));
  }

  private static LinearReadOut readOut(final Vae vae) {
    return new LinearReadOut("y", "output", random(vae.image().elements(), 2, 0), 0.5);
  }

  private interface Asked {
    void of(Subject subject);
  }

  private static void with(final String name, final Vae vae, final Asked asked) {
    try (var backend = Backends.open(name, SETTINGS).backend()) {
      with(backend, vae, asked);
    }
  }

  private static void with(final Backend backend, final Vae vae, final Asked asked) {
    final var subject = Models.subject(vae, 4, Map.of(), backend);
    try (var _ = subject.weights()) {
      asked.of(subject);
    }
  }

  /// The decoder of the dense net in float64.
  ///
  /// Its codes are those of the base and of the source.
  private record Hand(Subject subject, double[] base, double[] source) {
    private double weight(final int layer, final int v, final int u) {
      return subject.weights().read("decoder.fc" + (layer + 1) + ".weight")[v * WIDTHS[layer] + u];
    }

    private double[] layer(
        final int l, final double[] in, final double[] clean, final Carried carried) {
      final var bias = subject.weights().read("decoder.fc" + (l + 1) + ".bias");
      final var out = new double[WIDTHS[l + 1]];
      for (int v = 0; v < out.length; v++) {
        out[v] = bias[v];
        for (int u = 0; u < in.length; u++) {
          out[v] += weight(l, v, u) * (carried.is(l, u, v) ? in[u] : clean[u]);
        }
        out[v] = l == WIDTHS.length - 2 ? out[v] : Math.max(0, out[v]);
      }
      return out;
    }

    /// Activations of the base run before each layer.
    private double[][] clean(final double[] codes) {
      final var all = new double[WIDTHS.length][];
      all[0] = codes;
      for (int l = 0; l + 1 < WIDTHS.length; l++) {
        all[l + 1] = layer(l, all[l], all[l], (_, _, _) -> true);
      }
      return all;
    }

    /// m(C).
    double run(final Carried carried, final LinearReadOut y) {
      final var clean = clean(base);
      double[] a = source;
      for (int l = 0; l + 1 < WIDTHS.length; l++) {
        a = layer(l, a, clean[l], carried);
      }
      return y(a, y);
    }

    /// The edge from u to v of a layer carries the source run's activation, all else follows.
    double alone(final int layer, final int u, final int v, final LinearReadOut y) {
      final var clean = clean(base);
      final var moved = clean(source)[layer];
      double[] a = layer(layer, moved, clean[layer], (_, from, to) -> from == u && (to == v));
      for (int l = layer + 1; l + 1 < WIDTHS.length; l++) {
        a = layer(l, a, a, (_, _, _) -> true);
      }
      return y(a, y);
    }

    private static double y(final double[] image, final LinearReadOut y) {
      double sum = y.intercept();
      for (int i = 0; i < image.length; i++) {
        sum += y.weights()[i] * image[i];
      }
      return sum;
    }
  }

  /// Whether the edge from u to v of a layer is in the circuit; the image is one unit.
  private interface Carried {
    boolean is(int layer, int u, int v);
  }

  private static Hand hand(final Subject subject, final ImagePairs pairs, final int pair) {
    return new Hand(
        subject, codes(subject, pairs.bases(), pair), codes(subject, pairs.sources(), pair));
  }

  private static double[] codes(final Subject subject, final float[] images, final int pair) {
    final int size = DENSE.image().elements();
    final var weight = subject.weights().read("encoder.mu.weight");
    final var bias = subject.weights().read("encoder.mu.bias");
    final var codes = new double[WIDTHS[0]];
    for (int j = 0; j < codes.length; j++) {
      codes[j] = bias[j];
      for (int i = 0; i < size; i++) {
        codes[j] += (double) weight[j * size + i] * images[pair * size + i];
      }
    }
    return codes;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void everyEdgeOutsideACircuitCarriesItsActivationOnTheBase(final String name) {
    with(
        name,
        DENSE,
        subject -> {
          final var pairs = pairs(DENSE);
          final var y = readOut(DENSE);
          try (var network = CircuitNetwork.of(subject, CircuitPart.DECODER, y, pairs)) {
            assertEquals(PAIRS, network.pairs() + network.dropped());
            assertEquals(0, network.dropped(), "no pair may be left out here");
            assertEquals(3 * 6 + 6 * 5 + 5, network.edges());
            final var random = new PhiloxRandom(3, Streams.FIRST_FREE, 0, 0);
            for (int t = 0; t < 12; t++) {
              final var circuit = new BitSet();
              for (int e = 0; e < network.edges(); e++) {
                circuit.set(e, random.nextDouble() < 0.2 + 0.05 * t);
              }
              final var run = network.run(circuit);
              final var live = network.run(network.live(circuit));
              for (int p = 0; p < PAIRS; p++) {
                final double expected =
                    hand(subject, pairs, p)
                        .run((l, u, v) -> circuit.get(network.edge(l, u, l == 2 ? 0 : v)), y);
                assertEquals(expected, run[p], 1e-5 * (1 + Math.abs(expected)));
                assertEquals(expected, live[p], 1e-5 * (1 + Math.abs(expected)), "live edges");
              }
            }
          }
        });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void anEdgeAloneChangesItsConsumerAndWhatFollows(final String name) {
    with(
        name,
        DENSE,
        subject -> {
          final var pairs = pairs(DENSE);
          final var y = readOut(DENSE);
          int moving = 0;
          try (var network = CircuitNetwork.of(subject, CircuitPart.DECODER, y, pairs)) {
            for (int l = 0; l < 2; l++) {
              for (int v = 0; v < WIDTHS[l + 1]; v++) {
                for (int u = 0; u < WIDTHS[l]; u++) {
                  final var alone = network.edgeAlone(network.edge(l, u, v));
                  for (int p = 0; p < PAIRS; p++) {
                    final double expected = hand(subject, pairs, p).alone(l, u, v, y);
                    assertEquals(expected, alone[p], 1e-5 * (1 + Math.abs(expected)));
                    moving += Math.abs(expected - network.outcomes().base()[p]) > 1e-3 ? 1 : 0;
                  }
                }
              }
            }
          }
          assertTrue(moving > PAIRS * 10, "edges that move nothing show nothing: " + moving);
        });
  }

  private static List<Vae> nets() {
    final var burgess =
        new Architecture(
            "pairs-of-heads",
            Models.TINY.architecture().encoder(),
            List.of(12, 7),
            List.of(7, 12),
            Models.TINY.architecture().decoder(),
            Heads.INTERLEAVED,
            Initialisation.KAIMING_UNIFORM);
    return List.of(
        Models.TINY, new Vae(burgess, new ImageShape(3, 16, 16), 3, Models.TINY.likelihood()));
  }

  /// Every edge is the run on x', none the run on x, whatever the layers are.
  @ParameterizedTest
  @EnumSource(CircuitPart.class)
  void theEndsAreTheUnpatchedRuns(final CircuitPart part) {
    for (final var name : backends().toList()) {
      for (final var vae : nets()) {
        with(
            name,
            vae,
            subject -> {
              final var pairs = pairs(vae);
              try (var network = CircuitNetwork.of(subject, part, readOut(vae), pairs)) {
                final var outcomes = network.outcomes();
                assertArrayEquals(outcomes.source(), network.run(network.all()), 1e-4);
                assertArrayEquals(outcomes.base(), network.run(new BitSet()), 1e-5);
                assertEquals(1, outcomes.share(network.run(network.all())), 1e-3);
                assertTrue(
                    Math.abs(outcomes.share(network.run(half(network))) - 1) > 0.01,
                    "a circuit of half of the edges differs");
              }
            });
      }
    }
  }

  private static BitSet half(final CircuitNetwork network) {
    final var half = new BitSet();
    for (int e = 0; e < network.edges(); e += 2) {
      half.set(e);
    }
    return half;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void unitsAreChannelsLatentsAndDenseUnits(final String name) {
    final var vae = nets().getLast();
    with(
        name,
        vae,
        subject -> {
          final var pairs = pairs(vae);
          try (var network = CircuitNetwork.of(subject, CircuitPart.ENCODER, readOut(vae), pairs)) {
            assertEquals(3 * 4 + 4 * 6 + 6 * 12 + 12 * 7 + 7 * 3, network.edges());
            final int last = network.edges() - 1;
            assertEquals(new CircuitNode("encoder.fc2", "6", 4), network.from(last));
            assertEquals(new CircuitNode("encoder.mu", "2", 5), network.to(last));
            assertEquals(new CircuitNode("input", "0", 0), network.from(0));
            final int flat = network.edge(2, 5, 11);
            assertEquals(new CircuitNode("encoder.conv2", "5", 2), network.from(flat));
            assertEquals(new CircuitNode("encoder.fc1", "11", 3), network.to(flat));
          }
          try (var network = CircuitNetwork.of(subject, CircuitPart.DECODER, readOut(vae), pairs)) {
            assertEquals(3 * 7 + 7 * 12 + 12 * 6 + 6 * 4 + 4 * 3, network.edges());
            final int flat = network.edge(2, 11, 5);
            assertEquals(new CircuitNode("decoder.fc2", "11", 2), network.from(flat));
            assertEquals(new CircuitNode("decoder.fc3", "5", 3), network.to(flat));
            assertEquals(new CircuitNode("output", "2", 5), network.to(network.edges() - 1));
          }
        });
  }

  /// Where the net is affine between the two inputs, first-order effects are exact effects.
  @ParameterizedTest
  @MethodSource("backends")
  void onALinearNetTheScreenIsExact(final String name) {
    final var linear = LinearModel.random(5);
    final var data = new QuarterImages(LinearModel.IMAGE, 2 * PAIRS, 8);
    final int half = PAIRS * LinearModel.IMAGE.elements();
    final var pairs =
        new ImagePairs(
            Arrays.copyOf(data.images(), half), Arrays.copyOfRange(data.images(), half, 2 * half));
    try (var backend = Backends.open(name, SETTINGS).backend();
        var model = linear.on(backend)) {
      final var subject = new Subject(backend, model.vae(), model.weights());
      final var y = readOut(model.vae());
      try (var network = CircuitNetwork.of(subject, CircuitPart.DECODER, y, pairs)) {
        final var base = network.screen(0);
        final var path = network.screen(3);
        final var losses = network.losses(network.all());
        double most = 0;
        for (int e = 0; e < network.edges(); e++) {
          final var towards = towards(network, network.edgeAlone(e));
          assertEquals(towards, base[e], 1e-3, "edge " + e);
          assertEquals(towards, path[e], 1e-3, "edge " + e);
          assertEquals(towards, losses[e], 1e-3, "edge " + e);
          most = Math.max(most, Math.abs(towards));
        }
        assertTrue(most > 1, "effects to speak of: " + most);
      }
      for (final int steps : new int[] {0, 4}) {
        final var screen = UnitScreen.of(subject, y, pairs, steps, 8, 1000, 3, (_, _, _) -> {});
        assertEquals(screen.units().size(), screen.exact().size(), "all are patched");
        assertEquals(
            List.of("input", "latent.z", "decoder.fc1", "decoder.fc2"),
            screen.units().stream().map(u -> u.site().name()).distinct().toList());
        screen
            .exact()
            .forEach((unit, effects) -> {
              final var attributed = screen.units().get(unit);
              assertArrayEquals(effects, attributed.effects(), 2e-3, attributed.toString());
            });
        assertTrue(screen.units().getFirst().size() > 1);
      }
    }
  }

  private static double towards(final CircuitNetwork network, final double[] run) {
    final var outcomes = network.outcomes();
    double sum = 0;
    for (int p = 0; p < run.length; p++) {
      sum += Math.signum(outcomes.source()[p] - outcomes.base()[p]) * (run[p] - outcomes.base()[p]);
    }
    return sum / run.length;
  }

  /// The mean over more and more points tends to what the path integral is: with all edges of the
  /// first layer, the whole change.
  @ParameterizedTest
  @MethodSource("backends")
  void manyStepsAddUpToTheChange(final String name) {
    with(
        name,
        DENSE,
        subject -> {
          try (var network =
              CircuitNetwork.of(subject, CircuitPart.DECODER, readOut(DENSE), pairs(DENSE))) {
            final double change =
                network.outcomes().share(network.run(network.all())) * mean(network);
            assertEquals(change, sumOfFirst(network, 400), 5e-3 * change);
            assertTrue(
                Math.abs(change - sumOfFirst(network, 0)) > 2e-2 * change,
                "the gradient at one end is not enough");
          }
        });
  }

  private static double mean(final CircuitNetwork network) {
    final var outcomes = network.outcomes();
    double sum = 0;
    for (int p = 0; p < network.pairs(); p++) {
      sum += Math.abs(outcomes.source()[p] - outcomes.base()[p]);
    }
    return sum / network.pairs();
  }

  private static double sumOfFirst(final CircuitNetwork network, final int steps) {
    return Arrays.stream(network.screen(steps), 0, network.edge(1, 0, 0)).sum();
  }

  /// The same numbers on one thread and on three: of runs, of the screen and of the order in which
  /// edges are cut.
  @ParameterizedTest
  @MethodSource("backends")
  void threadsChangeNothing(final String name) {
    final var found =
        Stream.of(1, 3)
            .map(threads -> {
              final var numbers = new ArrayList<double[]>();
              try (var backend = Backends.open(name, new Settings(threads, 1L << 28)).backend()) {
                with(
                    backend,
                    Models.TINY,
                    subject -> {
                      final var y = readOut(Models.TINY);
                      final var pairs = pairs(Models.TINY);
                      try (var network =
                          CircuitNetwork.of(subject, CircuitPart.ENCODER, y, pairs)) {
                        numbers.add(network.run(half(network)));
                        numbers.add(network.screen(3));
                        numbers.add(network.losses(half(network)));
                        numbers.add(network.edgeAlone(network.edge(1, 0, 0)));
                      }
                      UnitScreen.of(subject, y, pairs, 3, 6, 6, 3, (_, _, _) -> {})
                          .units()
                          .forEach(unit -> numbers.add(unit.effects()));
                    });
              }
              return numbers;
            })
            .toList();
    assertEquals(found.getFirst().size(), found.getLast().size());
    for (int i = 0; i < found.getFirst().size(); i++) {
      assertArrayEquals(found.getFirst().get(i), found.getLast().get(i), 0);
    }
  }

  /// A pair's effect is the same alone and among as many as fill several batches.
  @ParameterizedTest
  @MethodSource("backends")
  void anAttributionDoesNotDependOnItsBatch(final String name) {
    with(
        name,
        Models.TINY,
        subject -> {
          final var y = readOut(Models.TINY);
          final int size = Models.TINY.image().elements();
          final var many = new ImagePairs(random(70 * size, 5, 0), random(70 * size, 5, 1));
          final var all = UnitAttribution.of(subject, y, many, 2);
          for (final int pair : new int[] {0, 31, 32, 69}) {
            final var one =
                new ImagePairs(
                    Arrays.copyOfRange(many.bases(), pair * size, (pair + 1) * size),
                    Arrays.copyOfRange(many.sources(), pair * size, (pair + 1) * size));
            final var alone = UnitAttribution.of(subject, y, one, 2);
            for (int u = 0; u < all.size(); u++) {
              assertEquals(all.get(u).effects()[pair], alone.get(u).effects()[0], all.toString());
            }
          }
        });
  }

  /// What a network is given of earlier runs it does not run again, and goes on as it would have.
  @ParameterizedTest
  @MethodSource("backends")
  void knownRunsAreNotRun(final String name) {
    with(
        name,
        DENSE,
        subject -> {
          final var y = readOut(DENSE);
          final var pairs = pairs(DENSE);
          final var search = new CircuitSearch(0.5, 12, 6, 2, 3);
          final var kept = new ArrayList<double[]>();
          final RunLog keeping =
              run -> {
                kept.add(run.get());
                return kept.getLast().clone();
              };
          final var found = found(subject, y, pairs, search, keeping);
          for (final int known : new int[] {0, 1, kept.size() / 2, kept.size()}) {
            final var asked = new int[2];
            final RunLog replaying =
                run -> {
                  final int at = asked[0]++;
                  asked[1] += at < known ? 0 : 1;
                  return at < known ? kept.get(at).clone() : run.get();
                };
            final var again = found(subject, y, pairs, search, replaying);
            assertEquals(found.circuit(), again.circuit());
            assertEquals(found.faithfulness(), again.faithfulness(), 0);
            assertEquals(kept.size() - known, asked[1]);
          }
        });
  }

  private static CircuitSearch.Found found(
      final Subject subject,
      final LinearReadOut y,
      final ImagePairs pairs,
      final CircuitSearch search,
      final RunLog log) {
    try (var network = CircuitNetwork.of(subject, CircuitPart.DECODER, y, pairs, log)) {
      return search.on(network, (_, _, _) -> {});
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void pairsThatDoNotMoveTheReadOutAreLeftOut(final String name) {
    with(
        name,
        DENSE,
        subject -> {
          final var pairs = pairs(DENSE);
          final var sources = pairs.sources().clone();
          final int size = DENSE.image().elements();
          System.arraycopy(pairs.bases(), 0, sources, 0, 2 * size);
          final var some = new ImagePairs(pairs.bases(), sources);
          try (var network =
              CircuitNetwork.of(subject, CircuitPart.DECODER, readOut(DENSE), some)) {
            assertEquals(2, network.dropped());
            assertEquals(PAIRS - 2, network.pairs());
          }
          final var none = new ImagePairs(pairs.bases(), pairs.bases());
          final var refused =
              assertThrows(
                  BadInputException.class,
                  () -> CircuitNetwork.of(subject, CircuitPart.DECODER, readOut(DENSE), none));
          assertTrue(refused.toString().contains("7 that do not"), refused.toString());
        });
  }
}
