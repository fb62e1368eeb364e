package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class AttributionCommandTest {
  @TempDir static Path folder;

  @BeforeAll
  static void train() {
    final var line = Shell.smallTraining(folder.resolve("run"), "--steps", "20", "--seed", "1");
    final var shell = Shell.run(line);
    assertEquals(ExitCode.OK, shell.code(), shell::err);
  }

  private static Shell run(final String options) {
    final var line = "attribution " + folder.resolve("run") + " --seed 3 " + options;
    return Shell.run(line.split(" ", -1));
  }

  @Test
  void theFileHoldsWhatWasPatchedAndTheOutputItsFirst() throws IOException {
    final var shell = run("--factor light --pairs 6 --steps 2 --top 5 --audit 4 --json");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    final var file = folder.resolve("run/attribution/light/attribution.json");
    final var all = JsonMapper.shared().readTree(Files.readString(file));
    assertEquals(all, JsonMapper.shared().readTree(shell.out()));
    assertEquals(9, all.get("patched").size());
    double before = Double.MAX_VALUE;
    for (int i = 0; i < 9; i++) {
      final var unit = all.get("patched").get(i);
      assertEquals(i < 5, unit.get("kept").asBoolean());
      final double score = unit.get("attribution").asDouble();
      assertTrue(i >= 5 || score <= before, () -> "not in order: " + all.get("patched"));
      before = Math.min(before, score);
    }
    for (final var name : new String[] {"seed", "device", "version", "java", "data", "probe"}) {
      assertTrue(all.has(name), name);
    }
    final var table = run("--factor light --pairs 6 --steps 2 --top 5 --audit 4");
    assertTrue(table.out().contains("missed by the screen: "), table::out);
    assertTrue(table.out().contains(all.get("patched").get(0).get("site").asString()), table::out);
  }

  @ParameterizedTest
  @CsvSource({
    "--factor light --pairs 1, 2, expected a number from 2",
    "--factor light --steps -1, 2, expected a number from 0",
    "--factor light --top 0, 2, expected a number from 1",
    "--factor light --audit 0, 2, expected a number from 1",
    "--pairs 4, 2, --factor",
    "--factor sun, 2, light"
  })
  void mistakesAreOneLine(final String options, final int code, final String says) {
    final var shell = run(options + " --out " + folder.resolve("none"));
    assertEquals(code, shell.code(), shell::err);
    assertTrue(shell.err().contains(says), shell::err);
    assertFalse(shell.showsStack());
    assertFalse(Files.exists(folder.resolve("none")));
  }
}
