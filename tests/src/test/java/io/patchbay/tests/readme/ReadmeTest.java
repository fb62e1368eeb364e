package io.patchbay.tests.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.Trainer;
import io.patchbay.vae.train.TrainingListener;
import io.patchbay.vae.train.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
  private static final Path ROOT = Path.of("..");
  private static final Path SOURCES = Path.of("src/test/java/io/patchbay/tests/readme");
  private static final String JAVA = "```java\n";

  @TempDir private static Path folder;

  @BeforeAll
  static void train() {
    final var config = TrainConfig.defaults(Variant.VAE, "data=sprites", "steps=2", "batch=8");
    try (var backend = Backends.open("auto", new Settings(2, 1L << 30)).backend();
        var data = new Sprites(false)) {
      new Trainer(config, data, backend, TrainingListener.none(), () -> false)
          .run(folder.resolve("run"), false);
    }
  }

  /// None of the units, a part, more of them, all.
  @Test
  void theExampleOfAnOwnOpRuns() {
    final float[] effects = OwnOpExample.doseResponse(folder.resolve("run"));
    assertEquals(5, effects.length);
    assertEquals(0, effects[0]);
    for (int i = 1; i < effects.length; i++) {
      assertTrue(effects[i] > 0 && effects[i] < 64, Arrays.toString(effects));
    }
  }

  @Test
  void theExampleRuns() {
    final float[] effects = ReadmeExample.patchEveryChannel(folder.resolve("run"));
    assertEquals(32, effects.length);
    float largest = 0;
    for (final float effect : effects) {
      assertTrue(effect >= 0 && effect < 64, () -> "effect=" + effect);
      largest = Math.max(largest, effect);
    }
    assertTrue(largest > 0);
  }

  /// Every piece of Java in the README is the method of an example that a test here runs.
  @Test
  void theReadmeShowsTheExamples() throws IOException {
    final var readme = Files.readString(ROOT.resolve("README.md"));
    final var methods = List.of(method("ReadmeExample.java"), method("OwnOpExample.java"));
    int shown = 0;
    for (int at = readme.indexOf(JAVA); at >= 0; at = readme.indexOf(JAVA, at + 1)) {
      final int begin = at + JAVA.length();
      final var piece = readme.substring(begin, readme.indexOf("```", begin));
      assertTrue(methods.contains(piece), piece);
      shown++;
    }
    assertTrue(shown >= 1);
  }

  private static String method(final String file) throws IOException {
    final var source = Files.readString(SOURCES.resolve(file));
    return source
            .substring(source.indexOf("  static float[]"), source.lastIndexOf("}\n"))
            .lines()
            .map(line -> line.replaceFirst("^ {2}", ""))
            .collect(Collectors.joining("\n"))
        + "\n";
  }
}
