package io.patchbay.tests.known;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.kernels.cuda.CudaProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// GPUs that are too old for the kernels, as a driver without any device shows them: `auto` goes on
/// to the next backend, and `cuda` says why.
final class OldGpuTest {
  private static final String DRIVER = "../native/src/test/cpp/fake_cuda.cpp";

  @TempDir private static Path folder;

  @BeforeAll
  static void build() throws IOException, InterruptedException {
    assumeTrue(CudaProvider.class.getResource("expression.fatbin") != null, "built without nvcc");
    final var library = folder.resolve("libcuda.so.1").toString();
    run("", "g++", "-std=c++17", "-shared", "-fPIC", DRIVER, "-o", library);
  }

  private static List<String> open(final String capabilities, final String... names)
      throws IOException, InterruptedException {
    final var words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ChoiceRun.class.getName()));
    words.addAll(List.of(names));
    return run(capabilities, words.toArray(String[]::new));
  }

  /// @param capabilities of the devices of the driver, such as `75 90`
  private static List<String> run(final String capabilities, final String... words)
      throws IOException, InterruptedException {
    final var builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().put("FAKE_CAPABILITIES", capabilities);
    builder.environment().put("LD_LIBRARY_PATH", folder.toString());
    final var process = builder.start();
    process.getOutputStream().close();
    final var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    return text.lines().toList();
  }

  @Test
  void autoGoesOnAndCudaSaysWhy() throws IOException, InterruptedException {
    final var why =
        "GPU Fake A (cuda:0) has compute capability 7.5, GPU Fake B (cuda:1) has compute"
            + " capability 7.0, the kernels need 8.0 or more";
    final var lines = open("75 70", "auto", "cuda", "cuda:1");
    assertEquals(3, lines.size(), lines::toString);
    assertTrue(
        lines.get(0).matches("chosen=(cpu|reference): .*" + Pattern.quote(why) + ".*"),
        lines.get(0));
    assertEquals("missing: device not available: name=cuda, " + why, lines.get(1));
    assertEquals("missing: device not available: name=cuda:1, " + why, lines.get(2));
  }

  @Test
  void anOldOneAmongOthersIsRefusedByItsNumber() throws IOException, InterruptedException {
    final var lines = open("90 75", "cuda:1");
    assertEquals(
        List.of(
            "missing: device not available: name=cuda:1, GPU Fake B (cuda:1) has compute capability"
                + " 7.5, the kernels need 8.0 or more; GPU Fake A (cuda:0) has compute capability"
                + " 9.0"),
        lines);
  }
}
