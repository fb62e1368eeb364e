package io.patchbay.tests.science;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.circuit.CircuitFigures;
import io.patchbay.analysis.circuit.CircuitNetwork;
import io.patchbay.analysis.circuit.CircuitPart;
import io.patchbay.analysis.circuit.CircuitSearch;
import io.patchbay.analysis.circuit.ImagePairs;
import io.patchbay.analysis.circuit.LinearReadOut;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.tests.science.PlantedModel.Edge;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.model.Architecture;
import io.patchbay.vae.model.Architecture.Heads;
import io.patchbay.vae.model.ConvLayer;
import io.patchbay.vae.model.Initialisation;
import io.patchbay.vae.model.Likelihood.Gaussian;
import io.patchbay.vae.model.Vae;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Circuits that were put into a network by hand are found again: through dense layers, flat values
/// that stand for images, convolutions and transposed convolutions, beside edges that carry another
/// factor, edges that end nowhere, and edges that nothing comes to.
class PlantedCircuitTest {
  private static final Settings SETTINGS = new Settings(2, 1L << 28);
  private static final CircuitSearch SEARCH = new CircuitSearch(0.9, 24, 8, 5, 3);
  private static final int PAIRS = 12;
  private static final int TRIES = 4;
  private static final double NOISE = 0.03;

  private static final Vae DENSE =
      new Vae(
          new Architecture(
              "planted-dense",
              List.of(),
              List.of(),
              List.of(6, 8),
              List.of(),
              Heads.SEPARATE,
              Initialisation.GLOROT_UNIFORM),
          new ImageShape(1, 4, 4),
          4,
          new Gaussian(1, false));

  private static final Vae CONV =
      new Vae(
          Architecture.mirrored(
              "planted-conv",
              List.of(new ConvLayer(4, 4, 2, 1), new ConvLayer(6, 4, 2, 1)),
              List.of(10),
              Heads.SEPARATE,
              Initialisation.GLOROT_UNIFORM),
          new ImageShape(1, 16, 16),
          4,
          new Gaussian(1, false));

  /// A network, what it is asked, and the answer.
  private record Planted(
      PlantedModel model, CircuitPart part, LinearReadOut readOut, List<Edge> edges, Vae vae) {}

  private static Stream<String> backends() {
    return Backends.providers().stream()
        .filter(p -> p.unavailable().isEmpty())
        .map(BackendProvider::name);
  }

  /// Two units of a layer, other ones for every `purpose`.
  private static int[] two(final int units, final long seed, final int layer, final int purpose) {
    final var order = new PhiloxRandom(seed, Streams.FIRST_FREE, layer, 0).permutation(units);
    return Arrays.copyOfRange(order, 2 * purpose, 2 * purpose + 2);
  }

  /// Latent 0 moves Y through two units of each layer, latent 1 through two others; latent 0 also
  /// moves a unit that Y does not read.
  private static Planted dense(final long seed) {
    final var model = new PlantedModel(DENSE);
    latentsFromPixels(model, DENSE);
    model.bias("decoder.fc1", 0.5f);
    model.bias("decoder.fc2", 0.5f);
    final var edges = new ArrayList<Edge>();
    for (int k = 0; k < 2; k++) {
      final var first = two(6, seed, 1, k);
      final var second = two(8, seed, 2, k);
      for (final int u : first) {
        model.dense("decoder.fc1", k, 1, u, 1, 1);
        planted(k, edges, new Edge(0, k, u));
        for (final int v : second) {
          model.dense("decoder.fc2", u, 1, v, 1, 1);
          planted(k, edges, new Edge(1, u, v));
        }
      }
      for (final int v : second) {
        model.dense("decoder.fc3", v, 1, 3 + k, 1, 1);
        planted(k, edges, new Edge(2, v, 0));
      }
    }
    final int unread = two(8, seed, 2, 2)[0];
    model.dense("decoder.fc2", two(6, seed, 1, 0)[0], 1, unread, 1, 1);
    model.dense("decoder.fc3", unread, 1, 9, 1, 1);
    model.dense("decoder.fc1", 0, 1, two(6, seed, 1, 2)[0], 1, 1);
    model.dense("decoder.fc3", two(8, seed, 2, 3)[0], 1, 3, 1, 1);
    final var weights = new float[DENSE.image().elements()];
    weights[3] = 1;
    weights[4] = 1;
    return new Planted(
        model, CircuitPart.DECODER, new LinearReadOut("y", "output", weights, 0.25), edges, DENSE);
  }

  private static void planted(final int factor, final List<Edge> edges, final Edge edge) {
    if (factor == 0) {
      edges.add(edge);
    }
  }

