package io.patchbay.analysis.study;

import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.JsonText;
import io.patchbay.vae.io.NpyReader;
import io.patchbay.vae.io.NpyWriter;
import io.patchbay.vae.io.NumericArray;
import io.patchbay.vae.io.RunLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The finished parts of a study of units, one file of numbers each, so that a study that was
/// stopped or killed goes on where it was. Numbers are kept bit for bit: what the study comes to
/// does not depend on that. They lie in the folder `parts`, with `plan.json`, which says what they
/// are of; the folder goes once the results are written.
public final class UnitParts implements AutoCloseable {
  private static final String PLAN = "plan.json";
  private static final long LARGEST = 1L << 31;

  private final @Nullable Path folder;
  private final BooleanSupplier stop;
  private @Nullable RunLock lock;

  private UnitParts(final @Nullable Path folder, final BooleanSupplier stop) {
    this.folder = folder;
    this.stop = stop;
  }

  /// Keeps nothing, and never stops.
  public static UnitParts none() {
    return new UnitParts(null, () -> false);
  }

  /// Parts below the folder of the results.
  ///
  /// @param resume whether parts that are there are gone on with
  /// @param stop whether to stop before the next part
  /// @throws BadInputException when parts are there that are not to be gone on with
  public static UnitParts in(final Path results, final boolean resume, final BooleanSupplier stop) {
    final var folder = results.resolve("parts");
    if (!resume && Files.exists(folder.resolve(PLAN))) {
      throw new BadInputException(
          folder, "parts", "those of a study that was stopped", "--resume, or another --out");
    }
    return new UnitParts(folder, stop);
  }

  /// The seed of parts that are there.
  public static OptionalLong seed(final Path results) {
    final var plan = results.resolve("parts").resolve(PLAN);
    if (!Files.exists(plan)) {
      return OptionalLong.empty();
    }
    final var seed = read(plan).path("seed");
    if (!seed.canConvertToLong()) {
      throw new BadInputException(plan, "seed", seed.toString(), "a whole number");
    }
    return OptionalLong.of(seed.asLong());
  }

  /// Takes hold of the folder and writes what the parts are of, or checks it.
  ///
  /// @throws BadInputException when parts are there of another study
  void begin(final Map<String, Object> of) {
    if (folder == null) {
      return;
    }
    lock = RunLock.acquire(folder);
    final var plan = folder.resolve(PLAN);
    final var text = JsonText.of(of);
    if (!Files.exists(plan)) {
      AtomicFiles.write(plan, text);
    } else if (!read(plan).equals(JsonMapper.shared().readTree(text))) {
      throw new BadInputException(
          plan,
          "plan",
          "another question, model or device",
          "what these parts were begun with, or another --out");
    }
  }

  private static JsonNode read(final Path plan) {
    try {
      return JsonMapper.shared().readTree(Files.readString(plan));
    } catch (final IOException e) {
      throw BadInputException.unreadable(plan.toString(), "plan", e);
    } catch (final JacksonException e) {
      throw new BadInputException(plan.toString(), "plan", "no JSON", "what a study wrote", e);
    }
  }

  /// A part: read where it is there, else computed and kept; empty when the study is to stop.
  ///
  /// @param count of its numbers
  /// @throws BadInputException when the file holds other numbers than a part of this size
  Optional<double[]> part(final String name, final int count, final Supplier<double[]> work) {
    final var file = folder == null ? null : folder.resolve(name + ".npy");
    if (file != null && Files.exists(file)) {
      try (var reader = NpyReader.open(file)) {
        if (reader.header().elements() != count) {
          throw new BadInputException(file, "numbers", "" + reader.header().elements(), "" + count);
        }
        return Optional.of(reader.read(LARGEST).doubles());
      }
    }
    if (stop.getAsBoolean()) {
      return Optional.empty();
    }
    final var values = work.get();
    if (file != null) {
      NpyWriter.write(file, NumericArray.ofDoubles(values, values.length));
    }
    return Optional.of(values);
  }

  /// Removes all parts: what came of them is written.
  public void clear() {
    if (folder == null) {
      return;
    }
    close();
    // The plan first: without it nothing is gone on with.
    delete(folder.resolve(PLAN));
    try (var files = Files.list(folder)) {
      files.toList().forEach(UnitParts::delete);
    } catch (final IOException e) {
      throw new UncheckedIOException(folder + ": cannot be read: " + e.getMessage(), e);
    }
    delete(folder);
  }

  private static void delete(final Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (final IOException e) {
      throw new UncheckedIOException(file + ": cannot be removed: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    if (lock != null) {
      lock.close();
      lock = null;
    }
  }
}
