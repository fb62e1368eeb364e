package io.patchbay.tests.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.random.Normals;
import io.patchbay.engine.random.Streams;
import io.patchbay.kernels.reference.ReferenceBackend;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.io.NumericArray;
import io.patchbay.vae.io.Safetensors;
import io.patchbay.vae.io.SafetensorsWriter;
import io.patchbay.vae.train.Representation;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Trainer;
import io.patchbay.vae.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrainedVaeTest {
  private static final long[] ROWS = LongStream.range(0, 20).toArray();

  private final TinyImages data = new TinyImages();
  private final Backend backend = new ReferenceBackend(new Settings(2, 1L << 28));
  private Path run = Path.of("");

  @BeforeAll
  void train(@TempDir final Path folder) {
    run = folder.resolve("run");
    final var config = TrainerTest.tiny("beta-vae", "steps=30", "lr=1e-2");
    new Trainer(config, data, backend, TrainingListener.none(), () -> false).run(run, false);
  }

  @AfterAll
  void close() {
    backend.close();
  }

  private TrainConfig config() {
    return TrainConfig.read(run.resolve("config.json"), List.of());
  }

  @Test
  void resultsDoNotDependOnTheBatch() {
    try (var model = TrainedVae.open(run, backend);
        var small = new Representation(model, 3);
        var large = new Representation(model)) {
      final var codes = small.encode(data, ROWS);
      assertEquals(20, codes.n());
      assertEquals(3, codes.d());
      assertArrayEquals(large.encode(data, ROWS).mu(), codes.mu());
      assertArrayEquals(large.encode(data, ROWS).logvar(), codes.logvar());
      assertArrayEquals(large.decode(codes.mu()), small.decode(codes.mu()));
      assertArrayEquals(small.reconstruct(data, ROWS), large.decode(codes.mu()), 1e-6f);
      assertEquals(codes.mu()[7], small.encode(data, new long[] {2}).mu(0, 1), 0);
    }
  }

  @Test
  void codesAndBoundByHand() {
    try (var model = TrainedVae.open(run, backend);
        var representation = new Representation(model, 6)) {
      final var values = new LinkedHashMap<String, double[]>();
      model.values().forEach((name, v) -> values.put(name, doubles(v)));
      final var hand = new HandVae(model.vae(), values);
      final var codes = representation.encode(data, ROWS);
      final var bound = representation.bound(data, ROWS, 77, 2);
      final var images = representation.decode(codes.mu());
      final var kl = new double[3];
      double total = 0;
      for (int i = 0; i < ROWS.length; i++) {
        final var image = new float[64];
        data.image(ROWS[i], image, 0);
        final var posterior = hand.encode(doubles(image));
        final var z = new double[3];
        double own = 0;
        for (int j = 0; j < 3; j++) {
          final double mu = posterior[0][j];
          final double s = posterior[1][j];
          assertEquals(mu, codes.mu(i, j), 1e-5);
          assertEquals(s, codes.logvar(i, j), 1e-5);
          z[j] = mu + Math.exp(s / 2) * Normals.one(77, Streams.EPS, ROWS[i], 2, j);
          own += (mu * mu + Math.exp(s) - s - 1) / 2;
          kl[j] += (mu * mu + Math.exp(s) - s - 1) / 2 / ROWS.length;
        }
        final var logits = hand.decode(z);
        for (int p = 0; p < 64; p++) {
          own += Math.log1p(Math.exp(logits[p])) - image[p] * logits[p];
        }
        assertEquals(-own, bound.perImage()[i], 1e-4);
        total += own / ROWS.length;
        final double first = hand.decode(posterior[0])[9];
        assertEquals(1 / (1 + Math.exp(-first)), images[i * 64 + 9], 1e-6);
      }
      assertArrayEquals(kl, codes.klPerLatent(), 1e-6);
      assertEquals(-total, bound.elbo(), 1e-4);
      assertEquals(bound.elbo(), -bound.reconstruction() - bound.kl(), 1e-9);
      assertEquals(ROWS.length, bound.n());
    }
  }

  private static double[] doubles(final float[] values) {
    final var wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  @Test
  void trainingRaisesTheBound() {
    try (var model = TrainedVae.open(run, backend);
        var untrained = TrainedVae.untrained(model.config(), data.shape(), backend);
        var after = new Representation(model, 8);
        var before = new Representation(untrained, 8)) {
      assertEquals("sprites", model.data());
      assertTrue(after.bound(data, ROWS, 1, 0).elbo() > before.bound(data, ROWS, 1, 0).elbo() + 1);
      assertFalse(
          Arrays.equals(
              model.values().get("encoder.conv1.weight"),
              untrained.values().get("encoder.conv1.weight")));
      assertArrayEquals(
          model.vae().initial(4).get("encoder.conv1.weight"),
          untrained.values().get("encoder.conv1.weight"));
    }
  }

  @Test
  void anInterruptedRunGivesItsLatestCheckpoint(@TempDir final Path folder) {
    final var path = folder.resolve("run");
    final var config = TrainerTest.tiny("vae", "steps=9");
    new Trainer(config, data, backend, TrainingListener.none(), () -> true).run(path, false);
    assertFalse(Files.exists(path.resolve("model.safetensors")));
    try (var model = TrainedVae.open(path, backend);
        var tensors = Safetensors.open(path.resolve("checkpoints/step-00000001.safetensors"))) {
      assertArrayEquals(
          tensors.read("decoder.fc1.weight").floats(), model.values().get("decoder.fc1.weight"));
    }
  }

  @Test
  void anotherShapeOfImagesIsRefused() {
    try (var model = TrainedVae.open(run, backend);
        var representation = new Representation(model, 3);
        var sprites = new Sprites(false)) {
      assertThrows(
          IllegalArgumentException.class, () -> representation.encode(sprites, new long[] {0}));
      assertThrows(IllegalArgumentException.class, () -> representation.decode(new float[4]));
    }
    assertThrows(
        BadInputException.class,
        () -> TrainedVae.untrained(config(), new ImageShape(3, 8, 8), backend));
  }

  @Test
  void foldersThatAreNoRunsAreRefused(@TempDir final Path folder) throws IOException {
    final var refused =
        assertThrows(BadInputException.class, () -> TrainedVae.open(folder, backend));
    assertEquals(folder.toString(), refused.file());
    Files.copy(run.resolve("config.json"), folder.resolve("config.json"));
    assertThrows(BadInputException.class, () -> TrainedVae.open(folder, backend));
    Files.writeString(folder.resolve("config.json"), "{\"model\": \"vae\"}");
    assertEquals(
        "image",
        assertThrows(BadInputException.class, () -> TrainedVae.open(folder, backend)).place());
  }

  @Test
  void weightsAreReadStrictly(@TempDir final Path folder) {
    final Map<String, NumericArray> tensors = new LinkedHashMap<>();
    try (var file = Safetensors.open(run.resolve("model.safetensors"))) {
      file.entries().keySet().forEach(name -> tensors.put(name, file.read(name)));
    }
    final var path = folder.resolve("other.safetensors");
    SafetensorsWriter.write(path, Map.of(), tensors);
    TrainedVae.load(config(), path, backend).close();
    tensors.remove("encoder.mu.bias");
    tensors.put("encoder.extra", NumericArray.ofFloats(new float[2], 2));
    tensors.put("decoder.fc1.bias", NumericArray.ofFloats(new float[9], 9));
    tensors.put("decoder.fc2.bias", NumericArray.ofInts(new int[16], 16));
    SafetensorsWriter.write(path, Map.of(), tensors);
    final var refused =
        assertThrows(
            BadInputException.class, () -> TrainedVae.load(config(), path, backend).close());
    final var text = String.valueOf(refused.getMessage());
    assertTrue(text.contains("missing: encoder.mu.bias"), text);
    assertTrue(text.contains("unexpected: encoder.extra"), text);
    assertTrue(text.contains("of another shape: decoder.fc1.bias [9] for [8]"), text);
    assertTrue(text.contains("of another type: decoder.fc2.bias I32"), text);
  }

  @Test
  void weightsAreFinite(@TempDir final Path folder) {
    final Map<String, NumericArray> tensors = new LinkedHashMap<>();
    try (var file = Safetensors.open(run.resolve("model.safetensors"))) {
      file.entries().keySet().forEach(name -> tensors.put(name, file.read(name)));
    }
    final var path = folder.resolve("other.safetensors");
    for (final float value : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      final var bias = new float[8];
      bias[5] = value;
      tensors.put("decoder.fc1.bias", NumericArray.ofFloats(bias, 8));
      SafetensorsWriter.write(path, Map.of(), tensors);
      final var refused =
          assertThrows(
              BadInputException.class, () -> TrainedVae.load(config(), path, backend).close());
      final var text = String.valueOf(refused.getMessage());
      assertTrue(text.contains("decoder.fc1.bias"), text);
      assertTrue(text.contains(value + " at element 5"), text);
    }
  }
}
