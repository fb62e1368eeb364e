package io.patchbay.analysis.sweep;

import io.patchbay.analysis.intervention.Unit;
import io.patchbay.analysis.report.GuardRun;
import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.ElementType;
import io.patchbay.vae.io.NpyReader;
import io.patchbay.vae.io.NpyWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/// The files of one sweep.
record SweepFolder(Path path, SweepPlan plan) {
  /// `index.csv` is written for at most this many cells; `export` makes it beyond.
  private static final long MOST_ROWS = 1_000_000;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Writes the plan, or checks that the folder holds the same one.
  void begin(final boolean resume, final List<Unit> units, final long[] rows, final String device) {
    final var file = path.resolve("plan.json");
    final var text = text(plan.toMap());
    if (Files.exists(file)) {
      if (!resume) {
        throw new BadInputException(path, "sweep folder", "a sweep", "a new folder, or --resume");
      }
      if (!read(file).equals(text)) {
        throw new BadInputException(
            file, "plan", "another plan", "the plan that this folder was started with");
      }
    } else {
      AtomicFiles.write(file, text);
    }
    create(path.resolve("shards"));
    AtomicFiles.write(path.resolve("axes.json"), text(axes(units, rows)));
    AtomicFiles.write(
        path.resolve("environment.json"),
        text(
            Map.of(
                "device", device,
                "java", Runtime.version().toString(),
                "seed", plan.seed())));
  }

  private Map<String, Object> axes(final List<Unit> units, final long[] rows) {
    final var axes = new LinkedHashMap<String, Object>();
    axes.put("order", List.of("input", "unit", "variation", "draw"));
    axes.put("input", Arrays.stream(rows).boxed().toList());
    axes.put("unit", units.stream().map(Unit::name).toList());
    axes.put("variation", IntStream.range(0, plan.variations()).mapToObj(this::variation).toList());
    axes.put("draw", IntStream.range(0, plan.columns()).boxed().toList());
    return axes;
  }

  private String variation(final int index) {
    final int sources = plan.variations() / Math.max(1, plan.values().size());
    final var value = plan.values().isEmpty() ? "" : "value=" + plan.values().get(index / sources);
    final var source = sources > 1 ? "source=" + index % sources : "";
    return value + (value.isEmpty() || source.isEmpty() ? "" : ",") + source;
  }

  private Path shard(final int index) {
    return path.resolve("shards").resolve("%06d.npy".formatted(index));
  }

  /// Whether a shard is there, whole.
  boolean has(final int index, final long elements) {
    final var file = shard(index);
    if (!Files.exists(file)) {
      return false;
    }
    try (var reader = NpyReader.open(file)) {
      return reader.header().elements() == elements;
    }
  }

  void write(final int index, final float[] effects) {
    try (var writer = NpyWriter.create(shard(index), ElementType.F32, effects.length)) {
      writer.write(0, effects, 0, effects.length);
      writer.finish();
    }
  }

  /// Joins the shards to `effects.npy`, writes what a reader wants beside it, and `DONE` last.
  ///
  /// @return all effects, `[input][unit][variation][draw]`
  float[] finish(
      final List<Unit> units,
      final long[] rows,
      final int inputsPerShard,
      final List<GuardRun> controls) {
    final int each = units.size() * plan.variations() * plan.columns();
    final var all = new float[Math.multiplyExact(rows.length, each)];
    try (var writer =
        NpyWriter.create(
            path.resolve("effects.npy"),
            ElementType.F32,
            rows.length,
            units.size(),
            plan.variations(),
            plan.columns())) {
      for (int shard = 0; shard * inputsPerShard < rows.length; shard++) {
        final int from = shard * inputsPerShard * each;
        try (var reader = NpyReader.open(shard(shard))) {
          final var part = reader.read(4L * inputsPerShard * each).floats();
          System.arraycopy(part, 0, all, from, part.length);
          writer.write(from, part, 0, part.length);
        }
      }
      writer.finish();
    }
    if (all.length <= MOST_ROWS) {
      AtomicFiles.write(path.resolve("index.csv"), csv(units, rows, all));
    }
    AtomicFiles.write(path.resolve("controls.json"), text(controls));
    AtomicFiles.write(path.resolve("DONE"), "");
    return all;
  }

  private String csv(final List<Unit> units, final long[] rows, final float[] effects) {
    final var text = new StringBuilder("input,unit,variation,draw,effect\n");
    int at = 0;
    for (final long row : rows) {
      for (final var unit : units) {
        for (int v = 0; v < plan.variations(); v++) {
          for (int d = 0; d < plan.columns(); d++) {
            text.append(row).append(',').append(unit.name()).append(',');
            text.append('"').append(variation(v)).append("\",").append(d).append(',');
            text.append(effects[at++]).append('\n');
          }
        }
      }
    }
    return text.toString();
  }

  private static String text(final Object value) {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
  }

  private static String read(final Path file) {
    try {
      return Files.readString(file);
    } catch (final IOException e) {
      throw BadInputException.unreadable(file.toString(), "file", e);
    }
  }

  private static void create(final Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (final IOException e) {
      throw new UncheckedIOException(folder + ": cannot be made: " + e.getMessage(), e);
    }
  }
}
