package io.patchbay.tests.science;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.intervention.UnitRange;
import io.patchbay.analysis.metric.CircuitModularity;
import io.patchbay.analysis.metric.EffectMass;
import io.patchbay.analysis.metric.InterventionSpecificity;
import io.patchbay.analysis.metric.OrientedEffects;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.study.MediationStudy;
import io.patchbay.analysis.study.Pairs;
import io.patchbay.analysis.study.Scene;
import io.patchbay.analysis.sweep.Sweep;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.TrainedVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Where the decoder is affine, every metric follows from its matrices: do(z_i = v) moves the image
/// by (v - z_i) times column i of the decoder.
class LinearModelTest {
  private static final Settings SETTINGS = new Settings(2, 1L << 28);
  private static final Bootstrap BOOTSTRAP = Bootstrap.standard(1);
  private static final int PIXELS = LinearModel.IMAGE.elements();
  private static final double CLOSE = 1e-5;
  private static final int INPUTS = 11;

  private final LinearModel linear = LinearModel.random(8);
  private final QuarterImages data = new QuarterImages(LinearModel.IMAGE, INPUTS, 21);
  private final double[][] codes = linear.codes(data.images());

  @TempDir private Path folder = Path.of("");

  private static Stream<String> backends() {
    return Backends.providers().stream()
        .filter(p -> p.unavailable().isEmpty())
        .map(BackendProvider::name);
  }

  /// CES(i) = mean |v - z_i| times the length of column i.
  @ParameterizedTest
  @MethodSource("backends")
  void effectStrengthIsTheLengthOfTheColumn(final String name) throws IOException {
    final var decoder = linear.decoder();
    final var plan =
        new SweepPlan("latent.z", "channels", "set", SweepPlan.GRID, 1, 0, 9, "l2", 77);
    try (var backend = Backends.open(name, SETTINGS).backend();
        var model = linear.on(backend)) {
      final var sweep =
          new Sweep(new Scene(model, data, 3).subject(), data, plan, folder.resolve("sweep"));
      final var strength = sweep.run(false, (_, _) -> {}, () -> false).strength().getFirst();
      final var sums = new double[LinearModel.LATENTS];
      final var lines = Files.readAllLines(folder.resolve("sweep").resolve("index.csv"));
      assertEquals(1 + 9 * LinearModel.LATENTS * SweepPlan.GRID.size(), lines.size());
      for (final var line : lines.subList(1, lines.size())) {
        final var fields = line.split(",", -1);
        final int i = Integer.parseInt(fields[1]);
        final double v = Double.parseDouble(fields[2].replace("\"value=", "").replace("\"", ""));
        final double z = codes[Integer.parseInt(fields[0])][i];
        final var column = LinearModel.column(decoder, i);
        final double expected = Math.abs(v - z) * Math.sqrt(LinearModel.dot(column, column));
        assertEquals(expected, Double.parseDouble(fields[4]), CLOSE * (1 + expected), line);
        sums[i] += expected;
      }
      double whole = 0;
      for (int i = 0; i < sums.length; i++) {
        final double expected = sums[i] / (9 * SweepPlan.GRID.size());
        assertTrue(expected > 0.1, "a latent that moves nothing shows nothing");
        assertEquals(expected, strength.units().get(i).estimate(), CLOSE * (1 + expected));
        whole += expected / sums.length;
      }
      assertEquals(whole, strength.model().estimate(), CLOSE * (1 + whole));
    }
  }

  /// The latent grid on every input, as images and activations.
  private void eachCell(final TrainedVae model, final List<String> sites, final Reader reader) {
    final var graph = VaeGraph.analysis(model.vae(), new Axis("rows"));
    final int cells = LinearModel.LATENTS * SweepPlan.GRID.size();
    final var batch = new ArrayList<Cell>();
    for (int i = 0; i < LinearModel.LATENTS; i++) {
      final var unit = new Unit("z" + i, List.of(new UnitRange(i, i + 1)));
      for (final double v : SweepPlan.GRID) {
        batch.add(Cell.of(0, Change.set("latent.z", unit, v)));
      }
    }
    batch.add(new Cell(0, List.of()));
    try (var runner =
        new PatchRunner(
            new Scene(model, data, 1).subject(),
            graph,
            List.of("latent.z"),
            List.of(),
            sites,
            new Capacity(1, 1, cells + 1, 1))) {
      for (int input = 0; input < INPUTS; input++) {
        final var image = new float[PIXELS];
        data.image(input, image, 0);
        runner.bases(image);
        runner.run(batch);
        for (int s = 0; s < sites.size(); s++) {
          final var values = runner.value(sites.get(s));
          final int width = values.length / (cells + 1);
          reader.read(s, input, values, width, cells * width);
        }
      }
    }
  }

