package io.patchbay.analysis.study;

import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.intervention.UnitRange;
import io.patchbay.analysis.metric.EffectCube;
import io.patchbay.analysis.metric.EffectMass;
import io.patchbay.analysis.metric.FactorCells;
import io.patchbay.analysis.metric.OrientedEffects;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.patch.Together;
import io.patchbay.engine.Axis;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Level two, perturbing latents: do(z_i = v) for every latent over a grid of values, with z =
/// mu(x) elsewhere.
///
/// @param effects the norm of the change of the image, `[latent][input][value]`
/// @param places squared change of every pixel, per latent
/// @param circuits how latents move the units of each decoder site; empty when not asked for
/// @param factors F by the oracle of the renderer; empty when not asked for
/// @param traversal the images of the first input, `[latent][value]`
/// @param recordedInputs inputs behind `circuits` and `factors`
record LatentStudy(
    EffectCube effects,
    EffectMass places,
    List<OrientedEffects> circuits,
    Optional<FactorCells> factors,
    float[][][] traversal,
    int recordedInputs) {
  /// The paper's grid.
  static final List<Double> GRID = List.of(-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0);

  private static final String Z = "latent.z";

  /// Inputs together on the host's cores.
  private static final int BASES = 4;

  /// Effects alone, the image never leaving the kernel.
  static EffectCube effects(final Scene scene, final long[] rows) {
    final int d = scene.model().vae().latent();
    final var cube = new float[d * rows.length * GRID.size()];
    final int bases = together(scene, rows.length, 1);
    try (var runner = runner(scene, List.of(), bases)) {
      for (int from = 0; from < rows.length; from += bases) {
        final var group = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + bases));
        runner.bases(scene.images(group));
        runner.run(cells(group.length, d));
        store(runner.effect(Effect.IMAGE), cube, from, group.length, d, rows.length);
      }
    }
    return new EffectCube(cube, d, rows.length, GRID.size());
  }

  /// Everything, with decoder activations and counterfactual images for the first `recorded`
  /// inputs.
  static LatentStudy of(final Scene scene, final long[] rows, final int recorded) {
    final int d = scene.model().vae().latent();
    final int size = scene.imageSize();
    final var cube = new float[d * rows.length * GRID.size()];
    final var places = new EffectMass(d, size, rows.length);
    final var traversal = new float[d][GRID.size()][];
    final var counterfactuals =
        scene.data().factors().isEmpty()
            ? Optional.<Counterfactuals>empty()
            : Optional.of(Counterfactuals.of(scene.data()));
    final int inputs = Math.min(recorded, rows.length);
    final var factors = counterfactuals.map(c -> new FactorCells(d, c.names().size(), inputs));
    final var circuits = circuits(scene, Arrays.copyOf(rows, inputs));
    final int bases = together(scene, rows.length, size);
    try (var runner = runner(scene, List.of("output"), bases)) {
      for (int from = 0; from < rows.length; from += bases) {
        final var group = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + bases));
        final var images = scene.images(group);
        runner.bases(images);
        runner.run(cells(group.length, d));
        store(runner.effect(Effect.IMAGE), cube, from, group.length, d, rows.length);
        final var changed = runner.value("output");
        final var base = runner.prefixValue("output");
        if (from == 0) {
          keep(changed, traversal, size);
        }
        subtract(changed, base, group.length, size);
        for (int b = 0; b < group.length; b++) {
          for (int cell = 0; cell < d * GRID.size(); cell++) {
            final int at = (b * d * GRID.size() + cell) * size;
            places.addSquared(cell / GRID.size(), from + b, changed, at);
          }
          if (from + b < inputs) {
            final int input = from + b;
            final long row = group[b];
            final var image = Arrays.copyOfRange(images, b * size, (b + 1) * size);
            final int start = b * d * GRID.size() * size;
            counterfactuals.ifPresent(
                c -> oracle(c, row, image, changed, start, input, factors.orElseThrow()));
          }
        }
      }
    }
    return new LatentStudy(
        new EffectCube(cube, d, rows.length, GRID.size()),
        places,
        circuits,
        factors,
        traversal,
        inputs);
  }

  /// Inputs whose cells run together.
  ///
  /// @param read numbers that are read of each cell
  private static int together(final Scene scene, final int inputs, final int read) {
    final int cells = scene.model().vae().latent() * GRID.size();
    return Together.inputs(scene.model().backend(), BASES, inputs, cells, 1, read);
  }

  private static PatchRunner runner(final Scene scene, final List<String> values, final int bases) {
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows"));
    final int cells = bases * scene.model().vae().latent() * GRID.size();
    return new PatchRunner(
        scene.subject(),
        graph,
        List.of(Z),
        List.of(Effect.IMAGE),
        values,
        new Capacity(bases, 1, cells, 1));
  }

  private static List<Cell> cells(final int bases, final int latents) {
    final var cells = new ArrayList<Cell>();
    for (int b = 0; b < bases; b++) {
      for (int i = 0; i < latents; i++) {
        final var unit = latent(i);
        for (final double value : GRID) {
          cells.add(Cell.of(b, Change.set(Z, unit, value)));
        }
      }
    }
    return cells;
  }

  static Unit latent(final int index) {
    return new Unit(Integer.toString(index), List.of(new UnitRange(index, index + 1)));
  }

  private static void store(
      final float[] effects,
      final float[] cube,
      final int firstInput,
      final int bases,
      final int latents,
      final int inputs) {
    final int values = GRID.size();
    for (int b = 0; b < bases; b++) {
      for (int i = 0; i < latents; i++) {
        final int to = (i * inputs + firstInput + b) * values;
        System.arraycopy(effects, (b * latents + i) * values, cube, to, values);
      }
    }
  }

  private static void keep(final float[] images, final float[][][] traversal, final int size) {
    for (int i = 0; i < traversal.length; i++) {
      for (int v = 0; v < GRID.size(); v++) {
        final int at = (i * GRID.size() + v) * size;
        traversal[i][v] = Arrays.copyOfRange(images, at, at + size);
      }
    }
  }

  private static void subtract(
      final float[] changed, final float[] base, final int bases, final int size) {
    final int cells = changed.length / size / bases;
    for (int b = 0; b < bases; b++) {
      for (int i = 0; i < cells * size; i++) {
        changed[b * cells * size + i] -= base[b * size + i % size];
      }
    }
  }

  private static void oracle(
      final Counterfactuals counterfactuals,
      final long row,
      final float[] image,
      final float[] differences,
      final int start,
      final int input,
      final FactorCells factors) {
    final int size = image.length;
    for (int k = 0; k < factors.factors(); k++) {
      final var others = counterfactuals.images(row, k).toArray(float[][]::new);
      for (final var other : others) {
        for (int p = 0; p < size; p++) {
          other[p] -= image[p];
        }
      }
      final double[] values =
          IntStream.range(0, factors.units() * GRID.size())
              .parallel()
              .mapToDouble(cell -> FactorCells.oracle(differences, start + cell * size, others))
              .toArray();
      for (int cell = 0; cell < values.length; cell++) {
        factors.add(cell / GRID.size(), k, input, values[cell]);
      }
    }
  }

  /// The signed effects on every decoder site after its activation.
  private static List<OrientedEffects> circuits(final Scene scene, final long[] rows) {
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows"));
    final var sites =
        graph.graph().sites().entrySet().stream()
            .filter(e -> e.getKey().startsWith("decoder.") && !e.getKey().endsWith(".pre"))
            .toList();
    final int d = scene.model().vae().latent();
    final var effects = new ArrayList<OrientedEffects>();
    final var names = new ArrayList<String>();
    for (final var site : sites) {
      names.add(site.getKey());
      effects.add(
          new OrientedEffects(
              site.getKey(),
              d,
              site.getValue().shape().rowSize(),
              rows.length,
              Math.min(rows.length, 8)));
    }
    final var unpatched = new ArrayList<>(cells(1, d));
    // The last cell changes nothing: it is the base.
    unpatched.add(new Cell(0, List.of()));
    try (var runner =
        new PatchRunner(
            scene.subject(),
            graph,
            List.of(Z),
            List.of(),
            names,
            new Capacity(1, 1, unpatched.size(), 1))) {
      for (int input = 0; input < rows.length; input++) {
        runner.bases(scene.images(new long[] {rows[input]}));
        runner.run(unpatched);
        final var z = runner.prefixValue(Z);
        for (int s = 0; s < names.size(); s++) {
          record(effects.get(s), runner.value(names.get(s)), z, input);
        }
      }
    }
    return effects;
  }

  private static void record(
      final OrientedEffects effects, final float[] values, final float[] z, final int input) {
    final int units = effects.units();
    final int base = effects.latents() * GRID.size() * units;
    effects.addBase(values, base);
    for (int cell = 0; cell < effects.latents() * GRID.size(); cell++) {
      final int latent = cell / GRID.size();
      final double orientation = GRID.get(cell % GRID.size()) - z[latent];
      for (int u = 0; u < units; u++) {
        values[cell * units + u] -= values[base + u];
      }
      effects.addDifference(latent, input, orientation, values, cell * units);
    }
  }
}
