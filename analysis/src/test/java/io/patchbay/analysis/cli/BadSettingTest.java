package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.engine.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An instruction set that no machine has, as the environment of a process of its own.
class BadSettingTest {
  private static final String WRONG = "PATCHBAY_ISA: found abacus, expected one of ";

  @TempDir Path folder;

  @BeforeAll
  static void kernels() {
    assumeTrue(
        Backends.providers().stream()
            .anyMatch(p -> p.name().equals("cpu") && p.unavailable().isEmpty()),
        "built without a C++ compiler");
  }

  private Shell run(final String... args) throws IOException, InterruptedException {
    final var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    final var command =
        new ArrayList<>(
            List.of(
                java,
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(args));
    final var out = folder.resolve("out");
    final var err = folder.resolve("err");
    final var builder = new ProcessBuilder(command);
    builder.environment().put("PATCHBAY_ISA", "abacus");
    builder.environment().remove("PATCHBAY_DEVICE");
    final var process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    return new Shell(process.waitFor(), Files.readString(out), Files.readString(err));
  }

  @Test
  void aCommandIsRefusedInOneLine() throws IOException, InterruptedException {
    final var to = folder.resolve("run");
    final var shell = run("train", "--data", "pendulum:size=16", "--out", to.toString());
    assertEquals(ExitCode.USAGE, shell.code(), shell::err);
    assertEquals(1, shell.errors().size(), shell::err);
    assertTrue(shell.err().startsWith("patchbay: " + WRONG), shell::err);
    assertTrue(shell.err().contains("generic"), shell::err);
    assertEquals("", shell.out());
    assertFalse(Files.exists(to));
  }

  @Test
  void doctorGoesOnAndSaysIt() throws IOException, InterruptedException {
    final var shell = run("doctor");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    final var lines = shell.out().lines().toList();
    assertTrue(
        lines.stream().anyMatch(l -> l.matches("!! +backend cpu +" + WRONG + ".*generic.*")),
        shell::out);
    assertTrue(lines.stream().anyMatch(l -> l.matches("ok +backend reference .*")), shell::out);
    assertTrue(lines.getLast().matches("!! +decode +" + WRONG + ".*"), shell::out);
  }
}
