package io.patchbay.bench.gpu;

import io.patchbay.engine.Backend;
import io.patchbay.vae.io.NumericArray;
import io.patchbay.vae.io.SafetensorsWriter;
import io.patchbay.vae.train.Representation;
import io.patchbay.vae.train.TrainedVae;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Codes and edited codes that we and PyTorch decode with the same weights, so that both sides'
/// effects can be laid side by side.
final class SameInputs {
  static final String OURS = "ours";
  static final String FILE = "same_inputs.safetensors";
  private static final int ROWS = 64;
  private static final double STEP = 0.5;
  private static final long SEED = 1;

  private SameInputs() {}

  /// Writes the inputs beside the suite's results.
  ///
  /// @param run the folder of a trained model
  /// @return the squared norm of the change of each image
  static List<Double> effects(final Backend backend, final Path run, final Path out) {
    try (var model = TrainedVae.open(run, backend);
        var representation = new Representation(model, ROWS)) {
      final int latents = model.vae().latent();
      final var random = new SplittableRandom(SEED);
      final var codes = new float[ROWS * latents];
      final var changed = new float[ROWS * latents];
      for (int i = 0; i < codes.length; i++) {
        codes[i] = (float) random.nextGaussian();
        changed[i] = (float) (codes[i] + STEP * random.nextGaussian());
      }
      SafetensorsWriter.write(
          out.resolve(FILE),
          Map.of("format", "pt"),
          Map.of(
              "codes", NumericArray.ofFloats(codes, new long[] {ROWS, latents}),
              "changed", NumericArray.ofFloats(changed, new long[] {ROWS, latents})));
      final var before = representation.decode(codes);
      final var after = representation.decode(changed);
      final var effects = new ArrayList<Double>();
      for (int row = 0; row < ROWS; row++) {
        final int size = before.length / ROWS;
        double sum = 0;
        for (int i = row * size; i < (row + 1) * size; i++) {
          final double difference = (double) after[i] - before[i];
          sum += difference * difference;
        }
        effects.add(sum);
      }
      return effects;
    }
  }

  /// The largest difference of effects from PyTorch's in float64, relative to the effect: ours, and
  /// PyTorch's in each precision. Empty where one side has none.
  static Map<String, Double> differences(final Map<?, ?> model, final Map<String, Object> torch) {
    final var found = new LinkedHashMap<String, Double>();
    if (!(torch.get("same_inputs") instanceof final Map<?, ?> theirs)
        || !(model.get("effects") instanceof final List<?> ours)
        || !(effects(theirs, "float64") instanceof final List<?> exact)) {
      return found;
    }
    found.put(OURS, largest(ours, exact));
    for (final var precision : List.of("fp32", "tf32", "bf16")) {
      if (effects(theirs, precision) instanceof final List<?> list) {
        found.put(precision, largest(list, exact));
      }
    }
    return found;
  }

  private static Object effects(final Map<?, ?> theirs, final String precision) {
    return theirs.get(precision) instanceof final Map<?, ?> map
            && map.get("effects") instanceof final List<?> list
        ? list
        : Map.of();
  }

  private static double largest(final List<?> found, final List<?> exact) {
    double largest = found.size() == exact.size() ? 0 : Double.NaN;
    for (int i = 0; i < Math.min(found.size(), exact.size()); i++) {
      if (found.get(i) instanceof final Number a && exact.get(i) instanceof final Number b) {
        final double difference = Math.abs(a.doubleValue() - b.doubleValue());
        largest = Math.max(largest, difference / Math.abs(b.doubleValue()));
      }
    }
    return largest;
  }
}
