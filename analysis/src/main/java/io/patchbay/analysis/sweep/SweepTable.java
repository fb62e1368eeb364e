package io.patchbay.analysis.sweep;

import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.NpyReader;
import java.io.PrintWriter;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The effects of a finished sweep as a table with one row per cell, streamed.
public record SweepTable(
    Path folder,
    List<String> inputs,
    List<String> units,
    List<String> variations,
    List<String> draws) {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// @throws BadInputException when the folder is not that of a finished sweep
  public static SweepTable open(final Path folder) {
    final var file = folder.resolve("axes.json");
    if (!Files.isRegularFile(folder.resolve("DONE")) || !Files.isRegularFile(file)) {
      throw new BadInputException(
          folder, "sweep folder", "no finished sweep", "a folder with DONE, from `sweep --out`");
    }
    try {
      final var axes = JsonMapper.shared().readTree(file);
      final var lists = new ArrayList<List<String>>();
      for (final var name : List.of("input", "unit", "variation", "draw")) {
        lists.add(axes.path(name).valueStream().map(v -> v.asString()).toList());
      }
      return new SweepTable(folder, lists.get(0), lists.get(1), lists.get(2), lists.get(3));
    } catch (final JacksonException e) {
      throw new BadInputException(file, "axes", "not JSON", "what a sweep wrote");
    }
  }

  /// Writes the table as CSV.
  public void write(final PrintWriter out) {
    try (var reader = NpyReader.open(folder.resolve("effects.npy"))) {
      final var expected =
          List.of(
              (long) inputs.size(),
              (long) units.size(),
              (long) variations.size(),
              (long) draws.size());
      if (!reader.header().shape().equals(expected)) {
        throw new BadInputException(
            folder.resolve("effects.npy"),
            "shape",
            reader.header().shape().toString(),
            expected + " as axes.json says");
      }
      out.println("input,unit,variation,draw,effect");
      reader.rows((row, bytes) -> {
        int at = 0;
        for (final var unit : units) {
          for (final var variation : variations) {
            for (final var draw : draws) {
              out.println(
                  inputs.get((int) row)
                      + ","
                      + unit
                      + ",\""
                      + variation
                      + "\","
                      + draw
                      + ","
                      + bytes.get(FLOAT, 4L * at++));
            }
          }
        }
      });
    }
    out.flush();
  }
}
