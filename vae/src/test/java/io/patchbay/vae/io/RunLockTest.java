package io.patchbay.vae.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunLockTest {
  @TempDir Path folder;

  /// Holds the lock of the folder named in its first argument until its input ends.
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws IOException {
      try (RunLock lock = RunLock.acquire(Path.of(args[0]))) {
        System.out.println("held " + lock.folder().getFileName());
        System.in.read();
      }
    }
  }

  @Test
  void anotherProcessIsKeptOutAndItsDeathLetsGo() throws Exception {
    final Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    final Process process =
        new ProcessBuilder(
                java.toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(),
                Holder.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      assertTrue(String.valueOf(out.readLine()).startsWith("held "));
      final BadInputException e =
          assertThrows(BadInputException.class, () -> RunLock.acquire(folder).close());
      assertEquals(
          folder
              + ": lock: found the run folder in use by process "
              + process.pid()
              + ", expected a folder that no run writes to",
          e.getMessage());
    } finally {
      process.destroyForcibly();
      process.waitFor();
    }
    RunLock.acquire(folder).close();
  }

  private static String classPath() throws URISyntaxException {
    final List<String> folders = new ArrayList<>();
    for (Class<?> type : List.of(Holder.class, RunLock.class)) {
      folders.add(Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()) + "");
    }
    return String.join(File.pathSeparator, folders);
  }

  @Test
  void aRefusedAttemptDoesNotLetTheHolderGo() throws Exception {
    try (RunLock lock = RunLock.acquire(folder)) {
      for (int i = 0; i < 3; i++) {
        assertThrows(BadInputException.class, () -> RunLock.acquire(folder).close());
      }
      // Another name of the same folder.
      assertThrows(
          BadInputException.class,
          () -> RunLock.acquire(lock.folder().resolve("..").resolve(folder.getFileName())).close());
    }
  }

  @Test
  void ofManyThreadsOneHolds() throws Exception {
    final List<Future<Boolean>> attempts = new ArrayList<>();
    final List<RunLock> held = Collections.synchronizedList(new ArrayList<>());
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 8; i++) {
        attempts.add(
            threads.submit(() -> {
              try {
                return held.add(RunLock.acquire(folder));
              } catch (BadInputException _) {
                return false;
              }
            }));
      }
    }
    int holders = 0;
    for (Future<Boolean> attempt : attempts) {
      holders += attempt.get() ? 1 : 0;
    }
    assertEquals(1, holders);
    held.forEach(RunLock::close);
    held.forEach(RunLock::close);
    RunLock.acquire(folder).close();
    assertTrue(Files.exists(folder.resolve(".lock")));
  }
}
