package io.patchbay.tests.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.analysis.cli.Main;
import io.patchbay.engine.BackendProvider;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.vae.io.NpyReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands on the CUDA backend, as a user calls them: a process each, with the emulator where
/// a GPU would be.
final class CommandLineTest {
  private static final List<String> TRAIN =
      List.of(
          ("train --data pendulum:size=16 --set arch.widths=4,4 --set arch.hidden=8 --latent 3"
                  + " --batch 4 --steps 5 --seed 1")
              .split(" "));

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void offerTheEmulator() throws IOException {
    assumeTrue(EmulatedDevice.present(), "no emulator here");
    final var services = Files.createDirectories(folder.resolve("offered/META-INF/services"));
    Files.writeString(
        services.resolve(BackendProvider.class.getName()), EmulatedProvider.class.getName());
  }

  /// Runs a command to its good end; what it wrote.
  private String run(final List<String> words) throws IOException, InterruptedException {
    final var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(
        folder.resolve("offered") + File.pathSeparator + System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(words);
    final var log = folder.resolve("log");
    final var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("PATCHBAY_HOME", folder.resolve("cache").toString());
    final int code = builder.start().waitFor();
    final var text = Files.readString(log);
    assertEquals(0, code, text);
    return text;
  }

  /// The effects of a sweep of the model that the emulator trained.
  private float[] swept(final String device, final String site, final String route)
      throws IOException, InterruptedException {
    final var to = folder.resolve(device + "-" + site);
    final var plan =
        Files.writeString(
            folder.resolve("plan.json"),
            """
            {"site": "%s", "units": "channels", "op": "interchange", "values": [], "sources": 1,
             "draws": 0, "inputs": 6, "metric": "l2", "seed": 3, "precision": "fp32", "route": "%s"}
            """
                .formatted(site, route));
    final var words =
        new ArrayList<>(List.of("sweep", folder.resolve(EmulatedProvider.NAME).toString()));
    words.addAll(List.of("--plan", plan.toString(), "--device", device, "--out", to.toString()));
    assertSaid(device, run(words));
    try (var reader = NpyReader.open(to.resolve("effects.npy"))) {
      return reader.read(1 << 20).floats();
    }
  }

  private static void assertSaid(final String device, final String text) {
    final var full = device.equals(EmulatedProvider.NAME) ? "cuda (emulator" : device;
    assertTrue(text.contains("device: " + full), text);
  }

  /// The plans name their ways: to time the ways would take the emulator a minute.
  @Test
  void aModelIsTrainedAndSweptAsOnTheReference() throws IOException, InterruptedException {
    final var train = new ArrayList<>(TRAIN);
    train.addAll(List.of("--device", EmulatedProvider.NAME));
    train.addAll(List.of("--out", folder.resolve(EmulatedProvider.NAME).toString()));
    assertSaid(EmulatedProvider.NAME, run(train));
    compare("latent.z", "carried:1");
    compare("decoder.convt1", "measured:1");
  }

  private void compare(final String site, final String route)
      throws IOException, InterruptedException {
    final var expected = swept("reference", site, route);
    final var found = swept(EmulatedProvider.NAME, site, route);
    assertEquals(expected.length, found.length);
    double largest = 0;
    for (final float effect : expected) {
      largest = Math.max(largest, effect);
    }
    assertTrue(largest > 0, site);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], 1e-4 * largest, site + ", cell " + i);
    }
  }
}
