package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.HostBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A sweep whose process is killed, again and again, at any point of its life: what it leaves is
/// gone on with to the same bytes.
class KilledSweepTest {
  private static final int KILLS = 20;
  private static final int INPUTS = 24;

  /// What appears in the folder near the end, in its order; between them lie shards.
  private static final List<String> LAST =
      List.of(".effects.npy.", "effects.npy", ".index.csv.", "index.csv", "controls.json");

  @TempDir private Path folder;

  /// A point of a sweep's life: so long after something has appeared in its folder.
  private record Moment(String appeared, long millis) {}

  /// Spread over all of it: before the plan, between shards, while they are joined, and after that.
  private static List<Moment> moments() {
    final var random = new Random(20);
    final var moments = new ArrayList<Moment>();
    moments.add(new Moment(".lock", random.nextInt(100)));
    moments.add(new Moment("plan.json", random.nextInt(100)));
    for (int i = moments.size(); i < KILLS - 2 * LAST.size(); i++) {
      final var shard = "%06d.npy".formatted(random.nextInt(INPUTS));
      moments.add(new Moment("shards/" + shard, random.nextInt(10)));
    }
    // As far as the shards go, later kills find more of them.
    moments.sort(Comparator.comparing(Moment::appeared));
    for (int i = moments.size(); i < KILLS; i++) {
      moments.add(new Moment(LAST.get(i % LAST.size()), random.nextInt(4)));
    }
    return moments;
  }

  private List<String> command(final Path out) {
    final var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    final var line =
        "--enable-native-access=ALL-UNNAMED -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m"
            + " -XX:-UsePerfData -cp CP io.patchbay.analysis.cli.Main sweep RUN --site input"
            + " --units elements --op set --values 0,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1,2,3,4,5"
            + " --metric mu --inputs "
            + INPUTS
            + " --seed 3 --resume --threads 1 --out OUT --device "
            + HostBackend.name();
    final var command = new ArrayList<>(List.of(java));
    for (final var word : line.split(" ", -1)) {
      command.add(
          switch (word) {
            case "CP" -> System.getProperty("java.class.path");
            case "RUN" -> folder.resolve("run").toString();
            case "OUT" -> out.toString();
            default -> word;
          });
    }
    return command;
  }

  private Process start(final Path out) throws IOException {
    final var log = folder.resolve("log").toFile();
    return new ProcessBuilder(command(out)).redirectErrorStream(true).redirectOutput(log).start();
  }

  /// Whether something of this name, or the beginning of one, was made since.
  private static boolean appeared(final Path out, final String name, final FileTime since) {
    final var place = out.resolve(name);
    final var files = place.resolveSibling(".").toFile().listFiles();
    if (files == null) {
      return false;
    }
    for (final var file : files) {
      final boolean named =
          (name.startsWith(".") && name.endsWith("."))
              ? file.getName().startsWith(name)
              : file.getName().equals(place.toFile().getName());
      if (named && file.lastModified() >= since.toMillis()) {
        return true;
      }
    }
    return false;
  }

  /// Kills a sweep at a moment.
  ///
  /// @return whether it was still running then
  private boolean killed(final Path out, final Moment moment)
      throws IOException, InterruptedException {
    final var since = FileTime.fromMillis(System.currentTimeMillis());
    final var process = start(out);
    while (process.isAlive() && !appeared(out, moment.appeared(), since)) {
      Thread.sleep(1);
    }
    if (process.waitFor(moment.millis(), TimeUnit.MILLISECONDS)) {
      assertEquals(ExitCode.OK, process.exitValue(), () -> log());
      return false;
    }
    process.destroyForcibly();
    assertTrue(process.waitFor(1, TimeUnit.MINUTES));
    return !Files.exists(out.resolve("DONE"));
  }

  private void finish(final Path out) throws IOException, InterruptedException {
    final var process = start(out);
    assertTrue(process.waitFor(1, TimeUnit.MINUTES));
    assertEquals(ExitCode.OK, process.exitValue(), () -> log());
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// All files but the lock, which names a process.
  private static Map<String, byte[]> files(final Path out) throws IOException {
    final var all = new TreeMap<String, byte[]>();
    try (var files = Files.walk(out)) {
      for (final var file : files.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith(".lock")) {
          all.put(out.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
    }
    return all;
  }

  @Test
  void aSweepThatIsKilledAtAnyPointGoesOnToTheSameBytes() throws IOException, InterruptedException {
    final var shell =
        Shell.run(Shell.smallTraining(folder.resolve("run"), "--steps", "1", "--seed", "1"));
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    final var whole = folder.resolve("whole");
    finish(whole);
    final var expected = files(whole);
    assertEquals(2 * INPUTS, expected.keySet().stream().filter(f -> f.contains("/")).count());
    int kills = 0;
    int sweeps = 0;
    Path out = folder.resolve("killed0");
    final var moments = moments();
    for (int i = 0; kills < KILLS; i++) {
      assertTrue(i < 2 * KILLS, "most of them die before their end: " + kills);
      if (killed(out, moments.get(i % KILLS))) {
        kills++;
      } else {
        compare(expected, out);
        out = folder.resolve("killed" + ++sweeps);
      }
    }
    finish(out);
    compare(expected, out);
  }

  private static void compare(final Map<String, byte[]> expected, final Path out)
      throws IOException {
    final var found = files(out);
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((name, bytes) -> assertArrayEquals(bytes, found.get(name), name));
  }
}
