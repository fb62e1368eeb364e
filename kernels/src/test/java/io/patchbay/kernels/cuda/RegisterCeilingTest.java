package io.patchbay.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// What nvcc made of each kernel stays within what `src/main/cuda/ceilings.txt` grants it: more
/// registers leave fewer threads at once, and spills go through memory.
class RegisterCeilingTest {
  private static final Path MADE = Path.of("target", "cuda", "resources.txt");
  private static final Path GRANTED = Path.of("src", "main", "cuda", "ceilings.txt");

  /// Registers of a thread, at most: what needs more spills.
  private static final int MOST = 255;

  /// @param registers of a thread
  /// @param spills bytes of them stored and loaded
  private record Ceiling(int registers, int spills) {}

  private static Map<String, Ceiling> ceilings() throws IOException {
    final var ceilings = new HashMap<String, Ceiling>();
    for (final var line : Files.readAllLines(GRANTED)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        final var words = line.split(" +", -1);
        final var ceiling = new Ceiling(Integer.parseInt(words[2]), Integer.parseInt(words[3]));
        final var key = words[0] + " " + words[1];
        assertTrue(ceiling.registers() <= MOST, "no thread has as many registers: " + line);
        assertTrue(ceilings.put(key, ceiling) == null, "twice in " + GRANTED + ": " + key);
      }
    }
    return ceilings;
  }

  @Test
  void kernelsStayBelowTheirCeilings() throws IOException {
    if (!List.of(System.getProperty("require", "").split(",")).contains("nvcc")) {
      Assumptions.assumeTrue(Files.exists(MADE), "the build had no nvcc");
    }
    final var ceilings = ceilings();
    final var seen = new HashSet<String>();
    final var problems = new ArrayList<String>();
    for (final var line : Files.readAllLines(MADE)) {
      final var words = line.split(" ", -1);
      final var key = words[0] + " " + words[1];
      seen.add(key);
      final var ceiling = ceilings.get(key);
      if (ceiling == null) {
        problems.add("not in " + GRANTED + ": " + line);
      } else if (Integer.parseInt(words[3]) > ceiling.registers()
          || Integer.parseInt(words[4]) > ceiling.spills()) {
        problems.add(
            key
                + " ("
                + words[2]
                + ") takes "
                + words[3]
                + " registers and spills "
                + words[4]
                + " bytes, more than "
                + ceiling);
      }
    }
    for (final var key : ceilings.keySet()) {
      if (!seen.contains(key)) {
        problems.add("no such kernel: " + key);
      }
    }
    assertTrue(problems.isEmpty(), String.join("\n", problems));
  }
}