  /// Takes the values of a site in every cell of one input, the unchanged run at `base`.
  private interface Reader {
    void read(int site, int input, float[] values, int width, int base);
  }

  /// p is the squared column, whatever the inputs and values are.
  @ParameterizedTest
  @MethodSource("backends")
  void specificityIsTheEntropyOfTheSquaredColumn(final String name) {
    final var decoder = linear.decoder();
    final var mass = new EffectMass(LinearModel.LATENTS, PIXELS, INPUTS);
    try (var backend = Backends.open(name, SETTINGS).backend();
        var model = linear.on(backend)) {
      eachCell(
          model,
          List.of("output"),
          (_, input, values, width, base) -> {
            for (int cell = 0; cell < base / width; cell++) {
              for (int p = 0; p < width; p++) {
                values[cell * width + p] -= values[base + p];
              }
              mass.addSquared(cell / SweepPlan.GRID.size(), input, values, cell * width);
            }
          });
    }
    final var found = InterventionSpecificity.of(mass, BOOTSTRAP);
    double bounded = 0;
    final var paper = new double[LinearModel.LATENTS];
    for (int i = 0; i < LinearModel.LATENTS; i++) {
      final var column = LinearModel.column(decoder, i);
      final double length = LinearModel.dot(column, column);
      double entropy = 0;
      for (final double d : column) {
        entropy -= d == 0 ? 0 : d * d / length * Math.log(d * d / length);
      }
      final var unit = found.units().get(i);
      paper[i] = 1 / (entropy + 1e-6);
      assertEquals(entropy, unit.entropy().orElseThrow(), CLOSE);
      assertEquals(paper[i], unit.paper().orElseThrow().estimate(), CLOSE);
      assertEquals(1 - entropy / Math.log(PIXELS), unit.bounded().orElseThrow().estimate(), CLOSE);
      bounded += (1 - entropy / Math.log(PIXELS)) / LinearModel.LATENTS;
    }
    Arrays.sort(paper);
    assertEquals(bounded, found.bounded().orElseThrow().estimate(), CLOSE);
    assertEquals(paper[1], found.paperMedian().orElseThrow().estimate(), CLOSE);
    assertEquals(LinearModel.LATENTS, found.counted());
  }

  /// da_i is a positive multiple of column i, and a unit's deviation is the root of w^T Cov(z) w.
  @ParameterizedTest
  @MethodSource("backends")
  void modularityIsTheCorrelationOfTheColumns(final String name) {
    final var sites = List.of("decoder.fc1", "decoder.fc2");
    final var layers =
        List.of(linear.first(), LinearModel.product(linear.second(), linear.first()));
    final var effects = new ArrayList<OrientedEffects>();
    for (int s = 0; s < sites.size(); s++) {
      effects.add(
          new OrientedEffects(sites.get(s), LinearModel.LATENTS, layers.get(s).length, INPUTS));
    }
    try (var backend = Backends.open(name, SETTINGS).backend();
        var model = linear.on(backend)) {
      eachCell(
          model,
          sites,
          (s, input, values, width, base) -> {
            for (final float value : values) {
              assertTrue(value > 0, "every unit is open: value=" + value);
            }
            effects.get(s).addBase(values, base);
            for (int cell = 0; cell < base / width; cell++) {
              final int i = cell / SweepPlan.GRID.size();
              final double v = SweepPlan.GRID.get(cell % SweepPlan.GRID.size());
              effects.get(s).add(i, input, v - codes[input][i], values, base, values, cell * width);
            }
          });
    }
    final var found = CircuitModularity.of(effects, new boolean[] {true, true, true}, BOOTSTRAP);
    double mean = 0;
    for (int s = 0; s < sites.size(); s++) {
      final double expected = modularity(layers.get(s));
      final var site = found.sites().get(s);
      assertEquals(0, site.unitsLeftOut());
      assertEquals(expected, site.value().orElseThrow().estimate(), CLOSE, sites.get(s));
      assertTrue(expected > 0.05 && expected < 0.95, "a value that says something: " + expected);
      mean += expected / sites.size();
    }
    assertEquals(mean, found.model().orElseThrow().estimate(), CLOSE);
  }

