package io.patchbay.bench.gpu;

import io.patchbay.vae.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Runs the sections one after the other, each within its time and its own JVM, and after each of
/// them writes `gpu-suite.json` and `gpu-suite.md` anew.
final class Suite {
  private static final double LEAST_SECONDS = 6;
  private static final double ENDING_SECONDS = 3;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final SuiteOptions options;
  private final Path out;
  private final Consumer<String> progress;
  private final long start = System.nanoTime();
  private final Map<String, Object> results = new LinkedHashMap<>();
  private final List<Map<String, Object>> log = new ArrayList<>();

  Suite(final SuiteOptions options, final Path out, final Consumer<String> progress) {
    this.options = options;
    this.out = out;
    this.progress = progress;
  }

  /// Every section in the order in which they run: what others build on first, then what matters
  /// most for its time.
  static List<Section> sections(final int torchSeconds) {
    return List.of(
        new Ceilings(),
        Conformance.whole(),
        new OwnOps(),
        new NetTimings(),
        new Products(),
        new ModelSection(),
        new SweepTimings(),
        new EffectSizes(),
        new Determinism(),
        new TorchPeer(torchSeconds),
        new GradientChecks(),
        new TrainingRuns(),
        new ArchitectureTimings(),
        new Sanitizer());
  }

  static List<String> names() {
    return sections(0).stream().map(Section::name).toList();
  }

  /// The section of a name, those too that other sections start.
  static Section section(final String name) {
    final var once = Conformance.once();
    return name.equals(once.name())
        ? once
        : sections(0).stream()
            .filter(section -> section.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no such section: name=" + name));
  }

  /// Runs what was asked for.
  ///
  /// @return whether every section came to its end and found no fault
  boolean run() throws IOException, InterruptedException {
    Files.createDirectories(out);
    boolean fine = true;
    for (final var section : sections(options.torchSeconds())) {
      if (!options.wants(section.name())) {
        continue;
      }
      final var entry = new LinkedHashMap<String, Object>();
      entry.put("name", section.name());
      log.add(entry);
      final double seconds = Math.min(section.seconds(), left() - ENDING_SECONDS);
      if (seconds < LEAST_SECONDS) {
        entry.put("status", "skipped");
        entry.put("why", String.format(Locale.ROOT, "%.0f s left", left()));
      } else {
        progress.accept(
            String.format(Locale.ROOT, "%s (at most %.0f s) ...", section.name(), seconds));
        final long began = System.nanoTime();
        entry.put("status", status(section, seconds));
        entry.put("seconds", Math.round((System.nanoTime() - began) * 1e-8) / 10.0);
      }
      final boolean held = held(entry, results.get(section.name()));
      fine &= held;
      write();
      progress.accept(
          section.name() + ": " + entry.get("status") + (held ? "" : ", see gpu-suite.md"));
    }
    return fine;
  }

  private static boolean held(final Map<String, Object> entry, final @Nullable Object result) {
    final boolean passed =
        !(result instanceof final Map<?, ?> map) || !Boolean.FALSE.equals(map.get("passed"));
    final var status = String.valueOf(entry.get("status"));
    return passed && status.equals("done");
  }

  private double left() {
    return 60 * options.minutes() - (System.nanoTime() - start) * 1e-9;
  }

  private String status(final Section section, final double seconds)
      throws IOException, InterruptedException {
    if (section.runsHere()) {
      final var bench =
          new Bench(options, out, seconds, r -> results.put(section.name(), r), results);
      try {
        results.put(section.name(), section.run(bench));
        return "done";
      } catch (final InterruptedException e) {
        throw e;
      } catch (final Exception e) {
        return "failed: " + e;
      }
    }
    final var file = Files.createTempFile("patchbay-section", ".json");
    final int status =
        ChildJvm.run(
            ChildJvm.command(section, options, file, out, seconds - ENDING_SECONDS), seconds);
    final var text = Files.readString(file);
    Files.deleteIfExists(file);
    if (!text.isBlank()) {
      results.put(section.name(), JSON.readValue(text, Map.class));
    }
    return switch (status) {
      case 0 -> "done";
      case ChildJvm.LATE -> "out of time";
      default -> "failed: status " + status;
    };
  }

  private void write() throws IOException {
    final var torch = TorchPeer.measured(out);
    final var all = new LinkedHashMap<String, Object>();
    all.put("suite", "patchbay gpu-suite");
    all.put("device", options.device());
    all.put("tiny", options.tiny());
    all.put("seconds", Math.round((System.nanoTime() - start) * 1e-8) / 10.0);
    all.put("sections", log);
    final var ceiling = Ceiling.of(results, torch);
    all.put("ceiling", ceiling.json());
    all.put("results", results);
    final var ratios = RatioTable.of(rows(), torch);
    all.put("ratios", ratios.json());
    AtomicFiles.write(out.resolve("gpu-suite.json"), JSON.writeValueAsString(all) + "\n");
    AtomicFiles.write(
        out.resolve("gpu-suite.md"), SuiteTable.text(log, results, rows(), torch, ceiling, ratios));
  }

  /// The timed rows of all sections.
  private List<Map<?, ?>> rows() {
    final var rows = new ArrayList<Map<?, ?>>();
    for (final var section : List.of("net", "architectures", "sweeps")) {
      if (results.get(section) instanceof final Map<?, ?> result
          && result.get("rows") instanceof final List<?> list) {
        list.forEach(row -> {
          if (row instanceof final Map<?, ?> map) {
            rows.add(map);
          }
        });
      }
    }
    return rows;
  }
}