  private static void latentsFromPixels(final PlantedModel model, final Vae vae) {
    final int inputs = model.of("encoder.mu.weight").length / vae.latent();
    for (int j = 0; j < vae.latent(); j++) {
      model.of("encoder.mu.weight")[j * inputs + j] = 1;
    }
  }

  /// The same through a flat value of six 4x4 channels and two transposed convolutions.
  private static Planted decoder(final long seed) {
    final var model = new PlantedModel(CONV);
    // The encoder copies the mean of the image into latents 0 and 1.
    encoderPath(model, new int[] {0}, new int[] {0}, new int[] {0}, 0);
    model.dense("encoder.mu", 0, 1, 1, 1, 0.5);
    for (final var layer : List.of("fc1", "fc2", "convt1")) {
      model.bias("decoder." + layer, 0.5f);
    }
    final var edges = new ArrayList<Edge>();
    final var first = two(10, seed, 1, 0);
    final var second = two(6, seed, 2, 0);
    final var third = two(4, seed, 3, 0);
    for (final int u : first) {
      model.dense("decoder.fc1", 0, 1, u, 1, 1);
      edges.add(new Edge(0, 0, u));
      for (final int v : second) {
        model.dense("decoder.fc2", u, 1, v, 16, 0.5);
        edges.add(new Edge(1, u, v));
      }
    }
    for (final int v : second) {
      for (final int w : third) {
        model.kernel("decoder.convt1", v, w, 0.2);
        edges.add(new Edge(2, v, w));
      }
    }
    for (final int w : third) {
      model.kernel("decoder.convt2", w, 0, 0.1);
      edges.add(new Edge(3, w, 0));
    }
    // Latent 1 ends in channels that the image does not show; others show what nothing moves.
    final int aside = two(10, seed, 1, 1)[0];
    model.dense("decoder.fc1", 1, 1, aside, 1, 1);
    model.dense("decoder.fc2", aside, 1, two(6, seed, 2, 1)[0], 16, 0.5);
    model.kernel("decoder.convt1", two(6, seed, 2, 2)[0], two(4, seed, 3, 1)[0], 0.2);
    model.kernel("decoder.convt2", two(4, seed, 3, 1)[0], 0, 0.1);
    final var weights = new float[CONV.image().elements()];
    Arrays.fill(weights, 1f / weights.length);
    return new Planted(
        model, CircuitPart.DECODER, new LinearReadOut("y", "output", weights, 0), edges, CONV);
  }

  /// From the image through two channels of each convolution and two dense units to latent 0, which
  /// Y reads; other units lead to latent 3, which it does not.
  private static Planted encoder(final long seed) {
    final var model = new PlantedModel(CONV);
    final var edges = new ArrayList<Edge>();
    final var first = two(4, seed, 1, 0);
    final var second = two(6, seed, 2, 0);
    final var third = two(10, seed, 3, 0);
    encoderPath(model, first, second, third, 0);
    encoderPath(model, two(4, seed, 1, 1), two(6, seed, 2, 1), two(10, seed, 3, 1), 3);
    for (final int u : first) {
      edges.add(new Edge(0, 0, u));
      for (final int v : second) {
        edges.add(new Edge(1, u, v));
      }
    }
    for (final int w : third) {
      for (final int v : second) {
        edges.add(new Edge(2, v, w));
      }
      edges.add(new Edge(3, w, 0));
    }
    final var y = new LinearReadOut("y", "encoder.mu", new float[] {1, 1, 0.5f, 0}, -1);
    return new Planted(model, CircuitPart.ENCODER, y, edges, CONV);
  }

  private static void encoderPath(
      final PlantedModel model,
      final int[] first,
      final int[] second,
      final int[] third,
      final int latent) {
    for (final int u : first) {
      model.kernel("encoder.conv1", u, 0, 0.1);
      for (final int v : second) {
        model.kernel("encoder.conv2", v, u, 0.1);
      }
    }
    for (final int w : third) {
      for (final int v : second) {
        model.dense("encoder.fc1", v, 16, w, 1, 0.1);
      }
      model.dense("encoder.mu", w, 1, latent, 1, 1);
    }
  }

  /// Inputs that differ in what moves latent 0 alone: pixel 0 of the dense net, all pixels of the
  /// other.
  private static ImagePairs pairs(final Planted planted, final long seed) {
    final int size = planted.vae().image().elements();
    final var bases = new float[PAIRS * size];
    final var random = new PhiloxRandom(seed, Streams.FIRST_FREE, 9, 0);
    for (int i = 0; i < bases.length; i++) {
      bases[i] = random.nextFloat() / 2;
    }
    final var sources = bases.clone();
    final boolean one = planted.vae().equals(DENSE);
    for (int p = 0; p < PAIRS; p++) {
      final float change = (p % 2 == 0 ? 1 : -1) * (0.1f + random.nextFloat() / 4);
      for (int i = 0; i < (one ? 1 : size); i++) {
        bases[p * size + i] += 0.3f;
        sources[p * size + i] = bases[p * size + i] + change;
      }
    }
    return new ImagePairs(bases, sources);
  }

