package io.patchbay.analysis.study;

import io.patchbay.analysis.circuit.RunLog;
import io.patchbay.vae.io.AtomicFiles;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.zip.CRC32;

/// The runs of a search as files, so that one that was stopped or killed goes on where it was.
///
/// The folder holds `asked.json`, what the runs are of, and `000000.runs` and so on, each written
/// at once or not at all: for every run the number of its values as a big-endian int, then these as
/// doubles; at the end of the file the CRC-32 of all before it as an int.
public final class KeptRuns implements RunLog, AutoCloseable {
  private static final long KEEP_EVERY_NANOS = 1_000_000_000L;

  private final Path folder;
  private final String asked;
  private final BooleanSupplier stop;
  private final LongSupplier nanos;

  /// Files there were at the start, and those taken up again of them.
  private final int files;

  private int taken;
  private int written;

  /// What the files hold and has not been asked for yet, and what they do not hold yet.
  private final Deque<double[]> before = new ArrayDeque<>();

  private final List<double[]> fresh = new ArrayList<>();
  private long kept;

  private KeptRuns(
      final Path folder,
      final String asked,
      final int files,
      final BooleanSupplier stop,
      final LongSupplier nanos) {
    this.folder = folder;
    this.asked = asked;
    this.files = files;
    this.stop = stop;
    this.nanos = nanos;
    written = files;
    kept = nanos.getAsLong();
  }

  /// Nothing is written before there is something to keep.
  ///
  /// @param folder holds nothing else
  /// @param asked all that the runs depend on: another text, other runs
  /// @param resume whether to take up what is there
  /// @param stop asked before each run; true ends the work
  /// @throws BadInputException when there is something and it is not to be taken up, or is of
  ///   another question
  public static KeptRuns open(
      final Path folder, final String asked, final boolean resume, final BooleanSupplier stop) {
    return open(folder, asked, resume, stop, System::nanoTime);
  }

  /// @param nanos the clock that says when to write
  static KeptRuns open(
      final Path folder,
      final String asked,
      final boolean resume,
      final BooleanSupplier stop,
      final LongSupplier nanos) {
    final var question = question(folder);
    int files = 0;
    if (Files.exists(question)) {
      if (!resume) {
        throw new BadInputException(
            folder, "folder", "a search that was stopped", "--resume, or to be without it");
      }
      if (!read(question).equals(asked)) {
        throw new BadInputException(
            question,
            "question",
            "another one than that asked now",
            "the options, model, data, seed and device that this search was started with");
      }
      while (Files.exists(file(folder, files))) {
        files++;
      }
    }
    return new KeptRuns(folder, asked, files, stop, nanos);
  }

  private static Path question(final Path folder) {
    return folder.resolve("asked.json");
  }

  private static Path file(final Path folder, final int number) {
    return folder.resolve("%06d.runs".formatted(number));
  }

  private static String read(final Path file) {
    try {
      return Files.readString(file);
    } catch (final IOException e) {
      throw BadInputException.unreadable(file.toString(), "question", e);
    }
  }

  /// @throws CancellationException when the work is to stop; what there is has then been written
  /// @throws BadInputException when a file is damaged
  @Override
  public double[] next(final Supplier<double[]> run) {
    while (before.isEmpty() && taken < files) {
      take(file(folder, taken++));
    }
    final var known = before.poll();
    if (known != null) {
      return known;
    }
    if (stop.getAsBoolean()) {
      keep();
      throw new CancellationException("stopped: " + folder);
    }
    final var values = run.get();
    fresh.add(values.clone());
    if (nanos.getAsLong() - kept >= KEEP_EVERY_NANOS) {
      keep();
    }
    return values;
  }

  private void take(final Path file) {
    final ByteBuffer bytes;
    try {
      bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    } catch (final IOException e) {
      throw BadInputException.unreadable(file.toString(), "runs", e);
    }
    final int end = bytes.capacity() - Integer.BYTES;
    if (end < 0 || crc(bytes.array(), end) != bytes.getInt(end)) {
      throw new BadInputException(
          file, "bytes", "not those that were written", "the whole file, or " + folder + " away");
    }
    while (bytes.position() < end) {
      final var values = new double[bytes.getInt()];
      bytes.asDoubleBuffer().get(values);
      bytes.position(bytes.position() + values.length * Double.BYTES);
      before.add(values);
    }
  }

  private void keep() {
    kept = nanos.getAsLong();
    if (fresh.isEmpty()) {
      return;
    }
    if (written == 0) {
      AtomicFiles.write(question(folder), asked);
    }
    int size = Integer.BYTES;
    for (final var values : fresh) {
      size = Math.addExact(size, Integer.BYTES + values.length * Double.BYTES);
    }
    final var bytes = ByteBuffer.allocate(size);
    for (final var values : fresh) {
      bytes.putInt(values.length);
      for (final double value : values) {
        bytes.putDouble(value);
      }
    }
    bytes.putInt(crc(bytes.array(), bytes.position()));
    AtomicFiles.write(file(folder, written), bytes.array());
    written++;
    fresh.clear();
  }

  private static int crc(final byte[] bytes, final int length) {
    final var crc = new CRC32();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /// Removes the files: the search is finished, and its result is written.
  public void discard() {
    fresh.clear();
    discard(folder);
  }

  /// Removes what a search left in a folder, the last file first: one that is killed meanwhile
  /// leaves the first runs of a search.
  public static void discard(final Path folder) {
    int files = 0;
    while (Files.exists(file(folder, files))) {
      files++;
    }
    try {
      while (files > 0) {
        Files.delete(file(folder, --files));
      }
      Files.deleteIfExists(question(folder));
      Files.deleteIfExists(folder);
    } catch (final IOException e) {
      throw new UncheckedIOException(folder + ": cannot be removed: " + e.getMessage(), e);
    }
  }

  /// Writes what is not written yet.
  @Override
  public void close() {
    keep();
  }
}
