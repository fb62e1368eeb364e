package io.patchbay.analysis.sweep;

import io.patchbay.analysis.report.GuardRun;
import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.ElementType;
import io.patchbay.vae.io.NpyReader;
import io.patchbay.vae.io.NpyWriter;
import io.patchbay.vae.io.NumericArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The files of one sweep.
///
/// @param data what the plan runs on, as the catalogue of data sets takes it
record SweepFolder(Path path, SweepPlan plan, String data) {
  /// `index.csv` is written for at most this many cells; `export` makes it beyond.
  private static final long MOST_ROWS = 1_000_000;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Writes the plan and the probe, or checks that the folder holds the same ones.
  ///
  /// @param shard inputs per shard of a new folder
  /// @param route how a new folder's cells are computed
  /// @return the plan that this folder has
  PlanFile begin(
      final boolean resume,
      final List<JointUnit> units,
      final long[] rows,
      final Map<String, String> environment,
      final Optional<FactorProbe> probe,
      final int shard,
      final Optional<String> route) {
    final var planFile = path.resolve("plan.json");
    final boolean begun = Files.exists(planFile);
    if (begun && !resume) {
      throw new BadInputException(path, "sweep folder", "a sweep", "a new folder, or --resume");
    }
    // The plan comes last: where it is, the probe is too.
    final var of =
        begun ? PlanFile.read(planFile) : new PlanFile(plan, Optional.of(data), shard, route);
    if (!of.plan().equals(plan)) {
      throw another(planFile, "plan");
    }
    final var recorded = of.data().orElse(data);
    if (!recorded.equals(data)) {
      throw new BadInputException(
          planFile, "data", recorded + " here", data + ", or --data " + recorded);
    }
    if (probe.isPresent()) {
      final var file = path.resolve("probe.json");
      final var text = text(probe.get().numbers());
      if (begun) {
        if (!read(file).equals(text)) {
          throw another(file, "probe");
        }
      } else {
        AtomicFiles.write(file, text);
      }
    }
    if (!begun) {
      of.write(planFile);
    }
    create(path.resolve("shards"));
    AtomicFiles.write(path.resolve("axes.json"), text(axes(units, rows)));
    final var made = new LinkedHashMap<String, Object>(environment);
    made.put("seed", plan.seed());
    AtomicFiles.write(path.resolve("environment.json"), text(made));
    return of;
  }

  /// Writes the directions of subspaces, or checks that the folder holds the same ones.
  void keep(final Map<String, SitePatch> patches) {
    patches.forEach((site, patch) -> {
      if (patch instanceof SitePatch.Subspace(var directions)) {
        final var file = path.resolve("directions-" + site + ".npy");
        if (Files.exists(file)) {
          try (var reader = NpyReader.open(file)) {
            if (!Arrays.equals(
                reader.read(4L * directions.values().length).floats(), directions.values())) {
              throw another(file, "set of directions");
            }
          }
        } else {
          NpyWriter.write(
              file,
              NumericArray.ofFloats(directions.values(), directions.count(), directions.size()));
        }
      }
    });
  }

  private static BadInputException another(final Path file, final String what) {
    return new BadInputException(
        file,
        what,
        "another " + what,
        "the " + what + " that this folder was started with, on the same device");
  }

  private Map<String, Object> axes(final List<JointUnit> units, final long[] rows) {
    final var axes = new LinkedHashMap<String, Object>();
    axes.put("effect", plan.meaning());
    axes.put("site", plan.places().stream().map(Place::site).toList());
    axes.put("op", plan.places().stream().map(Place::op).toList());
    axes.put("order", List.of("input", "unit", "variation", "draw"));
    axes.put("input", Arrays.stream(rows).boxed().toList());
    axes.put("unit", units.stream().map(JointUnit::name).toList());
    axes.put("variation", IntStream.range(0, plan.variations()).mapToObj(plan::variation).toList());
    axes.put("draw", IntStream.range(0, plan.columns()).boxed().toList());
    return axes;
  }

  private Path shard(final int index) {
    return path.resolve("shards").resolve("%06d.npy".formatted(index));
  }

