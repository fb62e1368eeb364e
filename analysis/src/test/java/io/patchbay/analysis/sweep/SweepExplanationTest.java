package io.patchbay.analysis.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.folder.Place;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--explain` shows every way with its figures, a star at the one that is gone, and writes
/// nothing.
class SweepExplanationTest {
  @TempDir private Path folder;

  private String explained(final SweepPlan plan, final Optional<String> route) {
    final var data = new Sprites(false);
    final var to = folder.resolve("none");
    final var config = TrainConfig.defaults(Variant.VAE, "seed=5");
    try (var backend = Backends.open("auto", new Settings(2, 2L << 30)).backend();
        var model = TrainedVae.untrained(config, data.shape(), backend)) {
      final var subject = new Subject(backend, model.vae(), model.weights());
      final var text =
          new Sweep(subject, data, "sprites", plan, to, route, Optional.empty()).explain();
      assertFalse(Files.exists(to));
      assertEquals(1, text.lines().filter(l -> l.startsWith("* ")).count(), text);
      return text;
    }
  }

  private static void assertLine(final String text, final String way, final String end) {
    final var time = " +[0-9.]+ (ns|us|ms|s)";
    final var line =
        "[* ] "
            + way
            + " +"
            + end.replace(".", "[.]")
            + time
            + "( +-|"
            + time
            + ")"
            + time
            + " +[0-9.]+ [KM] +[0-9]+ %";
    assertTrue(text.lines().anyMatch(l -> l.matches(line)), () -> line + "\n" + text);
  }

  @Test
  void everyWayStandsInTheTable() {
    final var plan =
        new SweepPlan("decoder.convt2", "channels", "interchange", List.of(), 2, 0, 4, "l2", 3);
    final var text = explained(plan, Optional.empty());
    assertLine(text, "whole", "output");
    assertLine(text, "carried:1", "decoder.convt3");
    assertLine(text, "measured:2", "output");
    assertTrue(text.contains("256 cells in shards of 16 inputs"), text);
    assertTrue(text.contains("native memory: "), text);
    assertTrue(text.contains("propagate") || text.contains("conv_up"), text);
  }

  /// A way that a plan asks for has the star, whatever it costs.
  @Test
  void theWayThatIsAskedForIsGone() {
    final var plan = new SweepPlan("decoder.convt3", "3", "zero", List.of(), 1, 0, 2, "l2", 3);
    final var text = explained(plan, Optional.of("whole"));
    assertTrue(text.lines().anyMatch(l -> l.startsWith("* whole ")), text);
    assertTrue(text.lines().anyMatch(l -> l.startsWith("  measured:1 ")), text);
  }

  /// Noise leaves one way, several sites too.
  @Test
  void aSweepWithOneWayIsMeasuredToo() {
    final var noisy = new SweepPlan("latent.z", "0", "add", List.of(1.0), 1, 2, 2, "l2", 3);
    assertLine(explained(noisy, Optional.empty()), "whole", "output");
    final var places =
        List.of(new Place("latent.z", "0", "zero"), new Place("decoder.fc1", "0", "zero"));
    final var joint = new SweepPlan(places, List.of(), 1, 0, 2, "l2", 3);
    assertLine(explained(joint, Optional.empty()), "whole", "output");
  }

  @Test
  void timesAreReadable() {
    assertEquals("9.50 ns", SweepExplanation.time(9.5));
    assertEquals("12.3 us", SweepExplanation.time(12_345));
    assertEquals("123 ms", SweepExplanation.time(123e6));
    assertEquals("75.0 s", SweepExplanation.time(75e9));
  }
}
