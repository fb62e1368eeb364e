package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Mistakes in interventions on a model that is there: one line, 2 or 4, nothing half-written.
class BadSweepTest {
  @TempDir static Path folder;

  private static final List<String> LINES =
      List.of(
          "sweep DIR/none --site latent.z --op zero",
          "sweep DIR/run",
          "sweep DIR/run --site latent.zz --op zero --units all",
          "sweep DIR/run --site latent.z --op zap --units all",
          "sweep DIR/run --site latent.z --op zero --units 0-99",
          "sweep DIR/run --site latent.z --op zero --units -1",
          "sweep DIR/run --site latent.z --op zero --units many",
          "sweep DIR/run --site latent.z --op zero --units rect:0:0:2x2",
          "sweep DIR/run --site input --op zero --units rect:10:10:16x16",
          "sweep DIR/run --site latent.z --op set --values NaN",
          "sweep DIR/run --site latent.z --op set --values one",
          "sweep DIR/run --site encoder.fc1 --op set",
          "sweep DIR/run --site latent.z --op zero --inputs 0",
          "sweep DIR/run --site latent.z --op zero --inputs many",
          "sweep DIR/run --site latent.z --op zero --inputs 99999999",
          "sweep DIR/run --site latent.z --op interchange --sources 0",
          "sweep DIR/run --site latent.z --op zero --draws -1",
          "sweep DIR/run --site latent.z --op zero --metric l3",
          "sweep DIR/run --site latent.z --op zero --metric site:nowhere",
          "sweep DIR/run --site latent.z --op zero --metric factor:colour",
          "sweep DIR/run --site decoder.fc1 --op zero --metric mu",
          "sweep DIR/run --site encoder.logvar --op zero --metric factor:light",
          "sweep DIR/run --site latent.z --op zero --precision fp8",
          "sweep DIR/run --site latent.z --site latent.z --op zero",
          "sweep DIR/run --site latent.z --site decoder.fc1 --op zero --op zero --op zero",
          "sweep DIR/run --site latent.z --site decoder.fc1 --units 0 --units 0 --units 1 --op zero",
          "sweep DIR/run --site latent.z --site encoder.logvar --op zero",
          "sweep DIR/run --site latent.z --op hold",
          "sweep DIR/run --site latent.z --op blur --values 1",
          "sweep DIR/run --site input --op blur",
          "sweep DIR/run --site input --op blur --values -1",
          "sweep DIR/run --site input --op rotate --values 999",
          "sweep DIR/run --site input --op factor:colour --values 1",
          "sweep DIR/run --site input --op factor:light --values 300",
          "sweep DIR/run --site input --op do:shadow --values 3",
          "sweep DIR/run --site latent.z --op factor:light --values 100",
          "sweep DIR/run --site input --op factor: --values 1",
          "sweep DIR/run --site latent.z --units 0+9 --op zero",
          "sweep DIR/run --site latent.z --units 0+ --op zero",
          "sweep DIR/run --plan DIR/none.json",
          "mediate DIR/none --site latent.z --random-pairs",
          "mediate DIR/run --site latent.zz --random-pairs",
          "mediate DIR/run --site latent.z --units 77 --random-pairs",
          "mediate DIR/run --site latent.z --factor colour",
          "mediate DIR/run --site latent.z --random-pairs --pairs 1",
          "mediate DIR/run --site latent.z --random-pairs --outcome area",
          "mediate DIR/run --site latent.z --random-pairs --outcome mu:2",
          "mediate DIR/run --site latent.z --random-pairs --outcome mu:one",
          "mediate DIR/run --site decoder.fc1 --random-pairs --outcome mu:0",
          "mediate DIR/run --site encoder.logvar --random-pairs",
          "mediate DIR/run --site latent.z --random-pairs --outcome factor:colour",
          "mediate DIR/run --site latent.z --random-pairs --outcome factor:9",
          "export DIR/none",
          "export DIR/run");

  @BeforeAll
  static void train() {
    final var shell =
        Shell.run(Shell.smallTraining(folder.resolve("run"), "--steps", "1", "--seed", "1"));
    assertEquals(ExitCode.OK, shell.code(), shell::err);
  }

  @TestFactory
  Stream<DynamicTest> oneLineAndNothingWritten() {
    return LINES.stream().map(line -> dynamicTest("patchbay " + line, () -> check(line)));
  }

  private static void check(final String text) throws IOException {
    final var before = files();
    final var device = text.startsWith("export") ? "" : " --device reference";
    final var shell = Shell.run((text.replace("DIR", folder.toString()) + device).split(" ", -1));
    assertTrue(
        shell.code() == ExitCode.USAGE || shell.code() == ExitCode.INPUT,
        () -> shell.code() + ": " + shell.err());
    assertEquals(1, shell.errors().size(), shell::err);
    assertTrue(shell.err().startsWith("patchbay: "), shell::err);
    assertEquals("", shell.out());
    assertFalse(shell.showsStack());
    assertEquals(before, files(), "files were left");
  }

  private static List<String> files() throws IOException {
    try (var all = Files.walk(folder)) {
      return all.map(Path::toString).sorted().toList();
    }
  }
}
