package io.patchbay.vae.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// A file that does not exist under its name until it is whole. It is written beside its target as
/// `.NAME.*.part`; [#commit] forces it to disk and moves it there in one step. Closing without a
/// commit leaves the target as it was and nothing behind.
///
/// Failed writes are thrown as [UncheckedIOException] whose message is one line for the user.
public final class PendingFile implements AutoCloseable {
  private final Path target;
  private final Path part;
  private final FileChannel channel;
  private boolean committed;

  private PendingFile(Path target, Path part, FileChannel channel) {
    this.target = target;
    this.part = part;
    this.channel = channel;
  }

  /// Starts a file; missing parent folders are made.
  public static PendingFile create(Path target) {
    try {
      final Path folder = folderOf(target);
      Files.createDirectories(folder);
      final Path part = Files.createTempFile(folder, "." + target.getFileName() + ".", ".part");
      return new PendingFile(
          target, part, FileChannel.open(part, StandardOpenOption.READ, StandardOpenOption.WRITE));
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /// Writes all of `bytes` at a position; the file grows as needed.
  public void write(ByteBuffer bytes, long position) {
    try {
      long at = position;
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /// Appends all of `bytes`.
  public void append(ByteBuffer bytes) {
    try {
      write(bytes, channel.size());
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /// Appends what is written to it; closing it does nothing.
  public OutputStream stream() {
    final OutputStream unbuffered =
        new OutputStream() {
          @Override
          public void write(int one) {
            append(ByteBuffer.wrap(new byte[] {(byte) one}));
          }

          @Override
          public void write(byte[] bytes, int offset, int count) {
            append(ByteBuffer.wrap(bytes, offset, count));
          }
        };
    return new BufferedOutputStream(unbuffered, 1 << 16);
  }

  /// The open file itself, for what [#write] cannot do.
  FileChannel channel() {
    return channel;
  }

  /// Makes the file appear under its name, whole, and on disk.
  public void commit() {
    if (committed) {
      throw new IllegalStateException("already committed: file=" + target);
    }
    try {
      channel.force(true);
      channel.close();
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      committed = true;
      forceFolder(folderOf(target));
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  @Override
  public void close() {
    if (committed) {
      return;
    }
    try {
      channel.close();
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /// One line that says which file could not be written and why.
  static UncheckedIOException failed(Path target, IOException cause) {
    final String reason = cause instanceof FileSystemException f ? f.getReason() : null;
    final String text =
        reason != null
            ? reason
            : cause instanceof FileSystemException
                ? cause.getClass().getSimpleName().replace("Exception", "")
                : String.valueOf(cause.getMessage());
    final String line =
        target + ": write: found " + text + ", expected a writable folder with room for the file";
    return new UncheckedIOException(line, cause);
  }

  private static Path folderOf(Path target) {
    final Path folder = target.toAbsolutePath().getParent();
    if (folder == null || target.getFileName() == null) {
      throw new IllegalArgumentException("no file name: path=" + target);
    }
    return folder;
  }

  // Without this the new name may be lost with the power. Some systems cannot open a folder: there
  // the move itself is all that can be had.
  private static void forceFolder(Path folder) throws IOException {
    final FileChannel open;
    try {
      open = FileChannel.open(folder, StandardOpenOption.READ);
    } catch (FileSystemException _) {
      return;
    }
    try (open) {
      open.force(true);
    }
  }
}
