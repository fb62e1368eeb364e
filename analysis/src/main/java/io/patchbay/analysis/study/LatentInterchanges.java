package io.patchbay.analysis.study;

import io.patchbay.analysis.causal.Interchanges;
import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.intervention.UnitRange;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.patch.Together;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.engine.Axis;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Interchanges of latents at `latent.z`, on a fixed set of base inputs. Encodings and whole
/// reconstructions of the re-rendered inputs are kept, so that other latents of the same inputs
/// cost their decoding alone.
final class LatentInterchanges implements Interchanges, AutoCloseable {
  /// Values that a factor is set to on each input.
  static final int VALUES = 2;

  private static final String Z = "latent.z";

  /// Inputs together on the host's cores.
  private static final int GROUP = 32;

  private final Scene scene;
  private final FactorScenes scenes;
  private final FactorReadOuts readOuts;
  private final long[] rows;
  private final PatchRunner runner;
  private final int latents;
  private final int group;
  private final double[][] clean;
  private final Map<Rerendered, Sources> kept = new HashMap<>();
  private long cells;

  private record Rerendered(int factor, List<Integer> held) {}

  /// @param codes of the re-rendered inputs, `[input * VALUES + value]` rows
  /// @param changes of the read-outs when the whole code is theirs, in the same rows
  private record Sources(float[] codes, double[][] changes) {}

  /// @param rows the base inputs
  LatentInterchanges(
      final Scene scene,
      final FactorScenes scenes,
      final FactorReadOuts readOuts,
      final long[] rows) {
    this.scene = scene;
    this.scenes = scenes;
    this.readOuts = readOuts;
    this.rows = rows.clone();
    this.latents = scene.model().vae().latent();
    this.group =
        Together.inputs(
            scene.model().backend(), GROUP, rows.length, VALUES, latents, scene.imageSize());
    this.runner =
        new PatchRunner(
            scene.subject(),
            VaeGraph.analysis(scene.model().vae(), new Axis("rows")),
            List.of(Z),
            List.of(),
            List.of("output"),
            new Capacity(group, group * VALUES, group * VALUES, latents));
    this.clean = new double[rows.length][];
    for (int from = 0; from < rows.length; from += group) {
      final int count = bases(from);
      run(IntStream.range(0, count).mapToObj(b -> new Cell(b, List.of())).toList(), clean, from);
    }
  }

  /// Makes the inputs from `from` on the bases.
  ///
  /// @return how many
  private int bases(final int from) {
    final var some = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + group));
    runner.bases(scene.images(some));
    return some.length;
  }

  private void run(final List<Cell> batch, final double[][] target, final int from) {
    runner.run(batch);
    cells += batch.size();
    final var read = readOuts.read(runner.value("output"));
    System.arraycopy(read, 0, target, from, read.length);
  }

  /// Cells that were run so far.
  long cells() {
    return cells;
  }

  @Override
  public Responses of(final int factor, final List<Integer> held, final List<Integer> chosen) {
    var sources = kept.get(new Rerendered(factor, held));
    if (sources == null) {
      sources = sources(factor, held);
      kept.put(new Rerendered(factor, List.copyOf(held)), sources);
    }
    final var changes = changes(sources.codes, chosen);
    final int factors = readOuts.factors().size();
    final var sizes = new double[rows.length][factors];
    final var agreements = new double[rows.length][factors];
    for (int i = 0; i < changes.length; i++) {
      for (int l = 0; l < factors; l++) {
        sizes[i / VALUES][l] += Math.abs(changes[i][l]) / VALUES;
        agreements[i / VALUES][l] += changes[i][l] * sources.changes[i][l] / VALUES;
      }
    }
    return new Responses(Matrix.ofRows(sizes), Matrix.ofRows(agreements));
  }

  private Sources sources(final int factor, final List<Integer> held) {
    final int size = scene.imageSize();
    final var codes = new float[rows.length * VALUES * latents];
    for (int from = 0; from < rows.length; from += group) {
      final int count = Math.min(group, rows.length - from);
      final var images = new float[count * VALUES * size];
      for (int i = 0; i < count * VALUES; i++) {
        final long row = rows[from + i / VALUES];
        scenes.rerender(row, factor, held, i % VALUES, scene.seed(), images, i * size);
      }
      runner.sources(images);
      final var encoded = runner.prefixValue(Z);
      System.arraycopy(encoded, 0, codes, from * VALUES * latents, count * VALUES * latents);
    }
    final var all = IntStream.range(0, latents).boxed().toList();
    return new Sources(codes, changes(codes, all));
  }

  /// How every read-out changes when `chosen` latents are those of the sources.
  private double[][] changes(final float[] codes, final List<Integer> chosen) {
    final var unit =
        new Unit("latents", chosen.stream().map(j -> new UnitRange(j, j + 1)).toList());
    final var read = new double[rows.length * VALUES][];
    for (int from = 0; from < rows.length; from += group) {
      final int count = bases(from);
      final int width = VALUES * latents;
      runner.sourceValues(Z, Arrays.copyOfRange(codes, from * width, (from + count) * width));
      final var batch = new ArrayList<Cell>();
      for (int i = 0; i < count * VALUES; i++) {
        batch.add(Cell.of(i / VALUES, Change.interchange(Z, unit, i)));
      }
      run(batch, read, from * VALUES);
    }
    final var changes = new double[read.length][];
    for (int i = 0; i < read.length; i++) {
      final int at = i;
      changes[i] =
          IntStream.range(0, read[i].length)
              .mapToDouble(l -> read[at][l] - clean[at / VALUES][l])
              .toArray();
    }
    return changes;
  }

  @Override
  public void close() {
    runner.close();
  }
}
