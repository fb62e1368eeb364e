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
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
  private static final Path ROOT = Path.of("..");
  private static final Path SOURCE =
      Path.of("src/test/java/io/patchbay/tests/readme/ReadmeExample.java");

  @Test
  void theExampleRuns(@TempDir final Path folder) throws IOException {
    final var run = folder.resolve("run");
    final var config = TrainConfig.defaults(Variant.VAE, "data=sprites", "steps=2", "batch=8");
    try (var backend = Backends.open("auto", new Settings(2, 1L << 30)).backend();
        var data = new Sprites(false)) {
      new Trainer(config, data, backend, TrainingListener.none(), () -> false).run(run, false);
    }
    final float[] effects = ReadmeExample.patchEveryChannel(run);
    assertEquals(32, effects.length);
    float largest = 0;
    for (final float effect : effects) {
      assertTrue(effect >= 0 && effect < 64, () -> "effect=" + effect);
      largest = Math.max(largest, effect);
    }
    assertTrue(largest > 0);
  }

  @Test
  void theReadmeShowsTheExample() throws IOException {
    final var readme = Files.readString(ROOT.resolve("README.md"));
    final int begin = readme.indexOf("```java\n") + "```java\n".length();
    final var shown = readme.substring(begin, readme.indexOf("```", begin));
    final var source = Files.readString(SOURCE);
    final var method =
        source.substring(source.indexOf("  static float[]"), source.lastIndexOf("}\n"));
    final var unindented =
        method
            .lines()
            .map(line -> line.replaceFirst("^ {2}", ""))
            .collect(Collectors.joining("\n"));
    assertEquals(unindented + "\n", shown);
  }
}
