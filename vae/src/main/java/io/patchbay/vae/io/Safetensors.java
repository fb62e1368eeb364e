package io.patchbay.vae.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/// A safetensors file, opened for reading. Opening checks the whole header against the file's
/// length; tensors are read one at a time. Reads are safe from several threads at once.
public final class Safetensors implements AutoCloseable {
  private static final long LONGEST_HEADER = 100_000_000;

  private final String file;
  private final FileChannel channel;
  private final long dataStart;
  private final Map<String, String> metadata;
  private final SequencedMap<String, SafetensorsEntry> entries;

  private Safetensors(String file, FileChannel channel, long dataStart, SafetensorsHeader header) {
    this.file = file;
    this.channel = channel;
    this.dataStart = dataStart;
    this.metadata = Collections.unmodifiableMap(header.metadata());
    final SequencedMap<String, SafetensorsEntry> byName = new LinkedHashMap<>();
    header.entries().forEach(entry -> byName.put(entry.name(), entry));
    this.entries = Collections.unmodifiableSequencedMap(byName);
  }

  /// Opens a file.
  ///
  /// @throws BadInputException if it breaks any rule of the format
  public static Safetensors open(Path path) {
    final String file = path.toString();
    FileChannel channel = null;
    boolean done = false;
    try {
      if (Files.isDirectory(path)) {
        throw new BadInputException(path, "header", "a folder", "a safetensors file");
      }
      channel = FileChannel.open(path, StandardOpenOption.READ);
      final long size = channel.size();
      if (size < 8) {
        throw new BadInputException(path, "header length", size + " bytes", "at least 8");
      }
      final ByteBuffer start = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      fill(channel, start, 0, file, "header length");
      final long length = start.getLong(0);
      if (length < 0 || length > Math.min(LONGEST_HEADER, size - 8)) {
        throw new BadInputException(
            path,
            "header length",
            Long.toUnsignedString(length),
            "at most " + Math.min(LONGEST_HEADER, size - 8));
      }
      final byte[] header = new byte[(int) length];
      fill(channel, ByteBuffer.wrap(header), 8, file, "header");
      final SafetensorsHeader parsed = SafetensorsHeader.parse(file, header, size - 8 - length);
      done = true;
      return new Safetensors(file, channel, 8 + length, parsed);
    } catch (IOException e) {
      throw BadInputException.unreadable(file, "header", e);
    } finally {
      if (!done && channel != null) {
        close(channel, file);
      }
    }
  }

  /// The free text of the file, empty if there is none.
  public Map<String, String> metadata() {
    return metadata;
  }

  /// All tensors by name, in the order of their data.
  public SequencedMap<String, SafetensorsEntry> entries() {
    return entries;
  }

  /// Reads one tensor.
  ///
  /// @throws BadInputException if there is no such tensor, or it is 2 GiB or larger
  public NumericArray read(String name) {
    final SafetensorsEntry entry = entries.get(name);
    if (entry == null) {
      throw new BadInputException(file, "tensors", entries.keySet() + "", "one named " + name);
    }
    final long bytes = entry.end() - entry.begin();
    if (bytes > Integer.MAX_VALUE - 64L) {
      throw new BadInputException(file, "tensor " + name, bytes + " bytes", "less than 2 GiB");
    }
    final byte[] data = new byte[(int) bytes];
    try {
      fill(channel, ByteBuffer.wrap(data), dataStart + entry.begin(), file, "tensor " + name);
    } catch (IOException e) {
      throw BadInputException.unreadable(file, "tensor " + name, e);
    }
    return new NumericArray(entry.type(), entry.shape(), MemorySegment.ofArray(data));
  }

  @Override
  public void close() {
    close(channel, file);
  }

  private static void close(FileChannel channel, String file) {
    try {
      channel.close();
    } catch (IOException e) {
      throw BadInputException.unreadable(file, "close", e);
    }
  }

  private static void fill(
      FileChannel channel, ByteBuffer target, long from, String file, String place)
      throws IOException {
    long at = from;
    while (target.hasRemaining()) {
      final int got = channel.read(target, at);
      if (got < 0) {
        throw new BadInputException(
            file, place, "the end of the file", target.remaining() + " bytes more");
      }
      at += got;
    }
  }
}
