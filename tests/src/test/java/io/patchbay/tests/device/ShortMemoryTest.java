package io.patchbay.tests.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.patch.CellQueue;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.study.MediationStudy;
import io.patchbay.analysis.study.Scene;
import io.patchbay.analysis.sweep.Sweep;
import io.patchbay.analysis.sweep.folder.Place;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.analysis.sweep.folder.SweepPlan.Pool;
import io.patchbay.analysis.sweep.route.OwnDirections;
import io.patchbay.engine.Axis;
import io.patchbay.engine.BatchProgram;
import io.patchbay.engine.DeviceMemoryException;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Sizes;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.Representation;
import io.patchbay.vae.train.Trainer;
import io.patchbay.vae.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A device that has less memory than was thought is given fewer rows at a time, which no byte of a
/// result tells; nothing stays behind of what did not fit.
class ShortMemoryTest {
  private static final long MUCH = 1L << 30;
  private static final int PAIRS = 9;
  private static final Axis ROWS = new Axis("rows");
  private static final String SHORT = "cuda: out of device memory with ";

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void emulator() {
    assumeTrue(EmulatedDevice.present(), "no emulator here");
  }

  @SuppressWarnings("ArrayRecordComponent") // compared at once
  private record Swept(byte[] effects, JsonNode environment) {}

  private Swept swept(
      final ScarceDevice device,
      final String name,
      final SweepPlan plan,
      final Optional<String> route,
      final boolean resume)
      throws IOException {
    final var to = folder.resolve(name);
    try (var backend = CudaBackend.on(device);
        var model = TinyModel.on(backend)) {
      final long weights = device.used();
      final var subject = TinyModel.subject(model);
      try {
        new Sweep(subject, TinyModel.DATA, "quarters", plan, to, route, Optional.empty())
            .run(resume, (_, _) -> {}, () -> false);
      } finally {
        assertEquals(weights, device.used());
      }
      return new Swept(
          Files.readAllBytes(to.resolve("effects.npy")),
          JsonMapper.shared().readTree(Files.readString(to.resolve("environment.json"))));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "decoder.convt1,interchange,DATA,whole,0",
    "latent.z,interchange,INPUTS,whole,0",
    "latent.z,set,DATA,,1",
  })
  void aSweepIsTheSameBytes(
      final String site,
      final String op,
      final Pool pool,
      final @Nullable String route,
      final int draws)
      throws IOException {
    final List<Double> values = op.equals("set") ? List.of(0.5) : List.of();
    final var place = List.of(new Place(site, "0,2", op));
    final var plan = new SweepPlan(place, values, 2, draws, 6, "l2", 7, pool);
    final var way = Optional.ofNullable(route);
    final var all = new ScarceDevice(MUCH, MUCH);
    final var expected = swept(all, "all", plan, way, false);
    final var few = new ScarceDevice(MUCH, all.peak() / 8);
    final var found = swept(few, "few", plan, way, false);
    assertArrayEquals(expected.effects(), found.effects());
    assertFalse(expected.environment().has("shortages"));
    final var said = found.environment().path("shortages").asString();
    assertTrue(said.startsWith(SHORT) && said.contains("; going on with "), said);
    final int most = expected.environment().path("rows").intValue();
    final int rows = found.environment().path("rows").intValue();
    assertTrue(rows >= 1 && rows < most, most + " rows, then " + rows);
  }

  /// It ends with one line, and goes on where there is more.
  @Test
  void aSweepWithoutRoomForOneRowCanBeResumed() throws IOException {
    final var plan = new SweepPlan("latent.z", "0", "set", List.of(0.5), 1, 0, 2, "l2", 7);
    final var way = Optional.of("whole");
    final var scarce = new ScarceDevice(MUCH, weights() + 4000);
    final var e =
        assertThrows(DeviceMemoryException.class, () -> swept(scarce, "out", plan, way, false));
    final var text = String.valueOf(e.getMessage());
    assertTrue(text.matches(SHORT + "1 row \\(needs .* KiB, .* free\\)"), text);
    final var whole = swept(new ScarceDevice(MUCH, MUCH), "whole", plan, way, false);
    final var resumed = swept(new ScarceDevice(MUCH, MUCH), "out", plan, way, true);
    assertArrayEquals(whole.effects(), resumed.effects());
  }

  private static long weights() {
    final var device = new ScarceDevice(MUCH, MUCH);
    try (var backend = CudaBackend.on(device)) {
      TinyModel.on(backend).close();
    }
    return device.peak();
  }

  @Test
  void codesAndImagesAreTheSameBits() {
    final var rows = LongStream.range(0, 24).toArray();
    final var all = new ScarceDevice(MUCH, MUCH);
    final float[] expected;
    try (var backend = CudaBackend.on(all);
        var model = TinyModel.on(backend);
        var representation = new Representation(model)) {
      expected = representation.reconstruct(TinyModel.DATA, rows);
    }
    final var few = new ScarceDevice(MUCH, all.peak() / 40);
    try (var backend = CudaBackend.on(few);
        var model = TinyModel.on(backend);
        var representation = new Representation(model)) {
      assertArrayEquals(expected, representation.reconstruct(TinyModel.DATA, rows));
      final var codes = representation.encode(TinyModel.DATA, rows);
      assertEquals(rows.length, codes.n());
      assertTrue(backend.shortages().met().getLast().left() < rows.length);
    }
    assertEquals(0, few.used());
  }

