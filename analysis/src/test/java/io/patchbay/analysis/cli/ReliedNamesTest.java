package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

/// The commands and options that scripts rely on: a name that is here is not taken away.
class ReliedNamesTest {
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("demo", "--out --seed --json --device"),
          Map.entry(
              "train",
              "--model --arch --data --steps --batch --latent --seed --set --config --out --resume"
                  + " --host-memory --device --json"),
          Map.entry("sites", "--json"),
          Map.entry(
              "sweep",
              "--site --units --op --values --sources --draws --inputs --metric --seed --precision"
                  + " --device --resume --out --plan --explain --json"),
          Map.entry(
              "mediate",
              "--site --units --factor --random-pairs --pairs --outcome --out --seed --json"),
          Map.entry("readout", "--set --read --hold --out --seed --json"),
          Map.entry("export", "--format --json"),
          Map.entry("report", "--out --seed --json"),
          Map.entry("doctor", "--json"),
          Map.entry("data export", "--format --out --json"));

  @TestFactory
  Stream<DynamicTest> areThere() {
    return NAMES.entrySet().stream()
        .map(e -> dynamicTest(e.getKey(), () -> check(e.getKey(), e.getValue())));
  }

  private static void check(final String command, final String options) {
    CommandLine line = Main.commands(new Failures(List.of()));
    for (final var word : command.split(" ", -1)) {
      final var next = line.getSubcommands().get(word);
      assertTrue(next != null, () -> "no such command: " + command);
      line = next;
    }
    final var known = line.getCommandSpec().optionsMap().keySet();
    Arrays.stream(options.split(" ", -1))
        .filter(option -> !option.isEmpty())
        .forEach(option -> assertTrue(known.contains(option), command + " " + option));
  }
}
