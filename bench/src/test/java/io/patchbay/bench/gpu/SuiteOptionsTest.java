package io.patchbay.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class SuiteOptionsTest {
  @TempDir private Path folder = Path.of("replaced");

  private static SuiteOptions options(final List<String> only, final List<String> skip) {
    return new SuiteOptions("cuda:1", 1.5, only, skip, Optional.empty(), "python3", 60, true);
  }

  @Test
  void argumentsSurviveTheWayToTheChild() {
    final var plain = options(List.of(), List.of("torch", "sanitizer"));
    assertEquals(plain, SuiteOptions.of(plain.arguments()));
    final var run =
        new SuiteOptions(
            "cpu", 9, List.of("net"), List.of(), Optional.of(Path.of("/a run")), "py", 1, false);
    assertEquals(run, SuiteOptions.of(run.arguments()));
  }

  @Test
  void sectionsAreChosenByName() {
    assertTrue(options(List.of(), List.of()).wants("net"));
    assertFalse(options(List.of("facts"), List.of()).wants("net"));
    assertFalse(options(List.of("net"), List.of("net")).wants("net"));
    for (final var name : Suite.names()) {
      assertEquals(name, Suite.section(name).name());
    }
    assertThrows(IllegalArgumentException.class, () -> Suite.section("nothing"));
  }

  @Test
  void summariesOfTheSanitizerAreCounted() {
    assertEquals(0, Sanitizer.errors("========= ERROR SUMMARY: 0 errors\n"));
    assertEquals(
        3,
        Sanitizer.errors(
            """
            ========= RACECHECK SUMMARY: 2 hazards displayed (2 errors, 0 warnings)
            ========= ERROR SUMMARY: 1 error
            """));
    assertEquals(-1, Sanitizer.errors("========= COMPUTE-SANITIZER\n"));
  }

  @Test
  void aWrongSectionIsOneLine() {
    final var err = new StringWriter();
    final int status =
        new CommandLine(new GpuSuiteCommand())
            .setErr(new PrintWriter(err))
            .execute("--out", folder.resolve("o").toString(), "--skip", "nets");
    assertEquals(CommandLine.ExitCode.USAGE, status);
    assertTrue(err.toString().contains("section: nets, expected one of facts"), err.toString());
    assertFalse(Files.exists(folder.resolve("o")));
  }
}