  /// Whether changes are carried or values computed whole, and whatever batches the cells fall
  /// into.
  @ParameterizedTest
  @CsvSource({"decoder.convt1,projection,90", "latent.z,region,70", "encoder.conv1,mu:1,25"})
  void mediationIsTheSameNumbers(final String site, final String outcome, final int percent) {
    final var all = new ScarceDevice(MUCH, MUCH);
    final var expected = mediated(all, site, outcome, 0);
    final var few = new ScarceDevice(MUCH, all.peak() * percent / 100);
    assertEquals(expected, mediated(few, site, outcome, 1));
  }

  /// @param shortages that are met at least
  private static List<MediationStudy.Row> mediated(
      final ScarceDevice device, final String site, final String outcome, final int shortages) {
    final MediationStudy study;
    try (var backend = CudaBackend.on(device);
        var model = TinyModel.on(backend)) {
      final var scene = new Scene(model, TinyModel.DATA, 3);
      study = MediationStudy.of(scene, site, "0,1+2,2", null, PAIRS, outcome);
      final var met = backend.shortages().met();
      assertTrue(met.size() >= shortages && (shortages > 0 || met.isEmpty()), met.toString());
    }
    assertEquals(0, device.used());
    assertTrue(study.passed(), () -> study.rows().toString());
    return study.rows();
  }

  /// Directions between clean images, which stay on the device, are those that the host writes.
  @Test
  void directionsOnTheDeviceAreThoseOfTheHost() {
    assertArrayEquals(products(false), products(true));
  }

  /// The products of some cells with the changes from each base's image to the next one's.
  private static float[] products(final boolean onDevice) {
    final int bases = 24;
    final var device = new ScarceDevice(MUCH, MUCH);
    try (var backend = CudaBackend.on(device);
        var model = TinyModel.on(backend)) {
      final var graph = VaeGraph.analysis(model.vae(), ROWS);
      final var site = Sites.of(graph.graph()).named("decoder.convt1");
      final var units = site.channelUnits();
      final var found = new float[bases * units.size()];
      try (var runner =
          OwnDirections.measuring(
                  TinyModel.subject(model),
                  graph,
                  site,
                  bases,
                  new Capacity(bases, Capacity.AMONG_BASES, found.length, 1, bases))
              .orElseThrow()) {
        runner.bases(
            new Scene(model, TinyModel.DATA, 3).images(LongStream.range(0, bases).toArray()));
        final var of = IntStream.range(0, bases).toArray();
        final var towards = IntStream.range(1, bases + 1).map(i -> i % bases).toArray();
        if (onDevice) {
          final var squares = runner.directions(of, towards);
          assertTrue(squares.get()[0] > 0);
        } else {
          final var images = runner.prefixValue("output");
          final int size = images.length / bases;
          final var changes = new float[images.length];
          for (int i = 0; i < changes.length; i++) {
            changes[i] = images[(i + size) % images.length] - images[i];
          }
          runner.directions(changes);
        }
        final var done = new int[1];
        final var queue =
            CellQueue.products(
                runner,
                backend,
                ran -> {
                  System.arraycopy(ran.values(), 0, found, done[0], ran.values().length);
                  done[0] += ran.values().length;
                });
        for (int i = 0; i < found.length; i++) {
          final int base = i / units.size();
          queue.interchange(base, units.get(i % units.size()), towards[base], base);
        }
        queue.finish();
        assertEquals(found.length, done[0]);
        return found;
      }
    }
  }

  /// A plan tells how many rows fit, so that nothing has to fail for it.
  @Test
  void aPlanTellsHowManyRowsFit() {
    try (var device = EmulatedDevice.open(8L << 20, 0);
        var backend = CudaBackend.on(device);
        var model = TinyModel.on(backend)) {
      final var graph = VaeGraph.analysis(model.vae(), ROWS);
      final var output = List.of(graph.decoded().output());
      final long free = device.free();
      final IntFunction<Plan> plan = rows -> Plan.of(graph.graph(), output, Sizes.of(ROWS, rows));
      final int rows = backend.rows(1 << 20, model.weights(), plan);
      assertEquals(free, device.free());
      assertEquals(rows, backend.rows(rows, model.weights(), plan));
      try (var loaded = BatchProgram.load(backend, model.weights(), 1 << 20, plan)) {
        assertEquals(rows, loaded.rows());
        final long bytes = loaded.program().bytes();
        assertTrue(bytes <= free / 2 && bytes > free / 2 - free / 100, bytes + " of " + free);
      }
      assertEquals(List.of(), backend.shortages().met());
    }
  }

  /// A step on half a batch is another step: there is none, and the checkpoint stays.
  @Test
  void aTrainingStepIsNotHalved() throws IOException {
    final var all = new ScarceDevice(MUCH, MUCH);
    train(all, "all", 0, false);
    train(all, "run", 1, false);
    final var few = new ScarceDevice(MUCH, all.peak() - 1);
    final var e = assertThrows(DeviceMemoryException.class, () -> train(few, "run", 0, true));
    assertTrue(
        String.valueOf(e.getMessage()).startsWith(SHORT + "a training step of 4 images (needs "),
        e.getMessage());
    assertEquals(0, few.used());
    train(all, "run", 0, true);
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("all/model.safetensors")),
        Files.readAllBytes(folder.resolve("run/model.safetensors")));
  }

  /// @param stop after this step
  private void train(
      final ScarceDevice device, final String name, final int stop, final boolean resume) {
    try (var backend = CudaBackend.on(device)) {
      final var step = new int[1];
      final TrainingListener listener = (now, _, _, _) -> step[0] = (int) now;
      new Trainer(TinyModel.config(), TinyModel.DATA, backend, listener, () -> step[0] == stop)
          .run(folder.resolve(name), resume);
    }
  }
}
