package io.patchbay.vae.train;

import io.patchbay.engine.Shape;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.ElementType;
import io.patchbay.vae.io.NumericArray;
import io.patchbay.vae.io.Safetensors;
import io.patchbay.vae.io.SafetensorsWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Named values in a safetensors file, read strictly: exactly the expected names and shapes, and
/// finite numbers.
final class WeightFile {
  private static final List<ElementType> FLOATS =
      List.of(ElementType.F32, ElementType.F64, ElementType.F16, ElementType.BF16);
  private static final int LISTED = 5;

  private WeightFile() {}

  static void write(
      final Path file, final Map<String, Shape> shapes, final Map<String, float[]> values) {
    final var tensors = new LinkedHashMap<String, NumericArray>();
    for (final var entry : shapes.entrySet()) {
      final var data = Objects.requireNonNull(values.get(entry.getKey()), entry.getKey());
      tensors.put(entry.getKey(), NumericArray.ofFloats(data, dims(entry.getValue())));
    }
    SafetensorsWriter.write(file, Map.of("format", "pt"), tensors);
  }

  /// The values of `shapes`.
  ///
  /// @throws BadInputException listing what is missing, what is too much, and what has another
  ///   shape; or naming a number that is not finite
  static Map<String, float[]> read(final Path file, final Map<String, Shape> shapes) {
    try (var tensors = Safetensors.open(file)) {
      final var entries = tensors.entries();
      final var faults = new ArrayList<String>();
      list(
          faults,
          "missing",
          shapes.keySet().stream().filter(n -> !entries.containsKey(n)).toList());
      list(
          faults,
          "unexpected",
          entries.keySet().stream().filter(n -> !shapes.containsKey(n)).toList());
      final var misshapen = new ArrayList<String>();
      final var mistyped = new ArrayList<String>();
      shapes.forEach((name, shape) -> {
        final var entry = entries.get(name);
        if (entry == null) {
          return;
        }
        final var dims = Arrays.stream(dims(shape)).boxed().toList();
        if (!entry.shape().equals(dims)) {
          misshapen.add(name + " " + entry.shape() + " for " + dims);
        }
        if (!FLOATS.contains(entry.type())) {
          mistyped.add(name + " " + entry.type());
        }
      });
      list(faults, "of another shape", misshapen);
      list(faults, "of another type", mistyped);
      if (!faults.isEmpty()) {
        throw new BadInputException(
            file, "tensors", String.join("; ", faults), "exactly the tensors of this model");
      }
      final var values = new LinkedHashMap<String, float[]>();
      for (final var name : shapes.keySet()) {
        final var floats = tensors.read(name).floats();
        checkFinite(file, name, floats);
        values.put(name, floats);
      }
      return values;
    }
  }

  private static void checkFinite(final Path file, final String name, final float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new BadInputException(
            file, name, values[i] + " at element " + i, "numbers that are finite in float32");
      }
    }
  }

  private static void list(final List<String> faults, final String what, final List<String> names) {
    if (!names.isEmpty()) {
      final var more = names.size() > LISTED ? " and " + (names.size() - LISTED) + " more" : "";
      faults.add(
          what + ": " + String.join(", ", names.subList(0, Math.min(LISTED, names.size()))) + more);
    }
  }

  private static long[] dims(final Shape shape) {
    return Arrays.stream(shape.dims()).asLongStream().toArray();
  }
}