  private Path accountOf(final int index) {
    return path.resolve("shards").resolve("%06d.json".formatted(index));
  }

  /// Whether a shard is there, whole, with its account.
  boolean has(final int index, final long elements) {
    final var file = shard(index);
    if (!Files.exists(file) || !Files.exists(accountOf(index))) {
      return false;
    }
    try (var reader = NpyReader.open(file)) {
      return reader.header().elements() == elements;
    }
  }

  void write(final int index, final float[] effects, final Account account) {
    try (var writer = NpyWriter.create(shard(index), ElementType.F32, effects.length)) {
      writer.write(0, effects, 0, effects.length);
      writer.finish();
    }
    AtomicFiles.write(accountOf(index), text(account));
  }

  private Account account(final int index) {
    final var file = accountOf(index);
    try {
      return JSON.readValue(read(file), Account.class);
    } catch (final JacksonException e) {
      throw new BadInputException(file, "account", "not one", "what a sweep wrote");
    }
  }

  /// The sum over the shards.
  ///
  /// @throws IllegalStateException when a cell is missing, or there is one too many
  private Account account(final long cells, final int shards) {
    Account sum = Account.none();
    for (int shard = 0; shard < shards; shard++) {
      sum = sum.plus(account(shard).require("shard=" + shard(shard)));
    }
    return new Account(cells, sum.computed(), sum.deduplicated(), sum.provedZero())
        .require("sweep=" + path);
  }

  /// Joins the shards to `effects.npy`, writes what a reader wants beside it, and `DONE` last.
  ///
  /// @param review looks at all effects
  /// @throws IllegalStateException when the cells of the shards do not add up to the sweep's
  Finished finish(
      final List<JointUnit> units,
      final long[] rows,
      final int inputsPerShard,
      final List<GuardRun> controls,
      final Function<float[], Reviewed> review) {
    final int each = units.size() * plan.variations() * plan.columns();
    final var all = new float[Math.multiplyExact(rows.length, each)];
    final int shards = Math.ceilDiv(rows.length, inputsPerShard);
    final var account = account(all.length, shards);
    try (var writer =
        NpyWriter.create(
            path.resolve("effects.npy"),
            ElementType.F32,
            rows.length,
            units.size(),
            plan.variations(),
            plan.columns())) {
      for (int shard = 0; shard < shards; shard++) {
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
    final var reviewed = review.apply(all);
    final var guards = new ArrayList<>(controls.stream().map(c -> counted(c, account)).toList());
    guards.add(reviewed.recomputed());
    AtomicFiles.write(path.resolve("controls.json"), text(guards));
    AtomicFiles.write(path.resolve("account.json"), text(account));
    if (reviewed.failed().count() > 0) {
      AtomicFiles.write(path.resolve("failed.json"), text(reviewed.failed()));
    }
    AtomicFiles.write(path.resolve("DONE"), "");
    return new Finished(all, account, List.copyOf(guards), reviewed.failed());
  }

  /// What a look at all effects gave.
  ///
  /// @param recomputed some of the cells again, by the dense plan
  record Reviewed(FailedCells failed, GuardRun recomputed) {}

  /// @param effects all of them, `[input][unit][variation][draw]`
  record Finished(float[] effects, Account account, List<GuardRun> controls, FailedCells failed) {}

  private static GuardRun counted(final GuardRun run, final Account account) {
    return new GuardRun(
        run.name(),
        account.cells(),
        account.computed(),
        account.deduplicated(),
        account.provedZero(),
        run.controls());
  }

  private String csv(final List<JointUnit> units, final long[] rows, final float[] effects) {
    final var text = new StringBuilder("input,unit,variation,draw,effect\n");
    int at = 0;
    for (final long row : rows) {
      for (final var unit : units) {
        for (int v = 0; v < plan.variations(); v++) {
          for (int d = 0; d < plan.columns(); d++) {
            text.append(row).append(',').append(unit.name()).append(',');
            text.append('"').append(plan.variation(v)).append("\",").append(d).append(',');
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
