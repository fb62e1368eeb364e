package io.patchbay.vae.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.data.Pendulum;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.model.Architecture;
import io.patchbay.vae.model.ConvLayer;
import io.patchbay.vae.model.Likelihood;
import io.patchbay.vae.objective.AnnealedVae;
import io.patchbay.vae.objective.BetaVae;
import io.patchbay.vae.objective.Discriminator;
import io.patchbay.vae.objective.FactorVae;
import io.patchbay.vae.objective.FactorVae.Convention;
import io.patchbay.vae.objective.VaeObjective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class TrainConfigTest {
  private static TrainConfig set(final String... assignments) {
    return TrainConfig.read(null, List.of(assignments));
  }

  @Test
  void defaults() {
    final var config = set();
    assertEquals(new VaeObjective(), config.objective());
    assertEquals("sprites", config.data());
    assertEquals(Architecture.CONV4, config.architecture());
    assertEquals(new Likelihood.Bernoulli(), config.likelihood());
    assertEquals(10, config.latent());
    assertEquals(64, config.batch());
    assertEquals(1e-4, config.rate(), 0);
    assertEquals(300_000, config.steps());
    assertEquals(new BetaVae(4), set("model=beta-vae").objective());
    assertEquals(new AnnealedVae(1000, 25, 100_000), set("model=annealed-vae").objective());
    final var factor =
        new FactorVae(10, Convention.ONE_BATCH, new Discriminator(6, 1000, 0.2), 1e-4);
    assertEquals(factor, set("model=factor-vae").objective());
    assertEquals(List.of("vae", "beta-vae", "annealed-vae", "factor-vae"), Variant.ids());
  }

  @Test
  void everyArchitectureByName() {
    for (final var architecture : Architecture.catalogue()) {
      assertEquals(architecture, set("arch=" + architecture.name()).architecture());
    }
  }

  @Test
  void layersByNumbers() {
    final var net = set("arch.widths=8,16,16", "arch.kernels=4,3,3", "arch.hidden=").architecture();
    assertEquals(
        List.of(new ConvLayer(8, 4, 2, 1), new ConvLayer(16, 3, 2, 1), new ConvLayer(16, 3, 2, 1)),
        net.encoder());
    assertEquals(net.encoder().reversed(), net.decoder());
    assertEquals(List.of(), net.encoderHidden());
    assertEquals(List.of(), net.decoderHidden());
    final var wide = set("arch=locatello", "arch.decoder.widths=64,32,16,16").architecture();
    assertEquals(Architecture.LOCATELLO.encoder(), wide.encoder());
    assertEquals(new ConvLayer(16, 4, 2, 1), wide.decoder().get(3));
  }

  @Test
  void textAndBackAgain(@TempDir final Path folder) throws IOException {
    final var configs =
        List.of(
            set("model=beta-vae", "beta=6.5", "seed=-3", "data=a folder: of \"images\", #1"),
            set("model=annealed-vae", "capacity_steps=7", "likelihood=gaussian", "variance=0.1"),
            set("model=factor-vae", "batches=two", "discriminator.width=9", "arch=burgess"),
            set("arch.widths=", "arch.hidden=32,16", "likelihood=gaussian", "output=identity"));
    for (final var config : configs) {
      final var on = config.on(new ImageShape(3, 64, 64));
      final var yaml = folder.resolve("c.yaml");
      final var json = folder.resolve("c.json");
      Files.writeString(yaml, on.toYaml());
      Files.writeString(json, on.toJson());
      assertEquals(on, TrainConfig.read(yaml, List.of()), on.toYaml());
      assertEquals(on, TrainConfig.read(json, List.of()));
      assertEquals(on.hash(), TrainConfig.read(yaml, List.of()).hash());
    }
  }

  @Test
  void textsWinOverTheFile(@TempDir final Path folder) throws IOException {
    final var file = folder.resolve("c.yaml");
    Files.writeString(file, "model: beta-vae\nbeta: 8\nlatent: 4\narch: burgess\n");
    final var config = TrainConfig.read(file, List.of("latent=5", "beta=2"));
    assertEquals(new BetaVae(2), config.objective());
    assertEquals(5, config.latent());
    assertEquals("burgess", config.architecture().name());
  }

  @Test
  void theHashIsOfWhatStepsDependOn() {
    final var config = set("model=beta-vae");
    assertEquals(config.hash(), config.with("steps=5", "log_every=2", "checkpoint_every=3").hash());
    for (final var change : List.of("beta=5", "seed=1", "batch=2", "lr=1", "held_out=0")) {
      assertNotEquals(config.hash(), config.with(change).hash(), change);
    }
  }

  @Test
  void heldOutRowsAreNotTrainedOn() {
    try (var sprites = new Sprites(false);
        var pendulum = new Pendulum(64)) {
      final var config = set("seed=2");
      assertEquals(sprites.size() / 10, config.heldOutRows(sprites).size());
      final var held = config.heldOutRows(pendulum);
      final var train = config.trainRows(pendulum);
      assertEquals(pendulum.size(), held.size() + train.size());
      final var seen = new boolean[(int) pendulum.size()];
      for (long i = 0; i < held.size(); i++) {
        seen[(int) held.row(i)] = true;
      }
      for (long i = 0; i < train.size(); i++) {
        assertFalse(seen[(int) train.row(i)]);
      }
      assertEquals(pendulum.size(), set("held_out=0").trainRows(pendulum).size());
    }
  }

  @Test
  void theShapeOfTheDataMustFit() {
    final var config = set();
    assertThrows(IllegalStateException.class, config::vae);
    assertEquals(764_245, config.on(new ImageShape(1, 64, 64)).vae().parameterCount());
    final var fixed = config.on(new ImageShape(1, 64, 64));
    assertThrows(BadInputException.class, () -> fixed.on(new ImageShape(3, 64, 64)));
    assertEquals(
        "arch",
        assertThrows(BadInputException.class, () -> config.on(new ImageShape(1, 8, 8))).place());
  }

  private record Case(String text, String place, String expected) {}

  private static final List<Case> MALFORMED =
      List.of(
          new Case("model=beta", "model", "one of vae, beta-vae"),
          new Case("model: [vae]", "model", "one of vae"),
          new Case("modle=vae", "modle", "such as model"),
          new Case("beta=4", "beta", "one of its settings"),
          new Case("lr: fast", "lr", "a number above 0"),
          new Case("lr: 0", "lr", "a number above 0"),
          new Case("lr: -1e-3", "lr", "a number above 0"),
          new Case("lr: .nan", "lr", "a number above 0"),
          new Case("lr: Infinity", "lr", "a number above 0"),
          new Case("steps: 1.5", "steps", "a whole number from 1"),
          new Case("steps: 0", "steps", "a whole number from 1"),
          new Case("steps: 100000000", "steps", "to 99999999"),
          new Case("batch: many", "batch", "a whole number from 1"),
          new Case("latent: 99999999999999999999", "latent", "a whole number from 1"),
          new Case("seed: x", "seed", "a whole number"),
          new Case("seed:", "seed", "a number or a text"),
          new Case("data: ''", "data", "one text"),
          new Case("held_out: 1", "held_out", "a share in [0, 1)"),
          new Case("held_out: -0.1", "held_out", "a share"),
          new Case("arch: resnet", "arch.name", "conv4, locatello, burgess"),
          new Case("arch: {width: 3}", "arch.width", "such as arch.widths"),
          new Case("arch: {widths: [4, 0]}", "arch.widths", "whole numbers from 1"),
          new Case("arch: {widths: [4, [4]]}", "arch.widths", "a number or a text"),
          new Case("arch.widths=4,,4", "arch.widths", "with commas"),
          new Case("arch.kernels=4,4", "arch.kernels", "one for each of 4 layers"),
          new Case("arch.paddings=4", "arch.paddings", "paddings below the kernels"),
          new Case("arch.strides=0", "arch.strides", "whole numbers from 1"),
          new Case("arch.heads=three", "arch.heads", "separate, interleaved"),
          new Case("arch.init=zeros", "arch.init", "glorot, kaiming"),
          new Case("likelihood=laplace", "likelihood", "bernoulli, gaussian"),
          new Case("variance=2", "variance", "one of its settings"),
          new Case("{likelihood: gaussian, variance: 0}", "variance", "a number above 0"),
          new Case("{model: annealed-vae, capacity: -1}", "capacity", "a number from 0"),
          new Case("{model: annealed-vae, capacity_steps: 0}", "capacity_steps", "from 1"),
          new Case("{model: factor-vae, batches: 3}", "batches", "one, two"),
          new Case("{model: factor-vae, discriminator: 6}", "discriminator", "discriminator.lr"),
          new Case(
              "{model: factor-vae, discriminator: {slope: 1}}", "discriminator.slope", "[0, 1)"),
          new Case("image: [64, 64]", "image", "channels, height and width"),
          new Case("log_every: 0", "log_every", "a whole number from 1"),
          new Case("checkpoint_every: -5", "checkpoint_every", "a whole number from 1"),
          new Case("nonsense", "text", "names with values"),
          new Case("- vae", "text", "names with values"),
          new Case("", "text", "names with values"),
          new Case("lr: 1\nlr: 2", "line 2", "YAML"),
          new Case("lr: [1", "line", "YAML"),
          new Case("\tlr: 1", "line 1", "YAML"));

  @TestFactory
  Stream<DynamicTest> malformed(@TempDir final Path folder) {
    return MALFORMED.stream()
        .map(c ->
            DynamicTest.dynamicTest(
                "'" + c.text().replace('\n', ' ') + "'", () -> refuse(c, folder)));
  }

  private static void refuse(final Case c, final Path folder) throws IOException {
    final boolean option = c.text().contains("=");
    final var file = folder.resolve("config.yaml");
    Files.writeString(file, option ? "steps: 5\n" : c.text());
    final var refused =
        assertThrows(
            BadInputException.class,
            () -> TrainConfig.read(file, option ? List.of(c.text()) : List.of()));
    final var message = String.valueOf(refused.getMessage());
    assertEquals(option ? "--set" : file.toString(), refused.file(), message);
    assertTrue(refused.place().startsWith(c.place()), message);
    assertTrue(refused.expected().contains(c.expected()), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void filesAndOptionsThatAreNone(@TempDir final Path folder) throws IOException {
    final var missing = folder.resolve("none.yaml");
    assertThrows(BadInputException.class, () -> TrainConfig.read(missing, List.of()));
    assertThrows(BadInputException.class, () -> TrainConfig.read(folder, List.of()));
    assertThrows(BadInputException.class, () -> set("steps"));
    assertThrows(BadInputException.class, () -> set("=5"));
    final var large = folder.resolve("large.yaml");
    Files.writeString(large, "# " + "x".repeat(2 << 20));
    assertEquals(
        "size",
        assertThrows(BadInputException.class, () -> TrainConfig.read(large, List.of())).place());
    final var json = folder.resolve("c.json");
    Files.writeString(json, "{\"lr\": 1,}");
    assertTrue(
        assertThrows(BadInputException.class, () -> TrainConfig.read(json, List.of()))
            .place()
            .startsWith("line 1"));
    Files.writeString(json, "{\"lr\": 1, \"lr\": 2}");
    assertThrows(BadInputException.class, () -> TrainConfig.read(json, List.of()));
  }

  @Test
  void precisionIsPartOfTheRecord() {
    final var single = TrainConfig.defaults(Variant.VAE);
    final var narrow = TrainConfig.defaults(Variant.VAE, "precision=tf32");
    assertEquals("fp32", single.toMap().get("precision"));
    assertEquals("tf32", narrow.toMap().get("precision"));
    assertNotEquals(single.hash(), narrow.hash());
    assertEquals(narrow, narrow.with());
    assertThrows(BadInputException.class, () -> set("precision=tf16"));
  }
}
