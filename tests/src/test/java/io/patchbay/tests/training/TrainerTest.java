package io.patchbay.tests.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.kernels.reference.ReferenceBackend;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.RunLock;
import io.patchbay.vae.io.Safetensors;
import io.patchbay.vae.train.DivergedException;
import io.patchbay.vae.train.Environment;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainResult;
import io.patchbay.vae.train.Trainer;
import io.patchbay.vae.train.TrainingListener;
import io.patchbay.vae.train.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
  @TempDir private Path folder = Path.of("");
  private final Backend backend = new ReferenceBackend(new Settings(1, 1L << 28));

  @AfterEach
  void closeBackend() {
    backend.close();
  }

  static TrainConfig tiny(final String variant, final String... more) {
    final var settings = new ArrayList<>(List.of("arch.widths=4,4", "arch.hidden=8", "latent=3"));
    settings.addAll(List.of("batch=8", "steps=40", "lr=3e-3", "log_every=5", "seed=4"));
    if (variant.equals("factor-vae")) {
      settings.addAll(List.of("discriminator.layers=2", "discriminator.width=6", "batches=two"));
    }
    if (variant.equals("annealed-vae")) {
      settings.addAll(List.of("gamma=10", "capacity_steps=30"));
    }
    settings.addAll(Arrays.asList(more));
    return TrainConfig.defaults(Variant.named(variant), settings.toArray(String[]::new));
  }

  private TrainResult train(final TrainConfig config, final Path path, final boolean resume) {
    return train(config, new TinyImages(), path, resume, TrainerTest::never);
  }

  private TrainResult train(
      final TrainConfig config,
      final FactorDataset data,
      final Path path,
      final boolean resume,
      final BooleanSupplier stop) {
    return new Trainer(config, data, backend, TrainingListener.none(), stop).run(path, resume);
  }

  private static boolean never() {
    return false;
  }

  /// True from the `count`-th time it is asked.
  private static BooleanSupplier after(final int count) {
    final var asked = new AtomicLong();
    return () -> asked.incrementAndGet() >= count;
  }

  private static byte[] bytes(final Path run, final String file) {
    try {
      return Files.readAllBytes(run.resolve(file));
    } catch (IOException e) {
      throw new AssertionError(run.resolve(file) + " is missing", e);
    }
  }

  private static List<String> lines(final Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.jsonl"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"vae", "beta-vae", "annealed-vae", "factor-vae"})
  void aResumedRunEqualsAnUnbrokenOne(final String variant) throws IOException {
    final var config = tiny(variant);
    final var whole = folder.resolve("whole");
    final var broken = folder.resolve("broken");
    final var unbroken = train(config, whole, false);
    assertEquals(40, unbroken.step());
    assertFalse(unbroken.interrupted());
    // Stopped where no line is logged and no checkpoint is due.
    final var stopped = train(config, new TinyImages(), broken, false, after(17));
    assertEquals(17, stopped.step());
    assertTrue(stopped.interrupted());
    assertFalse(Files.exists(broken.resolve("DONE")));
    assertEquals("step-00000017", Files.readString(broken.resolve("checkpoints/latest")).strip());
    final var resumed = train(config, broken, true);
    assertEquals(40, resumed.step());
    assertFalse(resumed.interrupted());
    for (final var file :
        List.of(
            "model.safetensors",
            "checkpoints/step-00000040.safetensors",
            "checkpoints/step-00000040.optimizer.safetensors",
            "config.json",
            "config.yaml",
            "DONE")) {
      assertArrayEquals(bytes(whole, file), bytes(broken, file), file);
    }
    final var steps = lines(broken).stream().map(l -> l.replaceAll(",\"seconds\".*", "")).toList();
    assertEquals(
        lines(whole).stream().map(l -> l.replaceAll(",\"seconds\".*", "")).toList(), steps);
  }

  @Test
  void trainingLowersTheLoss() {
    final var losses = new ArrayList<Double>();
    new Trainer(
            tiny("beta-vae", "steps=60", "lr=1e-2"),
            new TinyImages(),
            backend,
            (step, steps, loss, rate) -> {
              assertEquals(60, steps);
              assertEquals(losses.size() + 1, step);
              assertTrue(rate > 0);
              assertEquals(3, loss.klPerLatent().size());
              losses.add(loss.term("loss"));
            },
            TrainerTest::never)
        .run(folder.resolve("run"), false);
    assertEquals(60, losses.size());
    final double before = losses.subList(0, 5).stream().mapToDouble(x -> x).average().orElseThrow();
    final double later =
        losses.subList(55, 60).stream().mapToDouble(x -> x).average().orElseThrow();
    assertTrue(later < before - 2, "from " + before + " to " + later);
  }

  @Test
  void seedsMatter() {
    train(tiny("vae", "steps=3"), folder.resolve("a"), false);
    train(tiny("vae", "steps=3"), folder.resolve("b"), false);
    train(tiny("vae", "steps=3", "seed=5"), folder.resolve("c"), false);
    final var a = bytes(folder.resolve("a"), "model.safetensors");
    assertArrayEquals(a, bytes(folder.resolve("b"), "model.safetensors"));
    assertFalse(Arrays.equals(a, bytes(folder.resolve("c"), "model.safetensors")));
  }

  @Test
  void theFolderHoldsWhatItPromises() throws IOException {
    final var run = folder.resolve("run");
    train(tiny("factor-vae", "steps=12", "checkpoint_every=6"), run, false);
    for (final var file : List.of("config.json", "config.yaml", "environment.json", "DONE")) {
      assertTrue(Files.size(run.resolve(file)) > 0, file);
    }
    assertEquals(4, lines(run).size()); // steps 1, 5, 10 and the last
    final var environment = Files.readString(run.resolve("environment.json"));
    for (final var field :
        List.of(
            "\"backend\" : \"reference\"",
            "\"instructions\" : \"java\"",
            "\"commit\" : \"" + Environment.commit() + "\"",
            "\"cpu\" : \"")) {
      assertTrue(environment.contains(field), environment);
    }
    assertTrue(Files.exists(run.resolve("checkpoints/step-00000006.json")));
    try (var model = Safetensors.open(run.resolve("model.safetensors"));
        var states =
            Safetensors.open(run.resolve("checkpoints/step-00000012.optimizer.safetensors"))) {
      assertTrue(model.entries().containsKey("encoder.conv1.weight"));
      assertFalse(model.entries().containsKey("discriminator.fc1.weight"));
      assertTrue(states.entries().containsKey("discriminator.fc1.weight"));
      assertTrue(states.entries().containsKey("adam.m.discriminator.fc1.weight"));
      assertTrue(states.entries().containsKey("adam.v.encoder.conv1.weight"));
      assertFalse(states.entries().containsKey("encoder.conv1.weight"));
    }
    try (var files = Files.list(run)) {
      assertEquals(
          List.of(
              ".lock",
              "DONE",
              "checkpoints",
              "config.json",
              "config.yaml",
              "environment.json",
              "metrics.jsonl",
              "model.safetensors"),
          files.map(f -> String.valueOf(f.getFileName())).sorted().toList());
    }
    assertEquals(
        TrainConfig.read(run.resolve("config.yaml"), List.of()),
        TrainConfig.read(run.resolve("config.json"), List.of()));
  }

  @Test
  void aFinishedRunStaysAndALongerOneGoesOn() {
    final var run = folder.resolve("run");
    train(tiny("vae", "steps=6"), run, false);
    final var model = bytes(run, "model.safetensors");
    assertEquals(6, train(tiny("vae", "steps=6"), run, true).step());
    assertArrayEquals(model, bytes(run, "model.safetensors"));
    assertEquals(9, train(tiny("vae", "steps=9"), run, true).step());
    train(tiny("vae", "steps=9"), folder.resolve("whole"), false);
    assertArrayEquals(
        bytes(folder.resolve("whole"), "model.safetensors"), bytes(run, "model.safetensors"));
    final var shorter =
        assertThrows(BadInputException.class, () -> train(tiny("vae", "steps=6"), run, true));
    assertEquals("steps", shorter.place());
  }

  @Test
  void aLineCutOffByACrashIsDropped() throws IOException {
    final var run = folder.resolve("run");
    train(tiny("vae"), new TinyImages(), run, false, after(12));
    Files.writeString(run.resolve("metrics.jsonl"), "{\"step\":15,\"lo", StandardOpenOption.APPEND);
    train(tiny("vae"), run, true);
    assertEquals(9, lines(run).size()); // steps 1, 5, 10, ... 40
    assertTrue(lines(run).stream().allMatch(l -> l.startsWith("{\"step\":") && l.endsWith("}")));
  }

  @Test
  void aRunThatDiedBeforeItsFirstCheckpointStartsAgain() throws IOException {
    final var run = folder.resolve("run");
    train(tiny("vae", "steps=5"), run, false);
    final var model = bytes(run, "model.safetensors");
    try (var files = Files.list(run.resolve("checkpoints"))) {
      for (final var file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(run.resolve("DONE"));
    assertEquals(5, train(tiny("vae", "steps=5"), run, true).step());
    assertArrayEquals(model, bytes(run, "model.safetensors"));
  }

  @Test
  void anotherConfigurationIsRefusedByItsName() {
    final var run = folder.resolve("run");
    train(tiny("beta-vae", "steps=2"), run, false);
    for (final var change :
        List.of("beta=5", "lr=1e-4", "seed=9", "batch=4", "arch.decoder.hidden=9")) {
      final var config = tiny("beta-vae", "steps=4", change);
      final var refused =
          assertThrows(BadInputException.class, () -> train(config, run, true), change);
      final var name = change.substring(0, change.indexOf('='));
      assertEquals(name, refused.place());
      assertTrue(refused.file().endsWith("config.json"), refused.file());
    }
  }

  @Test
  void foldersThatAreNotForThisRunAreRefused() throws IOException {
    final var used = folder.resolve("used");
    Files.createDirectories(used);
    Files.writeString(used.resolve("thesis.tex"), "text");
    final var config = tiny("vae", "steps=2");
    assertThrows(BadInputException.class, () -> train(config, used, false));
    try (var files = Files.list(used)) {
      assertEquals(List.of(used.resolve("thesis.tex")), files.toList(), "left as it was");
    }
    assertThrows(BadInputException.class, () -> train(config, folder.resolve("none"), true));
    final var busy = folder.resolve("busy");
    try (var _ = RunLock.acquire(busy)) {
      final var refused = assertThrows(BadInputException.class, () -> train(config, busy, false));
      assertTrue(String.valueOf(refused.getMessage()).contains("busy"), refused.getMessage());
    }
    assertEquals(2, train(config, busy, false).step());
  }

  @Test
  void aDamagedCheckpointIsRefused() throws IOException {
    final var run = folder.resolve("run");
    train(tiny("vae"), new TinyImages(), run, false, after(3));
    final var file = run.resolve("checkpoints/step-00000003.safetensors");
    final var bytes = Files.readAllBytes(file);
    bytes[bytes.length - 2] = (byte) (bytes[bytes.length - 2] ^ 1);
    Files.write(file, bytes);
    final var refused = assertThrows(BadInputException.class, () -> train(tiny("vae"), run, true));
    assertEquals(file.toString(), refused.file());
    Files.writeString(run.resolve("checkpoints/latest"), "../../elsewhere\n");
    assertThrows(BadInputException.class, () -> train(tiny("vae"), run, true));
  }

  @Test
  void aNanInTheDataIsNamed() {
    final var run = folder.resolve("run");
    final var stopped =
        assertThrows(
            DivergedException.class,
            () -> train(tiny("vae"), new TinyImages(20), run, false, TrainerTest::never));
    final var text = String.valueOf(stopped.getMessage());
    assertTrue(text.contains("site=input") && text.contains("row=20"), text);
    assertFalse(Files.exists(run.resolve("DONE")));
  }

  @Test
  void weightsThatExplodeAreNamedAndTheLastGoodCheckpointStays() {
    final var run = folder.resolve("run");
    train(tiny("vae", "steps=5"), run, false);
    final var good = bytes(run, "checkpoints/step-00000005.safetensors");
    final var wild = folder.resolve("wild");
    final var stopped =
        assertThrows(
            DivergedException.class,
            () -> train(tiny("vae", "lr=1e30", "checkpoint_every=1"), wild, false));
    final var text = String.valueOf(stopped.getMessage());
    assertTrue(text.contains("site=encoder.") || text.contains("site=decoder."), text);
    assertEquals(2, stopped.step());
    assertTrue(Files.exists(wild.resolve("checkpoints/step-00000001.safetensors")));
    assertFalse(Files.exists(wild.resolve("checkpoints/step-00000002.safetensors")));
    assertFalse(Files.exists(wild.resolve("DONE")));
    assertArrayEquals(good, bytes(run, "checkpoints/step-00000005.safetensors"));
  }
}
