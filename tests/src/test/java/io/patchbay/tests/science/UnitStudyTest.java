package io.patchbay.tests.science;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.analysis.semantics.CarriedEffects;
import io.patchbay.analysis.semantics.FactorChanges;
import io.patchbay.analysis.semantics.LabelRule;
import io.patchbay.analysis.semantics.UnitLabel;
import io.patchbay.analysis.statistics.PermutationTest;
import io.patchbay.analysis.study.LayerProfile;
import io.patchbay.analysis.study.Scene;
import io.patchbay.analysis.study.UnitQuestion;
import io.patchbay.analysis.study.UnitQuestion.Estimator;
import io.patchbay.analysis.study.UnitStudy;
import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.vae.io.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Units whose meaning was built in: every label, and every effect, is known.
///
/// The codes are one left and one right pixel, and a constant. `decoder.fc1` holds them, their sum,
/// an eighth of the left one, and the constant; `decoder.fc2` the same, one unit that the image
/// does not read, and one more sum. With l and r the two factors, the left pixels of the image are
/// l + (l + r) + l/8 + (l + r)/2 and the right ones r + (l + r) + (l + r)/2.
class UnitStudyTest {
  private static final Settings SETTINGS = new Settings(2, 1L << 28);
  private static final UnitQuestion QUESTION =
      new UnitQuestion(
          List.of(), List.of(), 60, 2, 48, Estimator.BOTH, UnitQuestion.STANDARD.rule(), 999);

  private static final UnitStudy.Listener SILENT =
      new UnitStudy.Listener() {
        @Override
        public void doing(final String what) {}

        @Override
        public void cells(final long done, final long all) {
          assertTrue(done <= all, () -> done + " of " + all);
        }
      };

  private static final String MONO = "MONOSEMANTIC";
  private static final String POLY = "POLYSEMANTIC";
  private static final String NONE = "INACTIVE";
  private static final String OPEN = "UNDECIDED";

  /// The labels by site, in the order of the units.
  private static final Map<String, List<String>> LABELS =
      Map.of(
          "latent.z", List.of(MONO, MONO, NONE),
          "decoder.fc1", List.of(MONO, MONO, POLY, OPEN, NONE),
          "decoder.fc2", List.of(MONO, MONO, POLY, OPEN, NONE, NONE, POLY));

  private final PlaneImages data = new PlaneImages(LinearModel.IMAGE, 5);
  private final boolean[] left = left();
  private final LinearModel model = model();

  private static Stream<String> backends() {
    return Backends.providers().stream()
        .filter(p -> p.unavailable().isEmpty())
        .map(BackendProvider::name);
  }

  /// Which pixels show the left factor.
  private boolean[] left() {
    final var zero = Models.images(data, data.rowOf(new int[] {0, 0, 0}));
    final var one = Models.images(data, data.rowOf(new int[] {1, 0, 0}));
    final var result = new boolean[zero.length];
    for (int p = 0; p < zero.length; p++) {
      result[p] = one[p] != zero[p];
    }
    return result;
  }

