package io.patchbay.tests.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.train.DivergedException;
import io.patchbay.vae.train.Losses;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.Trainer;
import io.patchbay.vae.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Training on every backend that can run here.
class BackendTrainingTest {
  private static final long MEMORY = 1L << 28;

  @TempDir private Path folder = Path.of("");

  private static Stream<BackendProvider> available() {
    return Backends.providers().stream().filter(p -> p.unavailable().isEmpty());
  }

  private static Stream<String> names() {
    return available().map(BackendProvider::name);
  }

  private static Stream<Arguments> namesAndVariants() {
    return names()
        .flatMap(name ->
            Stream.of("vae", "beta-vae", "annealed-vae", "factor-vae")
                .map(variant -> Arguments.of(name, variant)));
  }

  private Path train(
      final TrainConfig config,
      final String backend,
      final int threads,
      final Path run,
      final boolean resume,
      final TrainingListener listener,
      final BooleanSupplier stop) {
    try (var opened = Backends.open(backend, new Settings(threads, MEMORY)).backend()) {
      new Trainer(config, new TinyImages(), opened, listener, stop).run(run, resume);
    }
    return run;
  }

  @ParameterizedTest
  @MethodSource("namesAndVariants")
  void stoppedAndResumedOnOtherThreads(final String backend, final String variant)
      throws IOException {
    final var config = TrainerTest.tiny(variant, "steps=12");
    final var none = TrainingListener.none();
    final var whole = train(config, backend, 1, folder.resolve("a"), false, none, () -> false);
    final var broken = folder.resolve("b");
    final var heard = new ArrayList<Long>();
    train(
        config,
        backend,
        2,
        broken,
        false,
        (step, _, _, _) -> heard.add(step),
        () -> heard.size() == 7);
    assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L), heard);
    train(config, backend, 3, broken, true, none, () -> false);
    for (final var file :
        List.of("model.safetensors", "checkpoints/step-00000012.optimizer.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(whole.resolve(file)), Files.readAllBytes(broken.resolve(file)), file);
    }
  }

  @ParameterizedTest
  @MethodSource("namesAndVariants")
  void everyBackendFollowsTheReference(final String backend, final String variant) {
    final var config = TrainerTest.tiny(variant, "steps=6");
    final var expected = new ArrayList<Losses>();
    final var found = new ArrayList<Losses>();
    train(
        config,
        "reference",
        1,
        folder.resolve("reference"),
        false,
        (_, _, losses, _) -> expected.add(losses),
        () -> false);
    train(
        config,
        backend,
        2,
        folder.resolve("other"),
        false,
        (_, _, losses, _) -> found.add(losses),
        () -> false);
    for (int step = 0; step < 6; step++) {
      for (final var term : expected.get(step).terms().entrySet()) {
        final double value = term.getValue();
        // An accuracy is a count: one code near the boundary may fall on the other side.
        final double tolerance =
            term.getKey().equals("discriminator_accuracy")
                ? 1.0 / 8
                : 1e-4 * Math.max(1, Math.abs(value));
        assertEquals(value, found.get(step).term(term.getKey()), tolerance, term.getKey());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void weightsThatExplodeAreNamed(final String backend) {
    final var config = TrainerTest.tiny("factor-vae", "lr=1e30");
    final var stopped =
        assertThrows(
            DivergedException.class,
            () ->
                train(
                    config,
                    backend,
                    1,
                    folder.resolve("run"),
                    false,
                    TrainingListener.none(),
                    () -> false));
    final var text = String.valueOf(stopped.getMessage());
    assertTrue(text.contains("site=encoder.") || text.contains("site=decoder."), text);
  }
}