  /// Edges planted, found, and both.
  private record Score(int planted, int found, int both) {
    static Score of(final BitSet planted, final BitSet found) {
      final var both = (BitSet) planted.clone();
      both.and(found);
      return new Score(planted.cardinality(), found.cardinality(), both.cardinality());
    }

    Score and(final Score other) {
      return new Score(planted + other.planted, found + other.found, both + other.both);
    }

    double precision() {
      return (double) both / found;
    }

    double recall() {
      return (double) both / planted;
    }
  }

  private static Score search(final Planted planted, final String backendName, final long seed) {
    try (var backend = Backends.open(backendName, SETTINGS).backend()) {
      final var subject = planted.model().on(backend);
      try (var _ = subject.weights();
          var network =
              CircuitNetwork.of(subject, planted.part(), planted.readOut(), pairs(planted, seed))) {
        final var found = SEARCH.on(network, (_, _, _) -> {});
        final var expected = PlantedModel.numbers(network, planted.edges());
        assertEquals(
            found.faithfulness(), network.outcomes().share(network.run(found.circuit())), 0);
        assertTrue(found.faithfulness() >= SEARCH.threshold());
        assertTrue(found.minimal());
        return Score.of(expected, found.circuit());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void withoutNoiseExactlyThePlantedEdgesAreFound(final String name) {
    for (long seed = 1; seed <= TRIES; seed++) {
      for (final var planted : List.of(dense(seed), decoder(seed), encoder(seed))) {
        final var score = search(planted, name, seed);
        final var text = planted.vae().architecture().name() + " " + planted.part() + " " + score;
        assertEquals(planted.edges().size(), score.planted(), text);
        assertEquals(1, score.precision(), text);
        assertEquals(1, score.recall(), text);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void withSmallRandomWeightsNineOfTenAre(final String name) {
    Score sum = new Score(0, 0, 0);
    for (long seed = 1; seed <= TRIES; seed++) {
      for (final var planted : List.of(dense(seed), decoder(seed), encoder(seed))) {
        planted
            .model()
            .noise(planted.part() == CircuitPart.DECODER ? "decoder" : "encoder", NOISE, seed);
        sum = sum.and(search(planted, name, seed));
      }
    }
    assertTrue(sum.precision() >= 0.9, sum.toString());
    assertTrue(sum.recall() >= 0.9, sum.toString());
  }

  /// On other pairs the planted circuit is faithful, complete and minimal, by known shares.
  @ParameterizedTest
  @MethodSource("backends")
  void itsFiguresAreThoseOfItsPaths(final String name) {
    final var planted = dense(1);
    try (var backend = Backends.open(name, SETTINGS).backend()) {
      final var subject = planted.model().on(backend);
      try (var _ = subject.weights();
          var network =
              CircuitNetwork.of(subject, planted.part(), planted.readOut(), pairs(planted, 77))) {
        final var circuit = PlantedModel.numbers(network, planted.edges());
        final var figures =
            CircuitFigures.of(network, circuit, Bootstrap.standard(1), (_, _, _) -> {});
        assertEquals(1, figures.faithfulness().estimate(), 1e-4);
        assertEquals(0, figures.completeness().estimate(), 1e-4);
        // Each of the four edges between the two hidden layers is on one of four paths.
        assertEquals(0.25, figures.smallest().estimate(), 1e-4);
        assertEquals(0, figures.idle().estimate(), 0);
        assertEquals(PAIRS, figures.pairs());
        assertEquals(0, figures.dropped());
        for (int i = 0; i < figures.edges().size(); i++) {
          final var to = network.to(figures.edges().get(i));
          final double share = to.site().equals("decoder.fc2") ? 0.25 : 0.5;
          assertEquals(share, figures.losses()[i], 1e-4, to.name());
          final var alone = network.edgeAlone(figures.edges().get(i));
          assertEquals(share, network.outcomes().share(alone), 1e-4, to.name());
        }
        // With an edge that does nothing, the least loss is nothing.
        circuit.set(network.edge(0, 2, 0));
        final var more =
            CircuitFigures.of(network, circuit, Bootstrap.standard(1), (_, _, _) -> {});
        assertEquals(0, more.smallest().estimate(), 1e-6);
        assertEquals(1.0 / more.edges().size(), more.idle().estimate(), 1e-9);
      }
    }
  }
}
