package io.patchbay.vae.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The right to write into a run folder: one holder at a time, among threads and among processes.
/// The operating system gives it up when the process dies, so there are no stale locks; the file
/// `.lock` stays.
public final class RunLock implements AutoCloseable {
  private static final String NAME = ".lock";

  // A POSIX lock belongs to the process, and closing any channel on the file drops it. So a second
  // attempt in this process must be refused before it opens the file, and only the process as a
  // whole can know of the first: this set mirrors the system's own table.
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel channel;
  private boolean closed;

  private RunLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /// Takes the lock, or refuses at once; a missing folder is made.
  ///
  /// @throws BadInputException naming the folder if another run holds it
  public static RunLock acquire(Path folder) {
    final Path real;
    try {
      Files.createDirectories(folder);
      real = folder.toRealPath();
    } catch (IOException e) {
      throw PendingFile.failed(folder.resolve(NAME), e);
    }
    if (!HELD.add(real)) {
      throw busy(folder, "this process");
    }
    FileChannel channel = null;
    RunLock lock = null;
    try {
      channel =
          FileChannel.open(
              real.resolve(NAME),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (!locked(channel)) {
        throw busy(folder, holder(channel));
      }
      channel.truncate(0);
      final String pid = ProcessHandle.current().pid() + "\n";
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
      lock = new RunLock(real, channel);
      return lock;
    } catch (IOException e) {
      throw PendingFile.failed(real.resolve(NAME), e);
    } finally {
      if (lock == null) {
        release(real, channel);
      }
    }
  }

  /// The folder that is held.
  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      release(folder, channel);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      final FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException _) {
      return false;
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    final ByteBuffer text = ByteBuffer.allocate(20);
    channel.read(text, 0);
    final String pid =
        new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
    return pid.isEmpty() ? "another process" : "process " + pid;
  }

  private static void release(Path folder, @Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw PendingFile.failed(folder.resolve(NAME), e);
    } finally {
      HELD.remove(folder);
    }
  }

  private static BadInputException busy(Path folder, String holder) {
    return new BadInputException(
        folder, "lock", "the run folder in use by " + holder, "a folder that no run writes to");
  }
}
