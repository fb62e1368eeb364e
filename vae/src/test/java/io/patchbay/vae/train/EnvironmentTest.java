package io.patchbay.vae.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {
  @TempDir Path folder;

  @Test
  void theProcessorIsTheFirstThatIsNamed() throws IOException {
    final var file = folder.resolve("cpuinfo");
    Files.writeString(
        file,
        """
        processor\t: 0
        model\t\t: 17
        model name\t: AMD EPYC 9R14: 96 cores
        processor\t: 1
        model name\t: another
        """);
    assertEquals("AMD EPYC 9R14: 96 cores", Environment.cpu(file));
    Files.writeString(file, "processor\t: 0\nBogoMIPS\t: 50\n");
    assertEquals("unknown", Environment.cpu(file));
    assertEquals("unknown", Environment.cpu(folder.resolve("none")));
  }

  /// What the build wrote is the commit that is checked out, or nothing where none is.
  @Test
  void theCommitIsThatOfTheCheckout() throws IOException, InterruptedException {
    assumeTrue(Environment.class.getResource("commit.txt") != null, "not built by Maven");
    final var git =
        new ProcessBuilder(
                "sh",
                "-c",
                "git ls-files --error-unmatch pom.xml >/dev/null 2>&1 && git rev-parse HEAD"
                    + " || echo unknown")
            .start();
    final var expected =
        new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, git.waitFor());
    final var commit = Environment.commit();
    assertTrue(commit.equals(expected) || commit.equals(expected + "-dirty"), commit);
  }
}
