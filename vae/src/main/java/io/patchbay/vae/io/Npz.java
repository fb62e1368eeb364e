package io.patchbay.vae.io;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// An npz file: a zip of npy arrays. A member that nobody asks for is never opened, so a pickled
/// one (as the `metadata` of dSprites) does no harm; asking for it is refused.
public final class Npz implements AutoCloseable {
  // Deflate cannot do better than 1032:1, so a member that claims more was not compressed from it.
  private static final long BEST_RATIO = 1032;

  private final String file;
  private final ZipFile zip;
  private final SortedMap<String, ZipEntry> members;

  private Npz(String file, ZipFile zip, SortedMap<String, ZipEntry> members) {
    this.file = file;
    this.zip = zip;
    this.members = members;
  }

  /// Opens the file and lists its members.
  ///
  /// @throws BadInputException if it is not a zip file
  public static Npz open(Path file) {
    final String name = file.toString();
    ZipFile zip = null;
    boolean done = false;
    try {
      zip = new ZipFile(file.toFile());
      final SortedMap<String, ZipEntry> members = new TreeMap<>();
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (entry.getName().endsWith(".npy")) {
          final String member = entry.getName().substring(0, entry.getName().length() - 4);
          if (members.put(member, entry) != null) {
            throw new BadInputException(file, "zip member " + member, "it twice", "each once");
          }
        }
      }
      done = true;
      return new Npz(name, zip, members);
    } catch (IOException e) {
      throw BadInputException.unreadable(name, "zip directory", e);
    } catch (IllegalArgumentException e) {
      throw new BadInputException(name, "zip directory", e + "", "a zip file", e);
    } finally {
      if (!done && zip != null) {
        closeQuietly(zip);
      }
    }
  }

  /// Names of the arrays, without `.npy`, sorted.
  public List<String> members() {
    return new ArrayList<>(members.keySet());
  }

  /// Opens one array for reading. Its checksum is compared when the last byte has been read.
  ///
  /// @throws BadInputException if there is no such member, or it is no numeric array
  public NpyReader member(String name) {
    final ZipEntry entry = members.get(name);
    if (entry == null) {
      throw new BadInputException(file, "members", members.keySet() + "", "one named " + name);
    }
    final String place = "member " + name;
    final long size = entry.getSize();
    final long stored = entry.getCompressedSize();
    if (size < 0 || stored < 0 || size / BEST_RATIO > stored) {
      throw new BadInputException(
          file,
          place,
          size + " bytes packed into " + stored,
          "sizes that belong together (at most " + BEST_RATIO + " to 1)");
    }
    try {
      final CRC32 sum = new CRC32();
      final InputStream in = new CheckedInputStream(new Inflating(zip.getInputStream(entry)), sum);
      return NpyReader.of(in, size, file, place, () -> checkSum(place, entry, sum));
    } catch (IOException e) {
      throw BadInputException.unreadable(file, place, e);
    }
  }

  /// Reads one array whole.
  ///
  /// @param limit most bytes to allow
  public NumericArray read(String name, long limit) {
    try (NpyReader reader = member(name)) {
      return reader.read(limit);
    }
  }

  @Override
  public void close() {
    closeQuietly(zip);
  }

  private void checkSum(String place, ZipEntry entry, CRC32 sum) {
    if (entry.getCrc() != sum.getValue()) {
      throw new BadInputException(
          file,
          place + " checksum",
          "%08x".formatted(sum.getValue()),
          "%08x".formatted(entry.getCrc()));
    }
  }

  // A file opened for reading has nothing left to lose when it is closed.
  private static void closeQuietly(ZipFile zip) {
    try {
      zip.close();
    } catch (IOException _) {
      return;
    }
  }

  /// An inflater reports a short or broken stream as EOFException without text; this gives it one.
  private static final class Inflating extends FilterInputStream {
    Inflating(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        return super.read(bytes, offset, length);
      } catch (java.io.EOFException e) {
        throw new IOException("compressed data end early", e);
      }
    }
  }
}
