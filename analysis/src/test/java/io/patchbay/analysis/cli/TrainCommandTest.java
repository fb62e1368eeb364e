package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Training from the command line.
class TrainCommandTest {
  @TempDir Path folder;

  @Test
  void aPrecisionThatTheDeviceLacksIsRefused(@TempDir final Path folder) {
    final var run = folder.resolve("run");
    final var shell =
        Shell.run(
            "train",
            "--device",
            "cpu",
            "--data",
            "pendulum:size=16",
            "--set",
            "arch.widths=4",
            "--precision",
            "tf32",
            "--out",
            run.toString());
    assertEquals(ExitCode.USAGE, shell.code());
    assertTrue(shell.err().contains("found tf32, expected [fp32]"), shell.err());
    assertTrue(Files.notExists(run));
  }

  @Test
  void aRunIsResumedBitForBit() throws IOException {
    final var whole = folder.resolve("whole");
    final var parts = folder.resolve("parts");
    final var first =
        Shell.run(Shell.smallTraining(whole, "--steps", "6", "--seed", "5", "--json"));
    assertEquals(ExitCode.OK, first.code(), first::err);
    final var json = JsonMapper.shared().readTree(first.out());
    assertEquals(6, json.path("step").asLong());
    assertEquals(whole.toString(), json.path("run").asString());
    assertTrue(json.path("terms").path("elbo").asDouble() < 0);

    assertEquals(
        ExitCode.OK, Shell.run(Shell.smallTraining(parts, "--steps", "3", "--seed", "5")).code());
    final var second =
        Shell.run(
            "train",
            "--resume",
            "--out",
            parts.toString(),
            "--steps",
            "6",
            "--device",
            "reference");
    assertEquals(ExitCode.OK, second.code(), second::err);
    assertEquals(parts + System.lineSeparator(), second.out());
    assertArrayEquals(
        Files.readAllBytes(whole.resolve("model.safetensors")),
        Files.readAllBytes(parts.resolve("model.safetensors")));
  }

  @Test
  void aDrawnSeedIsPrintedAndKept() throws IOException {
    final var run = folder.resolve("run");
    final var shell = Shell.run(Shell.smallTraining(run, "--steps", "1"));
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    final var line =
        shell.errors().stream().filter(l -> l.startsWith("seed: ")).findFirst().orElseThrow();
    final var seed = line.replaceAll("seed: ([0-9]+) .*", "$1");
    final var config = JsonMapper.shared().readTree(Files.readString(run.resolve("config.json")));
    assertEquals(seed, config.path("seed").asString());
    assertEquals(1, shell.errors().stream().filter(l -> l.startsWith("device: ")).count());
  }

  @Test
  void aFileAndOptionsAreJoinedAndOptionsWin() throws IOException {
    final var file = folder.resolve("run.yaml");
    Files.writeString(file, "seed: 77\nsteps: 2\nmodel: beta-vae\nbeta: 8\nbatch: 32\n");
    final var run = folder.resolve("run");
    final var shell = Shell.run(Shell.smallTraining(run, "--config", file.toString(), "--quiet"));
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    assertEquals("", shell.err());
    final var config = JsonMapper.shared().readTree(Files.readString(run.resolve("config.json")));
    assertEquals(77, config.path("seed").asLong());
    assertEquals(2, config.path("steps").asLong());
    assertEquals("beta-vae", config.path("model").asString());
    assertEquals(8.0, config.path("beta").asDouble());
    assertEquals(4, config.path("batch").asLong());
  }

  @Test
  void sitesOfARunAreThoseOfItsArchitecture() {
    final var run = folder.resolve("run");
    assertEquals(ExitCode.OK, Shell.run(Shell.smallTraining(run, "--steps", "1")).code());
    final var shell = Shell.run("sites", run.toString(), "--json");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    final var json = JsonMapper.shared().readTree(shell.out());
    final var names = new ArrayList<String>();
    json.path("sites").forEach(site -> names.add(site.path("name").asString()));
    assertTrue(
        names.containsAll(List.of("input", "encoder.conv1", "latent.z", "decoder.fc2", "output")),
        names::toString);
    assertFalse(names.contains("encoder.conv2"), names::toString);
    final var table = Shell.run("sites", "--arch", "burgess").out();
    assertEquals(1 + 31, table.lines().count(), table);
  }

  @Test
  void ctrlCWritesACheckpointAndEndsWith130() throws IOException, InterruptedException {
    final var run = folder.resolve("run");
    final String text;
    final var words = Shell.smallTraining(run, "--steps", "9999999", "--seed", "1");
    try (var process = MainProcess.start(folder.resolve("err.txt"), words)) {
      process.await(run.resolve("metrics.jsonl"));
      final int code = process.interrupt();
      text = process.text();
      assertEquals(ExitCode.INTERRUPTED, code, text);
    }
    assertTrue(text.contains("stopped: step="), text);
    assertFalse(text.contains("\tat "), text);
    final long step = Long.parseLong(text.replaceAll("(?s).*stopped: step=([0-9]+).*", "$1"));
    final var latest = Files.readString(run.resolve("checkpoints/latest")).strip();
    assertEquals(step, Long.parseLong(latest.substring("step-".length())));
    assertFalse(Files.exists(run.resolve("DONE")));
    final var resumed =
        Shell.run(Shell.smallTraining(run, "--seed", "1", "--resume", "--steps", "" + (step + 2)));
    assertEquals(ExitCode.OK, resumed.code(), resumed::err);
    assertTrue(Files.exists(run.resolve("DONE")));
  }
}
