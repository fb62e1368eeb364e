package io.patchbay.analysis.study;

import io.patchbay.analysis.statistics.Bootstrap;
import io.patchbay.analysis.statistics.Interval;
import io.patchbay.analysis.statistics.Matrix;
import io.patchbay.analysis.statistics.RegressionProbe;
import io.patchbay.analysis.statistics.Split;
import io.patchbay.analysis.statistics.Summary;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.vae.data.GenerativeDataset;
import io.patchbay.vae.data.Variable;
import io.patchbay.vae.model.VaeGraph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a model's reconstruction says of a variable when the input is re-rendered under an
/// intervention on another one. A linear probe reads the variable from some rows of pixels of clean
/// reconstructions; it is trained once and its R² on held-out inputs is given. The rows have to
/// show the variable itself and not its causes: a probe that sees these reads the variable from
/// them.
///
/// A change is oriented by the sign of the true change of the variable when its cause is set and
/// its mechanism follows, and divided by the standard deviation of the variable: 0 means that the
/// read-out does not move.
///
/// @param rSquared of the probe on held-out clean reconstructions
/// @param truth the true change when the mechanism follows
/// @param following the read-out's change when the mechanism follows
/// @param held the read-out's change when the variable is held at its own value
public record ReadOutStudy(
    String cause,
    String effect,
    Interval rSquared,
    Interval truth,
    Interval following,
    Interval held) {
  private static final int BATCH = 128;
  private static final double PENALTY = 10;
  private static final double HELD_OUT = 0.25;

  /// @param cause the variable that is set
  /// @param effect the variable that is read out
  /// @param inputs inputs to train and judge the probe on
  /// @param pairs inputs to intervene on
  /// @param top the first row of pixels that the probe sees, counted from the top
  /// @param bottom the row after the last
  public static ReadOutStudy of(
      final Scene scene,
      final GenerativeDataset data,
      final String cause,
      final String effect,
      final int inputs,
      final int pairs,
      final int top,
      final int bottom) {
    if (top < 0 || bottom <= top || bottom > data.shape().height()) {
      throw new IllegalArgumentException(
          "rows outside the image: top=" + top + ", bottom=" + bottom + ", " + data.shape());
    }
    final var bootstrap = Bootstrap.standard(scene.seed());
    final int read = index(data, effect);
    final int set = index(data, cause);
    final var rows = scene.rows(inputs + pairs);
    final var target = new double[inputs];
    final var summary = new Summary();
    final var clean = new double[inputs][];
    for (int i = 0; i < inputs; i++) {
      clean[i] = data.variablesOf(rows[i]);
      target[i] = clean[i][read];
      summary.add(target[i]);
    }
    final var reconstruction = new Reconstruction(scene, data, top, bottom);
    final var probe =
        RegressionProbe.train(
            reconstruction.features(clean),
            target,
            Split.of(inputs, HELD_OUT, scene.seed()),
            PENALTY,
            bootstrap);
    final var base = new double[pairs][];
    final var following = new double[pairs][];
    final var held = new double[pairs][];
    final var variable = data.variables().get(set);
    for (int i = 0; i < pairs; i++) {
      base[i] = data.variablesOf(rows[inputs + i]);
      final var random = new PhiloxRandom(scene.seed(), Streams.FACTORS, i, 0);
      final double value =
          variable.low() + random.nextDouble() * (variable.high() - variable.low());
      following[i] = data.intervene(base[i], Map.of(cause, value), true);
      held[i] = data.intervene(following[i], Map.of(effect, base[i][read]), false);
    }
    final var before = probe.predict(reconstruction.features(base));
    final var after = probe.predict(reconstruction.features(following));
    final var still = probe.predict(reconstruction.features(held));
    final double deviation = summary.deviation();
    final var truth = new double[pairs];
    final var moved = new double[pairs];
    final var stayed = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      final double change = following[i][read] - base[i][read];
      final double sign = Math.signum(change) / deviation;
      truth[i] = Math.abs(change) / deviation;
      moved[i] = sign * (after[i] - before[i]);
      stayed[i] = sign * (still[i] - before[i]);
    }
    return new ReadOutStudy(
        cause,
        effect,
        probe.heldOut(),
        bootstrap.mean(truth),
        bootstrap.mean(moved),
        bootstrap.mean(stayed));
  }

  private static int index(final GenerativeDataset data, final String name) {
    final var names = data.variables().stream().map(Variable::name).toList();
    final int index = names.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException("no such variable: name=" + name + ", known=" + names);
    }
    return index;
  }

  /// The figures by name, for a file.
  public Map<String, Object> numbers() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("cause", cause);
    map.put("effect", effect);
    map.put("probe_r2", rSquared);
    map.put("true_change", truth);
    map.put("read_out_following", following);
    map.put("read_out_held", held);
    return map;
  }

  /// Rows of pixels of reconstructions of rendered images, as features.
  private record Reconstruction(Scene scene, GenerativeDataset data, int top, int bottom) {
    Matrix features(final double[][] variables) {
      final var shape = data.shape();
      final int size = scene.imageSize();
      final int width = shape.width();
      final int height = bottom - top;
      final int features = shape.channels() * height * width;
      final var values = new double[variables.length * features];
      final var axis = new Axis("rows");
      final var graph = VaeGraph.analysis(scene.model().vae(), axis);
      final var output = graph.decoded().output();
      try (var program =
          scene
              .model()
              .backend()
              .load(
                  Plan.of(graph.graph(), List.of(output), Sizes.of(axis, BATCH)),
                  scene.model().weights())) {
        for (int from = 0; from < variables.length; from += BATCH) {
          final int count = Math.min(BATCH, variables.length - from);
          final var images = new float[count * size];
          for (int i = 0; i < count; i++) {
            data.render(variables[from + i], images, i * size);
          }
          program.write(graph.image(), images);
          program.run(Sizes.of(axis, count));
          final var result = program.read(output);
          for (int p = 0; p < result.length; p++) {
            final int y = p / width % shape.height();
            if (y >= top && y < bottom) {
              final int c = p / (width * shape.height()) % shape.channels();
              final int at = (c * height + y - top) * width + p % width;
              values[(from + p / size) * features + at] = result[p];
            }
          }
        }
      }
      return Matrix.of(values, variables.length, features);
    }
  }
}