  private LinearModel model() {
    final int pixels = left.length;
    final var encode = new double[LinearModel.LATENTS][pixels];
    encode[0][first(true)] = 1;
    encode[1][first(false)] = 1;
    final double[][] hidden = {{1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {0.125, 0, 0}, {0, 0, 1}};
    final var second = new double[7][5];
    for (int u = 0; u < 5; u++) {
      second[u][u] = 1;
    }
    second[5][0] = 1;
    second[6][0] = 1;
    second[6][1] = 1;
    final var last = new double[pixels][7];
    for (int p = 0; p < pixels; p++) {
      last[p] =
          left[p] ? new double[] {1, 0, 1, 1, 1, 0, 0.5} : new double[] {0, 1, 1, 0, 1, 0, 0.5};
    }
    return new LinearModel(encode, hidden, second, last);
  }

  private int first(final boolean side) {
    int p = 0;
    while (left[p] != side) {
      p++;
    }
    return p;
  }

  private interface Asked {
    void of(Scene scene);
  }

  private void with(final String name, final Asked asked) {
    try (var backend = Backends.open(name, SETTINGS).backend();
        var trained = model.on(backend)) {
      asked.of(new Scene(trained, data, 41));
    }
  }

  private static Map<String, List<String>> bySite(
      final UnitStudy study, final List<UnitLabel> labels) {
    final var found = new LinkedHashMap<String, List<String>>();
    final var sites = study.sites();
    for (int s = 0; s < sites.sites().size(); s++) {
      final var site = sites.sites().get(s);
      final int from = sites.first(s);
      found.put(
          site.name(),
          labels.subList(from, from + site.channels()).stream().map(Enum::name).toList());
    }
    return found;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void everyUnitIsLabelledAsItWasBuilt(final String name) {
    with(
        name,
        scene -> {
          final var study = UnitStudy.of(scene, QUESTION, SILENT);
          final var measured = study.readOut().orElseThrow();
          assertEquals(List.of("left", "right"), measured.factors());
          assertEquals(LABELS, bySite(study, measured.labels()));
          assertEquals(1, measured.stability().share());
          assertEquals("round", study.factors().leftOut().getFirst().name());
        });
  }

  /// A device takes as many cells at a time as its memory says, which no number tells.
  @Test
  void numbersDoNotDependOnTheDevicesMemory() {
    assumeTrue(EmulatedDevice.present(), "no emulator here");
    assertEquals(numbers(1L << 26), numbers(1L << 28));
  }

  private Map<String, Object> numbers(final long memory) {
    final var asked =
        new UnitQuestion(
            List.of("decoder.fc2"), List.of(), 60, 2, 8, Estimator.READOUT, QUESTION.rule(), 99);
    try (var backend = CudaBackend.on(EmulatedDevice.open(memory, 0));
        var trained = model.on(backend)) {
      return UnitStudy.of(new Scene(trained, data, 41), asked, SILENT).numbers();
    }
  }

  /// The oracle sees directions: all of a change of left pixels, however small, is along the left
  /// factor, and a change of all pixels is along each factor as far as it has pixels. It is 0 where
  /// the source moves nothing, or further than the factor goes.
  @ParameterizedTest
  @MethodSource("backends")
  void theOracleSquaresCosines(final String name) {
    int leftPixels = 0;
    for (final boolean side : left) {
      leftPixels += side ? 1 : 0;
    }
    final double share = leftPixels / (double) left.length;
    final double[][] most = {
      {1, 0}, {0, 1}, {share, 1 - share}, {1, 0}, {0, 0}, {0, 0}, {share, 1 - share}
    };
    with(
        name,
        scene -> {
          final var study = UnitStudy.of(scene, QUESTION, SILENT);
          final var oracle = study.oracle().orElseThrow();
          assertEquals(List.of("left", "right", "round"), oracle.factors());
          final int from = study.sites().first(2);
          for (int u = 0; u < most.length; u++) {
            for (int k = 0; k < 2; k++) {
              final var effect = oracle.effects().at(from + u, k).effect();
              final var text = "unit " + u + ", factor " + k + ", " + effect;
              assertTrue(effect.estimate() <= most[u][k] + 1e-6, text);
              assertTrue(effect.estimate() >= 0.5 * most[u][k], text);
              assertEquals(QUESTION.oracleInputs(), effect.n());
            }
            assertEquals(0, oracle.effects().at(from + u, 2).effect().estimate());
          }
          final var labels =
              Objects.requireNonNull(bySite(study, oracle.labels()).get("decoder.fc2"));
          // The second sum moves all as the first does.
          assertEquals(labels.get(2), labels.get(6));
          assertEquals(
              List.of(MONO, MONO, MONO, NONE, NONE),
              List.of(labels.get(0), labels.get(1), labels.get(3), labels.get(4), labels.get(5)));
        });
  }

  /// With A the map from (l, r) to the two values of the image, taking a unit from a source that is
  /// one left further changes them by the unit's weights w times its own change, and the probe, the
  /// inverse of A, reads the first number of A⁻¹ w.
  @ParameterizedTest
  @MethodSource("backends")
  void effectsAreThoseOfTheMatrices(final String name) {
    final double determinant = 2.625 * 2.5 - 1.5 * 1.5;
    final double[][] inverse = {
      {2.5 / determinant, -1.5 / determinant}, {-1.5 / determinant, 2.625 / determinant}
    };
    // Of decoder.fc2: the weights into left and right pixels, and how the unit follows l and r.
    final double[][] weights = {{1, 0}, {0, 1}, {1, 1}, {1, 0}, {1, 1}, {0, 0}, {0.5, 0.5}};
    final double[][] follows = {{1, 0}, {0, 1}, {1, 1}, {0.125, 0}, {0, 0}, {1, 0}, {1, 1}};
    with(
        name,
        scene -> {
          final var study = UnitStudy.of(scene, QUESTION, SILENT);
          final int from = study.sites().first(2);
          for (int u = 0; u < weights.length; u++) {
            for (int k = 0; k < 2; k++) {
              final double expected =
                  follows[u][k] * (inverse[k][0] * weights[u][0] + inverse[k][1] * weights[u][1]);
              final var cell = study.measured().effects().at(from + u, k);
              final var text = "unit " + u + ", factor " + k + ", " + cell;
              assertEquals(expected, cell.effect().estimate(), 0.01, text);
              assertEquals(60, cell.effect().n(), text);
              assertEquals(expected == 0 ? 1 : 1e-3, cell.p(), 1e-12, text);
            }
          }
          // A unit of one factor is as specific as can be; one that does nothing has no
          // specificity.
          final var specificity = study.measured().specificity().units();
          assertEquals(1, specificity.get(from).bounded().orElseThrow().estimate(), 1e-3);
          assertTrue(specificity.get(from + 2).bounded().orElseThrow().estimate() < 0.2);
          assertTrue(specificity.get(from + 5).bounded().isEmpty());
          // Re-rendering a factor moves the code that reads it and no other.
          for (int j = 0; j < LinearModel.LATENTS; j++) {
            for (int k = 0; k < 3; k++) {
              final double moved = study.encoding().at(j, k).effect().estimate();
              assertEquals(j == k && j < 2, moved > 0.5, "latent " + j + ", factor " + k);
            }
          }
        });
  }

  @Test
  void underPermutedFactorsAtMostTheNominalShareIsLabelled() {
    with(
        "cpu",
        scene -> {
          final var study = UnitStudy.of(scene, QUESTION, SILENT);
          final var moves = new boolean[study.sites().units()];
          Arrays.fill(moves, true);
          final var rule = new LabelRule(0.05, 0);
          int labelled = 0;
          int all = 0;
          for (int draw = 0; draw < 300; draw++) {
            final var permuted = new ArrayList<FactorChanges>();
            for (final var changes : study.changes().orElseThrow().units()) {
              final var random = new PhiloxRandom(17, Streams.FIRST_FREE, draw, permuted.size());
              permuted.add(changes.relabelled(random.permutation(changes.pairs())));
            }
            final var effects = CarriedEffects.estimates(permuted, new PermutationTest(399, draw));
            for (final var label : rule.labels(effects, moves)) {
              labelled += label == UnitLabel.UNDECIDED ? 0 : 1;
              all++;
            }
          }
          assertTrue(labelled > 0 && labelled <= 0.05 * all, labelled + " of " + all);
        });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void theProfileSaysWhereAFactorIsReadAndCarried(final String name) {
    with(
        name,
        scene -> {
          final var profile = LayerProfile.of(UnitStudy.of(scene, QUESTION, SILENT), SILENT);
          assertEquals(
              List.of("input", "latent.z", "decoder.fc1", "decoder.fc2", "output"),
              profile.sites().stream().map(s -> s.name()).toList());
          assertEquals(2, profile.factors().size());
          for (final var factor : profile.factors()) {
            factor.readable().forEach(r -> assertTrue(r.low() > 0.95, factor::toString));
            // All of it passes the codes, and each later site as a whole.
            for (final var strongest : factor.effective()) {
              assertEquals(1, strongest.whole().estimate(), 0.02, strongest::toString);
            }
          }
          final var left = profile.factors().getFirst().effective();
          assertEquals(List.of(0, 0, 0), left.stream().map(s -> s.unit()).toList());
          assertEquals(1, left.getFirst().effect().estimate(), 0.02);
          assertEquals(2.5 / 4.3125, left.getLast().effect().estimate(), 0.02);
        });
  }

  @Test
  void theSameWhateverTheThreads() {
    final var texts = new ArrayList<String>();
    for (final int threads : new int[] {1, 2}) {
      try (var backend = Backends.open("cpu", new Settings(threads, 1L << 28)).backend();
          var trained = model.on(backend)) {
        final var study = UnitStudy.of(new Scene(trained, data, 41), QUESTION, SILENT);
        texts.add(String.valueOf(study.numbers().get("units")));
      }
    }
    assertEquals(texts.getFirst(), texts.getLast());
  }

  @Test
  void whatCannotBeAskedIsRefused() {
    with(
        "cpu",
        scene -> {
          for (final var wrong :
              List.of(
                  new UnitQuestion(
                      List.of("decoder.fc9"), List.of(), 60, 2, 48, Estimator.BOTH, rule(), 99),
                  new UnitQuestion(
                      List.of("encoder.logvar"), List.of(), 60, 2, 48, Estimator.BOTH, rule(), 99),
                  new UnitQuestion(
                      List.of(), List.of("lfet"), 60, 2, 48, Estimator.BOTH, rule(), 99),
                  new UnitQuestion(
                      List.of(), List.of("round"), 60, 2, 48, Estimator.READOUT, rule(), 99),
                  QUESTION.withInputs(3, 48),
                  QUESTION.withInputs(60, 0))) {
            final var e =
                assertThrows(BadInputException.class, () -> UnitStudy.of(scene, wrong, SILENT));
            assertTrue(e.file().startsWith("--"), e.getMessage());
          }
          final var alone =
              new UnitQuestion(
                  List.of("decoder.fc1"),
                  List.of("right"),
                  60,
                  5,
                  48,
                  Estimator.READOUT,
                  rule(),
                  99);
          final var study = UnitStudy.of(scene, alone, SILENT);
          assertEquals(5, study.measured().labels().size());
          assertFalse(study.oracle().isPresent());
          assertEquals(
              UnitLabel.UNDECIDED, study.measured().labels().getFirst(), "it carries left only");
        });
  }

  private static LabelRule rule() {
    return QUESTION.rule();
  }
}
