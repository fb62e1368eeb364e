package io.patchbay.analysis.sweep.folder;

import io.patchbay.vae.io.BadInputException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The effects of a finished sweep as a table with one row per cell, streamed.
public record SweepTable(
    Path folder,
    List<String> inputs,
    List<String> units,
    List<String> variations,
    List<String> draws) {
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
        final var list = axes.path(name);
        final boolean numbers = name.equals("input") || name.equals("draw");
        if (numbers && !list.valueStream().allMatch(JsonNode::isIntegralNumber)) {
          throw new BadInputException(file, name, list.toString(), "whole numbers");
        }
        lists.add(list.valueStream().map(JsonNode::asString).toList());
      }
      return new SweepTable(folder, lists.get(0), lists.get(1), lists.get(2), lists.get(3));
    } catch (final JacksonException e) {
      throw new BadInputException(file, "axes", "not JSON", "what a sweep wrote");
    }
  }

  /// Writes the table as CSV.
  public void write(final PrintWriter out) {
    cells(
        () -> out.println("input,unit,variation,draw,effect"),
        cell ->
            out.println(
                cell.input()
                    + ","
                    + cell.unit()
                    + ",\""
                    + cell.variation()
                    + "\","
                    + cell.draw()
                    + ","
                    + cell.effect()));
    out.flush();
  }

  /// Writes the table as a JSON list, one object per line with the columns of the CSV; the effect
  /// of a failed cell is null.
  public void writeJson(final PrintWriter out) {
    final var separator = new StringBuilder();
    cells(
        () -> out.println("["),
        cell -> {
          final var row = new LinkedHashMap<String, @Nullable Object>();
          row.put("input", Long.valueOf(cell.input()));
          row.put("unit", cell.unit());
          row.put("variation", cell.variation());
          row.put("draw", Integer.valueOf(cell.draw()));
          row.put("effect", Float.isFinite(cell.effect()) ? cell.effect() : null);
          out.print(separator);
          out.print("  " + JsonMapper.shared().writeValueAsString(row));
          separator.setLength(0);
          separator.append(",").append(System.lineSeparator());
        });
    out.println();
    out.println("]");
    out.flush();
  }

  private record Row(String input, String unit, String variation, String draw, float effect) {}

  /// @param begin runs once the files are known to fit together, before the first cell
  private void cells(final Runnable begin, final Consumer<Row> each) {
    final int[] sizes = {inputs.size(), units.size(), variations.size(), draws.size()};
    final var shape = Arrays.stream(sizes).mapToObj(Long::valueOf).toList();
    try (var effects = SweepEffects.open(folder.resolve(SweepFolder.EFFECTS), shape)) {
      begin.run();
      effects.read(
          0,
          effects.count(),
          (from, values, count) -> {
            for (int i = 0; i < count; i++) {
              final long cell = from + i;
              final int inner = (int) (cell % effects.inner());
              each.accept(
                  new Row(
                      inputs.get((int) (cell / effects.each())),
                      units.get((int) (cell % effects.each() / effects.inner())),
                      variations.get(inner / draws.size()),
                      draws.get(inner % draws.size()),
                      values[i]));
            }
          });
    }
  }
}
