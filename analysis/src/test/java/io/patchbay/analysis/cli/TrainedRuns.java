package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A folder with small trained runs, and command lines about them, in which `DIR` stands for the
/// folder.
record TrainedRuns(Path folder) {
  /// A command line that is wrong.
  ///
  /// @param says what the one line must hold
  record Mistake(int code, String says, String line) {}

  /// Trains a run in 20 steps, which teach it next to nothing.
  void train(final String name, final String data, final String... more) {
    final var line = new ArrayList<>(List.of(Shell.smallTraining(folder.resolve(name), more)));
    line.set(line.indexOf("--data") + 1, data);
    if (!line.contains("--steps")) {
      line.addAll(List.of("--steps", "20"));
    }
    if (!line.contains("--seed")) {
      line.addAll(List.of("--seed", "1"));
    }
    final var shell = Shell.run(line.toArray(String[]::new));
    assertEquals(ExitCode.OK, shell.code(), shell::err);
  }

  /// Trains a run on nine images whose factors are unknown.
  void trainOnPictures(final String name) {
    final var shell = run("data export pendulum:size=16 --format png --limit 9 --out DIR/png");
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    train(name, folder.resolve("png") + ":size=16");
  }

  Shell run(final String line) {
    return Shell.run(line.replace("DIR", folder.toString()).split(" ", -1));
  }

  /// What a command line without mistakes says.
  Shell succeed(final String line) {
    final var shell = run(line);
    assertEquals(ExitCode.OK, shell.code(), shell::err);
    return shell;
  }

  /// A test per mistake: it ends with its code and one line, and nothing is written.
  Stream<DynamicTest> refuse(final List<Mistake> mistakes) {
    return mistakes.stream().map(m -> dynamicTest("patchbay " + m.line, () -> refuse(m)));
  }

  private void refuse(final Mistake mistake) {
    final var before = files();
    final var shell = run(mistake.line + " --device reference");
    assertEquals(mistake.code, shell.code(), shell::err);
    assertEquals(1, shell.errors().size(), shell::err);
    assertTrue(shell.err().contains(mistake.says), shell::err);
    assertEquals("", shell.out());
    assertFalse(shell.showsStack());
    assertEquals(before, files(), "files were left");
  }

  /// All files and folders, in order.
  List<String> files() {
    try (var all = Files.walk(folder)) {
      return all.map(Path::toString).sorted().toList();
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String text(final String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode json(final String file) {
    return JsonMapper.shared().readTree(text(file));
  }
}