  private double modularity(final double[][] layer) {
    final var scaled = new double[LinearModel.LATENTS][layer.length];
    for (int u = 0; u < layer.length; u++) {
      double sum = 0;
      double squares = 0;
      for (final var z : codes) {
        final double activation = LinearModel.dot(layer[u], z);
        sum += activation / codes.length;
        squares += activation * activation / codes.length;
      }
      for (int i = 0; i < LinearModel.LATENTS; i++) {
        scaled[i][u] = layer[u][i] / Math.sqrt(squares - sum * sum);
      }
    }
    double absolute = 0;
    int pairs = 0;
    for (int i = 0; i < LinearModel.LATENTS; i++) {
      for (int j = 0; j < i; j++) {
        absolute += Math.abs(correlation(scaled[i], scaled[j]));
        pairs++;
      }
    }
    return 1 - absolute / pairs;
  }

  private static double correlation(final double[] a, final double[] b) {
    final double meanA = Arrays.stream(a).average().orElseThrow();
    final double meanB = Arrays.stream(b).average().orElseThrow();
    final var centredA = Arrays.stream(a).map(x -> x - meanA).toArray();
    final var centredB = Arrays.stream(b).map(x -> x - meanB).toArray();
    return LinearModel.dot(centredA, centredB)
        / Math.sqrt(LinearModel.dot(centredA, centredA) * LinearModel.dot(centredB, centredB));
  }

  /// With c the change of the image and c_m the part of it that goes through the mediators, NIE is
  /// the projection of c_m on c and NDE that of the rest; there is no interaction.
  @ParameterizedTest
  @MethodSource("backends")
  void mediationSplitsTheChangeOfTheImage(final String name) {
    try (var backend = Backends.open(name, SETTINGS).backend();
        var model = linear.on(backend)) {
      final var scene = new Scene(model, data, 13);
      final var first = LinearModel.product(linear.first(), linear.encode());
      final var second = LinearModel.product(linear.second(), first);
      mediation(scene, "latent.z", linear.encode(), linear.decoder());
      mediation(scene, "decoder.fc1", first, LinearModel.product(linear.last(), linear.second()));
      mediation(scene, "decoder.fc2", second, linear.last());
    }
  }

  /// @param before from the input to the site
  /// @param after from the site to the image
  private void mediation(
      final Scene scene, final String site, final double[][] before, final double[][] after) {
    final int count = 17;
    final var pairs = Pairs.random(scene, count);
    final var study = MediationStudy.of(scene, site, "channels", null, count);
    assertTrue(study.passed(), () -> site + ": " + study.rows());
    assertEquals(before.length, study.rows().size());
    for (int unit = 0; unit < before.length; unit++) {
      double indirect = 0;
      int moving = 0;
      for (int i = 0; i < count; i++) {
        final var difference = new double[PIXELS];
        final var from = new float[PIXELS];
        final var to = new float[PIXELS];
        data.image(pairs.bases()[i], from, 0);
        data.image(pairs.sources()[i], to, 0);
        for (int p = 0; p < PIXELS; p++) {
          difference[p] = to[p] - from[p];
        }
        final var moved = LinearModel.times(before, difference);
        final var change = LinearModel.times(after, moved);
        final double length = LinearModel.dot(change, change);
        if (length > 0) {
          final var part = LinearModel.column(after, unit);
          indirect += moved[unit] * LinearModel.dot(part, change) / length;
          moving++;
        }
      }
      indirect /= moving;
      final var effects = study.rows().get(unit).effects();
      final var text = site + " " + unit;
      assertEquals(moving, effects.pairs(), text);
      assertEquals(1, effects.total().mean().estimate(), CLOSE, text);
      assertEquals(indirect, effects.naturalIndirect().mean().estimate(), CLOSE, text);
      assertEquals(1 - indirect, effects.naturalDirect().mean().estimate(), CLOSE, text);
      assertEquals(indirect, effects.totalIndirect().mean().estimate(), CLOSE, text);
      assertEquals(0, effects.interaction().mean().estimate(), CLOSE, text);
      final var controlled = effects.controlledDirect().getFirst().mean().estimate();
      assertEquals(1 - indirect, controlled, CLOSE, text);
      assertEquals(indirect, effects.mediated().orElseThrow().estimate(), CLOSE, text);
    }
  }
}
