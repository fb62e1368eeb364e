package io.patchbay.analysis.sweep.folder;

import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.analysis.patch.GuardRun;
import io.patchbay.analysis.patch.SitePatch;
import io.patchbay.analysis.sweep.route.Ladder;
import io.patchbay.engine.PatchForm;
import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.ElementType;
import io.patchbay.vae.io.JsonText;
import io.patchbay.vae.io.NpyFloats;
import io.patchbay.vae.io.NpyReader;
import io.patchbay.vae.io.NpyWriter;
import io.patchbay.vae.io.NumericArray;
import io.patchbay.vae.io.PendingFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The files of one sweep.
///
/// @param data what the plan runs on, as the catalogue of data sets takes it
public record SweepFolder(Path path, SweepPlan plan, String data) {
  /// `index.csv` is written for at most this many cells; `export` makes it beyond.
  private static final long MOST_ROWS = 1_000_000;

  /// Bytes.
  private static final int DISK_PER_CELL = 8;

  static final String EFFECTS = "effects.npy";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Refuses a new sweep whose effects the disk has no room for, in shards and joined.
  public void requireRoom(final long cells) {
    if (Files.exists(path.resolve("plan.json"))) {
      return;
    }
    Path there = path.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    final long most;
    try {
      most = Files.getFileStore(there).getUsableSpace() / DISK_PER_CELL;
    } catch (final IOException e) {
      throw BadInputException.unreadable(there.toString(), "folder", e);
    }
    if (cells > most) {
      throw new BadInputException(
          "--inputs", "cells", "" + cells, "at most " + most + ", which this disk has room for");
    }
  }

  /// How cells are computed.
  ///
  /// @param route empty where there is nothing to choose
  /// @param ladder under it, where there is one
  public record Chosen(Optional<String> route, Optional<Ladder> ladder) {}

  private PlanFile file(final Chosen of, final int shard, final Optional<PatchForm> own) {
    final var how = own.map(PatchForm::how);
    return new PlanFile(plan, Optional.of(data), shard, of.route(), how, of.ladder());
  }

