package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

/// What the command line says of itself.
class HelpTest {
  @TestFactory
  Stream<DynamicTest> everyCommandHasHelp() {
    final var paths = new ArrayList<List<String>>();
    collect(Main.commands(new Failures(List.of())), List.of(), paths);
    assertTrue(paths.size() > 8, () -> "commands=" + paths);
    return paths.stream()
        .map(path -> dynamicTest("patchbay " + String.join(" ", path), () -> help(path)));
  }

  private static void collect(
      final CommandLine line, final List<String> path, final List<List<String>> paths) {
    paths.add(path);
    line.getSubcommands()
        .forEach((name, next) -> {
          final var longer = new ArrayList<>(path);
          longer.add(name);
          collect(next, longer, paths);
        });
  }

  private static void help(final List<String> path) {
    for (final var option : List.of("--help", "-h")) {
      final var args = new ArrayList<>(path);
      args.add(option);
      final var shell = Shell.run(args.toArray(String[]::new));
      assertEquals(ExitCode.OK, shell.code());
      assertEquals("", shell.err());
      assertTrue(
          shell.out().contains("Usage: patchbay" + (path.isEmpty() ? "" : " " + path.getFirst())));
      assertTrue(shell.out().contains("--help"), shell.out());
    }
  }

  @Test
  void helpOfACommandIsItsHelpOption() {
    assertEquals(Shell.run("train", "--help").out(), Shell.run("help", "train").out());
    assertEquals(
        Shell.run("data", "export", "--help").out(), Shell.run("help", "data", "export").out());
    assertEquals(Shell.run("--help").out(), Shell.run("help").out());
  }

  @Test
  void helpNamesEveryExitCode() {
    final var help = Shell.run("--help").out();
    for (final int code : new int[] {0, 1, 2, 3, 4, 69, 130}) {
      assertTrue(help.matches("(?s).*\\b" + code + " [a-z].*"), () -> "missing: code=" + code);
    }
  }

  @Test
  void versionGoesToStdout() {
    final var shell = Shell.run("--version");
    assertEquals(ExitCode.OK, shell.code());
    assertTrue(shell.out().startsWith("patchbay " + Release.VERSION + System.lineSeparator()));
    assertEquals("", shell.err());
  }

  @Test
  void completionKnowsTheCommands() {
    final var shell = Shell.run("generate-completion");
    assertEquals(ExitCode.OK, shell.code());
    assertTrue(shell.out().contains("complete -F"));
    for (final var name : List.of("train", "sites", "demo", "doctor", "--host-memory")) {
      assertTrue(shell.out().contains(name), name);
    }
  }
}
