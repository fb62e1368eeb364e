package io.patchbay.tests.science;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.causal.FactorEdge;
import io.patchbay.analysis.causal.LatentAssignment;
import io.patchbay.analysis.study.GraphQuestion;
import io.patchbay.analysis.study.GraphStudy;
import io.patchbay.analysis.study.Scene;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.FactorDataset;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Graphs of factors on hand-built models of linear worlds, where every effect is a product of
/// coefficients.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FactorGraphTest {
  private static final GraphQuestion QUESTION = new GraphQuestion(60, 0.1, 0.05, 49);
  private static final double[][] CHAIN = {
    {0, 0, 0, 0}, {.5, 0, 0, 0}, {0, .75, 0, 0}, new double[4]
  };

  private final Backend backend = Backends.open("cpu", new Settings(2, 1L << 28)).backend();

  private final ScmImages chain = ScmImages.of(CHAIN);
  private final GraphStudy ofChain = study(chain.mechanisms(), chain, backend);

  @AfterAll
  void close() {
    backend.close();
  }

  private static GraphStudy study(
      final AffineModel model, final FactorDataset data, final Backend backend) {
    try (var trained = model.on(backend)) {
      return GraphStudy.of(new Scene(trained, data, 7), QUESTION, (_, _, _) -> {});
    }
  }

  private static Stream<Arguments> worlds() {
    return Stream.of(
        Arguments.of("chain", CHAIN),
        Arguments.of("fork", new double[][] {{0, 0, 0}, {.5, 0, 0}, {.75, 0, 0}}),
        Arguments.of("collider", new double[][] {{0, 0, 0}, {0, 0, 0}, {.5, -.5, 0}}),
        Arguments.of("triangle", new double[][] {{0, 0, 0}, {.5, 0, 0}, {.5, .5, 0}}),
        Arguments.of(
            "diamond",
            new double[][] {{0, 0, 0, 0}, {.5, 0, 0, 0}, {.75, 0, 0, 0}, {0, .5, .5, 0}}),
        Arguments.of("independent", new double[3][3]));
  }

  /// A model that has learned the mechanisms shows exactly the true graph.
  @ParameterizedTest(name = "{0}")
  @MethodSource("worlds")
  void theMechanismsOfADecoderAreFound(final String name, final double[][] weights) {
    final var world = ScmImages.of(weights);
    final var study = study(world.mechanisms(), world, backend);
    assertEquals(study.truth().orElseThrow(), study.learned().graph(), name);
    for (int j = 0; j < world.count(); j++) {
      assertEquals(j, study.assignment().factorOf().get(j), name + ", latent " + j);
      assertTrue(study.probes().get(j).heldOut().orElseThrow().estimate() > 0.99, name);
    }
    assertEquals(LatentAssignment.NONE, study.assignment().factorOf().get(world.count()));
    final var scores = study.scores().orElseThrow();
    assertEquals(0, scores.shd());
    final var intervals = study.intervals().orElseThrow();
    assertTrue(intervals.shd().contains(0) && intervals.shd().high() <= 1, intervals::toString);
    assertEquals(60, intervals.shd().n());
    final var numbers = String.valueOf(study.numbers().get("scores"));
    assertTrue(numbers.contains("shd_low=") && numbers.contains("auc_high="), numbers);
    final boolean edges = !study.learned().graph().arrows().isEmpty();
    assertEquals(edges ? OptionalDouble.of(1) : OptionalDouble.empty(), scores.recall());
    assertEquals(scores.recall(), scores.precision());
    assertEquals(List.of(), study.notes());
  }

  /// A[k, l] over A[k, k] is the sum over the paths from k to l of the products of coefficients,
  /// times sd(k) / sd(l).
  @Test
  void effectsAreProductsOfCoefficients() {
    final var a = ofChain.learned().sizes();
    final var deviations = new double[4];
    for (int i = 0; i < 4; i++) {
      final int variable = i;
      final var all =
          Stream.iterate(0L, row -> row + 1)
              .limit(chain.size())
              .mapToDouble(row -> chain.variablesOf(row)[variable])
              .toArray();
      final double mean = Arrays.stream(all).average().orElseThrow();
      deviations[i] =
          Math.sqrt(Arrays.stream(all).map(x -> (x - mean) * (x - mean)).average().orElseThrow());
    }
    final double[][] total = {{1, .5, .375, 0}, {0, 1, .75, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    for (int k = 0; k < 4; k++) {
      for (int l = 0; l < 4; l++) {
        final double expected = a[k][k] * total[k][l] * deviations[k] / deviations[l];
        // The study takes the deviations of 500 rows.
        assertEquals(expected, a[k][l], 0.1 * expected + 0.01, k + " to " + l);
      }
      assertTrue(a[k][k] > 0.5, "it is moved at all");
    }
  }

  /// The end of a chain moves with its beginning, but not when the middle is held.
  @Test
  void aMediatedEffectIsNotDirect() {
    final var across =
        ofChain.learned().edges().stream().filter(e -> e.from() == 0 && e.to() == 2).toList();
    assertEquals(1, across.size());
    final FactorEdge edge = across.getFirst();
    assertFalse(edge.isDirect());
    assertEquals(List.of(1), edge.mediators());
    assertTrue(edge.total().size().low() > 0.1, edge::toString);
    assertTrue(edge.direct().orElseThrow().size().high() < 0.02, edge::toString);
  }

  /// Where latents are the variables and each is drawn by itself, nothing of the graph is in the
  /// model, and none is read into it: the probes do not see a child in its parent.
  @Test
  void aModelWithoutMechanismsHasNoEdges() {
    final var study = study(chain.separate(), chain, backend);
    assertEquals(List.of(), study.learned().edges());
    assertEquals(2, study.scores().orElseThrow().shd());
    assertEquals(OptionalDouble.of(0), study.scores().orElseThrow().recall());
    assertTrue(study.scores().orElseThrow().precision().isEmpty());
  }

  /// With the factors of the latents shuffled the mechanisms are not found again.
  @Test
  void shuffledFactorsScoreWorse() {
    final var scores = ofChain.scores().orElseThrow();
    final var shuffled = ofChain.latentsShuffled().orElseThrow();
    assertEquals(49, shuffled.draws().size());
    final double mean = shuffled.draws().stream().mapToInt(d -> d.shd()).average().orElseThrow();
    assertTrue(mean > 1, "shd=" + mean);
    assertTrue(shuffled.shdP(scores) < 0.25, "p=" + shuffled.shdP(scores));
    assertTrue(shuffled.aucP(scores).orElseThrow() < 0.25);
    final var renamed = ofChain.namesShuffled().orElseThrow();
    assertTrue(renamed.shdP(scores) < 0.25, "p=" + renamed.shdP(scores));
  }

  /// Factors that are dealt to images at random cannot be read, and nothing is claimed of them.
  @Test
  void shuffledLabelsGiveNoEdges() {
    final var world = new ScmImages(CHAIN, -1, true);
    final var study = study(world.mechanisms(), world, backend);
    assertEquals(List.of(), study.learned().edges());
    assertEquals(List.of(), study.learned().claimed());
    assertTrue(study.scores().isEmpty());
    for (int k = 0; k < 4; k++) {
      final int factor = k;
      assertTrue(
          study.notes().stream()
              .anyMatch(n -> n.startsWith("x" + factor + " is left out") && n.contains("weak")),
          study.notes()::toString);
    }
  }

  /// A mediator that no picture shows is left out and said; the edge across it is the truth then.
  @Test
  void anInvisibleFactorIsLeftOut() {
    final double[][] weights = {{0, 0, 0}, {.75, 0, 0}, {0, .75, 0}};
    final var world = new ScmImages(weights, 1, false);
    final var study = study(world.mechanisms(), world, backend);
    assertEquals(List.of(0, 2), study.learned().claimed());
    assertTrue(study.notes().contains("x1 has no latent: nothing of it can be interchanged"));
    assertTrue(study.notes().stream().anyMatch(n -> n.startsWith("x1 is left out")));
    // The latent of u1 is -0.75 x0 then, and undoes what x0 did through x1.
    assertEquals(List.of(0, 0, 2, -1), study.assignment().factorOf());
    assertEquals(OptionalDouble.of(0), study.scores().orElseThrow().recall());
    assertEquals(1, study.scores().orElseThrow().shd(), "0 -> 2 is true when 1 is not seen");
  }

  /// The same numbers with one thread and with two.
  @Test
  void threadsChangeNothing() {
    try (var single = Backends.open("cpu", new Settings(1, 1L << 28)).backend()) {
      assertEquals(ofChain.numbers(), study(chain.mechanisms(), chain, single).numbers());
    }
  }

  /// A grid without a generator: latents and effects, but no graph to be judged against.
  @Test
  void aGridHasNoKnownGraph() {
    final var data = new PlaneImages(ScmImages.SHAPE, 5);
    final int pixels = ScmImages.SHAPE.elements();
    final var low = new float[pixels];
    final var left = new float[pixels];
    data.image(data.rowOf(new int[] {0, 0, 0}), low, 0);
    data.image(data.rowOf(new int[] {1, 0, 0}), left, 0);
    final var encode = new double[2][pixels];
    final var decode = new double[pixels][2];
    final var counts = new int[2];
    for (int p = 0; p < pixels; p++) {
      counts[left[p] > low[p] ? 0 : 1]++;
    }
    for (int p = 0; p < pixels; p++) {
      final int factor = left[p] > low[p] ? 0 : 1;
      encode[factor][p] = 1.0 / counts[factor];
      decode[p][factor] = 1;
      // The right is made of the left and of what the left leaves open.
      encode[1][p] -= factor == 0 ? 0.5 / counts[0] : 0;
      decode[p][0] += factor == 1 ? 0.5 : 0;
    }
    final var model = new AffineModel(ScmImages.SHAPE, encode, new double[] {-2, -2}, decode);
    final var study = study(model, data, backend);
    assertEquals(List.of(0, 1), study.assignment().factorOf());
    assertEquals(1, study.learned().edges().size());
    assertEquals(0, study.learned().edges().getFirst().from());
    assertEquals(1, study.learned().edges().getFirst().to());
    assertTrue(study.truth().isEmpty() && study.scores().isEmpty());
    assertTrue(study.notes().contains("plane has no known graph: no scores"));
    assertTrue(study.notes().contains("round has no latent: nothing of it can be interchanged"));
    assertTrue(
        study.notes().stream().anyMatch(n -> n.startsWith("round is left out of the graph")));
    assertNull(study.numbers().get("scores"));
  }
}