  /// Writes the plan and the probe, or checks that the folder holds the same ones.
  ///
  /// @param shard inputs per shard of a new folder
  /// @param chosen how a new folder's cells are computed; asked for a new folder alone
  /// @param own how ops of the user's own are computed here, where there are any
  /// @return the plan that this folder has
  public PlanFile begin(
      final boolean resume,
      final List<JointUnit> units,
      final long[] rows,
      final Map<String, String> environment,
      final Optional<FactorProbe> probe,
      final int shard,
      final Supplier<Chosen> chosen,
      final Optional<PatchForm> own) {
    final var planFile = path.resolve("plan.json");
    final boolean begun = Files.exists(planFile);
    if (begun && !resume) {
      throw new BadInputException(path, "sweep folder", "a sweep", "a new folder, or --resume");
    }
    // The plan comes last: where it is, the probe is too.
    final var of = begun ? PlanFile.read(planFile) : file(chosen.get(), shard, own);
    if (!of.plan().equals(plan)) {
      throw another(planFile, "plan");
    }
    final var recorded = of.data().orElse(data);
    if (!recorded.equals(data)) {
      throw new BadInputException(
          planFile, "data", recorded + " here", data + ", or --data " + recorded);
    }
    if (own.isPresent() && !of.own().orElse(own.get().how()).equals(own.get().how())) {
      throw new BadInputException(
          planFile,
          "own_ops",
          own.get() + " here",
          of.own().orElse("") + ", as this folder was started: other bits do not mix");
    }
    if (probe.isPresent()) {
      final var file = path.resolve("probe.json");
      final var text = JsonText.of(probe.get().numbers());
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
    tidy(path);
    tidy(path.resolve("shards"));
    JsonText.write(path.resolve("axes.json"), axes(units, rows));
    write(environment, Map.of());
    return of;
  }

  /// Writes where the sweep ran.
  ///
  /// @param more that is known of it
  void write(final Map<String, String> environment, final Map<String, Object> more) {
    final var made = new LinkedHashMap<String, Object>(environment);
    made.put("seed", plan.seed());
    made.putAll(more);
    JsonText.write(path.resolve("environment.json"), made);
  }

  /// Writes the directions of subspaces, or checks that the folder holds the same ones.
  public void keep(final Map<String, SitePatch> patches) {
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

  /// Removes what a process that was killed had not finished writing.
  private static void tidy(final Path folder) {
    try (var files = Files.newDirectoryStream(folder, ".*.part")) {
      for (final var file : files) {
        Files.deleteIfExists(file);
      }
    } catch (final IOException e) {
      throw new UncheckedIOException(folder + ": cannot be tidied: " + e.getMessage(), e);
    }
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
  public boolean has(final int index, final long elements) {
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
    JsonText.write(accountOf(index), account);
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
    return new Account(cells, sum.computed(), sum.deduplicated(), sum.provedZero(), sum.again())
        .require("sweep=" + path);
  }

  /// Joins the shards to `effects.npy`, piece by piece.
  ///
  /// @return what became of the cells
  /// @throws IllegalStateException when the cells of the shards do not add up to the sweep's
  public Account join(final List<JointUnit> units, final long[] rows, final int inputsPerShard) {
    final long inputs = rows.length;
    final long each = (long) units.size() * plan.variations() * plan.columns();
    final int shards = Math.toIntExact(Math.ceilDiv(inputs, inputsPerShard));
    final var account = account(inputs * each, shards);
    final var shape = shape(units, rows).stream().mapToLong(Long::longValue).toArray();
    try (var writer = NpyWriter.create(path.resolve(EFFECTS), ElementType.F32, shape)) {
      final var piece = new float[SweepEffects.PIECE];
      long at = 0;
      for (int shard = 0; shard < shards; shard++) {
        try (var reader = NpyFloats.open(shard(shard))) {
          final long length = reader.header().elements();
          for (long from = 0; from < length; from += piece.length) {
            final int count = (int) Math.min(piece.length, length - from);
            reader.read(from, piece, 0, count);
            writer.write(at + from, piece, 0, count);
          }
          at += length;
        }
      }
      writer.finish();
    }
    if (account.cells() <= MOST_ROWS) {
      index(units, rows);
    }
    return account;
  }

  private List<Long> shape(final List<JointUnit> units, final long[] rows) {
    return List.of(
        (long) rows.length, (long) units.size(), (long) plan.variations(), (long) plan.columns());
  }

  /// The joined effects.
  public SweepEffects effects(final List<JointUnit> units, final long[] rows) {
    return SweepEffects.open(path.resolve(EFFECTS), shape(units, rows));
  }

  private void index(final List<JointUnit> units, final long[] rows) {
    final var table =
        new SweepTable(
            path,
            Arrays.stream(rows).mapToObj(Long::toString).toList(),
            units.stream().map(JointUnit::name).toList(),
            IntStream.range(0, plan.variations()).mapToObj(plan::variation).toList(),
            IntStream.range(0, plan.columns()).mapToObj(Integer::toString).toList());
    try (var file = PendingFile.create(path.resolve("index.csv"))) {
      table.write(new PrintWriter(file.stream(), false, StandardCharsets.UTF_8));
      file.commit();
    }
  }

  /// Writes what was found beside the effects, and `DONE` last.
  ///
  /// @param controls that ran before the cells
  /// @param recomputed the control of cells that were computed again
  /// @return all controls, with the cells that they stand for
  public List<GuardRun> finish(
      final Account account,
      final List<GuardRun> controls,
      final GuardRun recomputed,
      final FailedCells failed) {
    final var guards = new ArrayList<>(controls.stream().map(c -> counted(c, account)).toList());
    guards.add(recomputed);
    JsonText.write(path.resolve("controls.json"), guards);
    JsonText.write(path.resolve("account.json"), account);
    if (failed.count() > 0) {
      JsonText.write(path.resolve("failed.json"), failed);
    }
    AtomicFiles.write(path.resolve("DONE"), "");
    return List.copyOf(guards);
  }

  private static GuardRun counted(final GuardRun run, final Account account) {
    return new GuardRun(
        run.name(),
        account.cells(),
        account.computed(),
        account.deduplicated(),
        account.provedZero(),
        run.controls());
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
