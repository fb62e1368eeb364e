package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Backends;
import io.patchbay.tests.cases.Catalogue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The kernels of each instruction set, forced one after the other.
final class InstructionSetTest {
  private static final List<String> ALL = List.of("avx512", "avx2", "generic");

  private static boolean isHere() {
    return Backends.providers().stream()
        .anyMatch(p -> p.name().equals("cpu") && p.unavailable().isEmpty());
  }

  @TestFactory
  Stream<DynamicTest> agreesWithTheReference() {
    final var here = isHere() ? ALL : List.<String>of();
    return here.stream().map(isa -> DynamicTest.dynamicTest(isa, () -> check(isa)));
  }

  /// A set that this machine lacks is refused, and the refusal lists those it has.
  private static void check(final String isa) throws IOException, InterruptedException {
    final var lines = run(isa);
    if (lines.size() == 1 && lines.get(0).startsWith("refused=")) {
      final var expected = lines.get(0).substring(lines.get(0).indexOf("expected one of"));
      assertTrue(!expected.contains(isa) && expected.contains("generic"), lines.get(0));
      return;
    }
    assertTrue(lines.get(0).startsWith("device=cpu (" + isa), lines.get(0));
    assertEquals(List.of("cases=" + Catalogue.all().size()), lines.subList(1, lines.size()), isa);
  }

  @Test
  void anUnknownSetIsRefused() throws IOException, InterruptedException {
    if (isHere()) {
      final var lines = run("abacus");
      assertEquals(1, lines.size(), lines::toString);
      assertTrue(lines.get(0).startsWith("refused=") && lines.get(0).contains("abacus"));
    }
  }

  private static List<String> run(final String isa) throws IOException, InterruptedException {
    final var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    final var builder =
        new ProcessBuilder(
            java,
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            IsaRun.class.getName());
    builder.environment().put("PATCHBAY_ISA", isa);
    builder.redirectErrorStream(true);
    final var process = builder.start();
    process.getOutputStream().close();
    final var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    return text.lines().toList();
  }
}
