package io.patchbay.tests.science;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.patch.Cell;
import io.patchbay.analysis.patch.Cell.Change;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.study.MediationStudy;
import io.patchbay.analysis.study.Scene;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.vae.data.Sprites;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Interchanges whose outcome is known, on the default net: a site from itself changes no bit, and
/// a whole site from another input gives that input's own run.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InterchangeTest {
  private static final long[] ROWS = {5, 700_000, 123_456};
  private static final int PIXELS = 64 * 64;

  private final Sprites data = new Sprites(false);
  private final Backend backend = Backends.open("cpu", new Settings(2, 1L << 29)).backend();
  private final TrainedVae model =
      TrainedVae.untrained(TrainConfig.defaults(Variant.VAE, "seed=31"), data.shape(), backend);
  private final Scene scene = new Scene(model, data, 17);
  private final float[] images = scene.images(ROWS);
  private float[] own = {};

  /// The images of the whole graph, run as one program without any patch.
  @BeforeAll
  void run() {
    final var axis = new Axis("rows");
    final var graph = VaeGraph.analysis(model.vae(), axis);
    final var output = graph.decoded().output();
    final var sizes = Sizes.of(axis, ROWS.length);
    try (var program =
        backend.load(Plan.of(graph.graph(), List.of(output), sizes), model.weights())) {
      program.write(graph.image(), images);
      program.run(sizes);
      own = program.read(output);
    }
    assertFalse(
        Arrays.equals(own, 0, PIXELS, own, PIXELS, 2 * PIXELS), "inputs with images of their own");
  }

  @AfterAll
  void close() {
    model.close();
    backend.close();
  }

  static List<String> sites() {
    return Models.sites(Models.CONV4);
  }

  @ParameterizedTest
  @MethodSource("sites")
  void wholeSites(final String site) {
    final var graph = VaeGraph.analysis(model.vae(), new Axis("rows"));
    final var whole = Sites.of(graph.graph()).named(site).whole();
    final var cells = new ArrayList<Cell>();
    for (int i = 0; i < ROWS.length; i++) {
      cells.add(new Cell(i, List.of()));
      cells.add(Cell.of(i, Change.interchange(site, whole, i)));
      cells.add(Cell.of(i, Change.interchange(site, whole, (i + 1) % ROWS.length)));
    }
    try (var runner =
        new PatchRunner(
            scene.subject(),
            graph,
            List.of(site),
            List.of(),
            List.of("output"),
            new Capacity(ROWS.length, ROWS.length, cells.size(), 1))) {
      runner.bases(images);
      runner.sources(images);
      runner.run(cells);
      final var outputs = runner.value("output");
      for (int i = 0; i < ROWS.length; i++) {
        assertArrayEquals(image(own, i), image(outputs, 3 * i), "unchanged, input " + i);
        assertArrayEquals(image(own, i), image(outputs, 3 * i + 1), "identity, input " + i);
        assertArrayEquals(
            image(own, (i + 1) % ROWS.length), image(outputs, 3 * i + 2), "full, input " + i);
      }
    }
  }

  private static float[] image(final float[] all, final int index) {
    return Arrays.copyOfRange(all, index * PIXELS, (index + 1) * PIXELS);
  }

  /// Consistency, full cut, no mediators and reversal hold without any tolerance.
  @ParameterizedTest
  @ValueSource(strings = {"encoder.conv2", "latent.z", "decoder.fc1", "decoder.convt1"})
  void mediationChecksHold(final String site) {
    final var study = MediationStudy.of(scene, site, "0,3-4", "posX", 6);
    assertTrue(study.passed(), () -> study.rows().toString());
    for (final var row : study.rows()) {
      assertTrue(row.checks().consistency().n() > 1, () -> row.toString());
    }
  }

  /// A latent that nothing reads mediates nothing: its weights into the decoder are zero.
  @Test
  void anUnreadLatentMediatesNothing() {
    final var values = model.values();
    final int latents = model.vae().latent();
    final var weight = Objects.requireNonNull(values.get("decoder.fc1.weight")).clone();
    for (int u = 0; u < weight.length / latents; u++) {
      weight[u * latents + 4] = 0;
    }
    values.put("decoder.fc1.weight", weight);
    try (var cut = TrainedVae.of(model.config(), values, backend)) {
      final var study = MediationStudy.of(new Scene(cut, data, 17), "latent.z", "4,5", "posY", 6);
      assertTrue(study.passed(), () -> study.rows().toString());
      final var unread = study.rows().getFirst().effects();
      assertTrue(unread.naturalIndirect().mean().estimate() == 0, unread::toString);
      assertTrue(unread.totalIndirect().mean().estimate() == 0, unread::toString);
      final var read = study.rows().getLast().effects();
      assertTrue(read.naturalIndirect().mean().estimate() != 0, read::toString);
    }
  }
}
