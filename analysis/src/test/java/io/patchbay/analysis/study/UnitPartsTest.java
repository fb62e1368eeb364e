package io.patchbay.analysis.study;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.semantics.LabelRule;
import io.patchbay.analysis.study.UnitQuestion.Estimator;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Pendulum;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Studies of units that are stopped and go on.
class UnitPartsTest {
  private static final Map<String, Object> PLAN = Map.of("seed", 5L, "sites", List.of("latent.z"));

  @TempDir private Path folder;

  private static BooleanSupplier after(final int parts) {
    final var left = new AtomicInteger(parts);
    return () -> left.getAndDecrement() <= 0;
  }

  private static final class Silent implements UnitStudy.Listener {
    private long done;

    @Override
    public void doing(final String what) {}

    @Override
    public void cells(final long now, final long all) {
      assertTrue(now > done && now <= all, () -> now + " of " + all);
      done = now;
    }
  }

  private static void with(final Consumer<Scene> asked) {
    final var config =
        TrainConfig.defaults(Variant.VAE, "seed=31", "latent=2", "arch.widths=4", "arch.hidden=8");
    final var data = new Pendulum(16);
    try (var backend = Backends.open("auto", new Settings(2, 1L << 28)).backend();
        var model = TrainedVae.untrained(config, data.shape(), backend)) {
      asked.accept(new Scene(model, data, 7));
    }
  }

  private static UnitQuestion question(final int oracleInputs) {
    return new UnitQuestion(
        List.of("latent.z", "decoder.fc1", "encoder.conv1"),
        List.of(),
        8,
        2,
        oracleInputs,
        Estimator.BOTH,
        new LabelRule(0.05, 0.1),
        99);
  }

  private static String text(final UnitStudy study, final LayerProfile profile) {
    return JsonMapper.shared().writeValueAsString(List.of(study.numbers(), profile.numbers()));
  }

  private Optional<String> go(final Scene scene, final boolean resume, final int most) {
    try (var parts = UnitParts.in(folder, resume, after(most))) {
      final var study = UnitStudy.of(scene, question(8), parts, new Silent());
      final var profile = study.flatMap(s -> LayerProfile.of(s, parts, new Silent()));
      return profile.map(p -> text(study.orElseThrow(), p));
    }
  }

  private List<String> parts() {
    try (var files = Files.list(folder.resolve("parts"))) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith(".npy"))
          .sorted()
          .toList();
    } catch (final IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aStudyThatWasStoppedComesToTheSameBytes() {
    with(scene -> {
      final var study = UnitStudy.of(scene, question(8), new Silent());
      final var whole = text(study, LayerProfile.of(study, new Silent()));
      assertEquals(Optional.empty(), go(scene, false, 5));
      final var first = parts();
      assertEquals(5, first.size(), first::toString);
      // No more than the other seven are computed.
      assertEquals(Optional.of(whole), go(scene, true, 7));
      final var all = parts();
      assertTrue(all.containsAll(first), all::toString);
      for (final var site : List.of("latent.z", "decoder.fc1", "encoder.conv1")) {
        for (final var what : List.of("readout", "oracle", "profile")) {
          assertTrue(all.contains(what + "-" + site + ".npy"), all::toString);
        }
      }
      assertEquals(12, all.size(), all::toString);
    });
  }

  @Test
  void partsOfAnotherStudyAreRefused() {
    with(scene -> {
      assertEquals(Optional.empty(), go(scene, false, 1));
      assertEquals(OptionalLong.of(7), UnitParts.seed(folder));
      final var again = assertThrows(BadInputException.class, () -> go(scene, false, 1));
      assertTrue(again.toString().contains("--resume"), again::toString);
      final var other = question(9);
      try (var parts = UnitParts.in(folder, true, () -> false)) {
        final var e =
            assertThrows(
                BadInputException.class, () -> UnitStudy.of(scene, other, parts, new Silent()));
        assertTrue(e.toString().contains("another question"), e::toString);
      }
    });
  }

  @Test
  void numbersAreKeptBitForBit() {
    final double[] values = {1.1, -0.0, Double.NEGATIVE_INFINITY, Math.PI, 5e-324};
    try (var parts = UnitParts.in(folder, false, () -> false)) {
      parts.begin(PLAN);
      assertArrayEquals(values, parts.part("a", 5, values::clone).orElseThrow());
    }
    try (var parts = UnitParts.in(folder, true, () -> true)) {
      parts.begin(PLAN);
      final var read = parts.part("a", 5, () -> new double[5]).orElseThrow();
      for (int i = 0; i < values.length; i++) {
        assertEquals(Double.doubleToRawLongBits(values[i]), Double.doubleToRawLongBits(read[i]));
      }
      assertTrue(parts.part("b", 5, () -> new double[5]).isEmpty(), "it was to stop");
      final var e =
          assertThrows(BadInputException.class, () -> parts.part("a", 4, () -> new double[4]));
      assertTrue(e.toString().contains("a.npy"), e::toString);
      parts.clear();
    }
    assertFalse(Files.exists(folder.resolve("parts")));
    assertEquals(OptionalLong.empty(), UnitParts.seed(folder));
  }

  @Test
  void aPlanThatIsBrokenIsOneLine() throws IOException {
    Files.createDirectories(folder.resolve("parts"));
    Files.writeString(folder.resolve("parts/plan.json"), "{\"seed\": \"x\"}");
    assertThrows(BadInputException.class, () -> UnitParts.seed(folder));
    Files.writeString(folder.resolve("parts/plan.json"), "{");
    assertThrows(BadInputException.class, () -> UnitParts.seed(folder));
    try (var parts = UnitParts.in(folder, true, () -> false)) {
      assertThrows(BadInputException.class, () -> parts.begin(PLAN));
    }
  }
}
