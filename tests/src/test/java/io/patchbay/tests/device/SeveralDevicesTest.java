package io.patchbay.tests.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.sweep.Sweep;
import io.patchbay.analysis.sweep.folder.Place;
import io.patchbay.analysis.sweep.folder.SweepPlan;
import io.patchbay.analysis.sweep.folder.SweepPlan.Pool;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.kernels.reference.ReferenceBackend;
import io.patchbay.vae.io.BadInputException;
import io.patchbay.vae.train.TrainedVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/// A sweep on several devices writes the bytes that it writes on one, wherever it was stopped and
/// on however many it went on.
class SeveralDevicesTest {
  private static final long MUCH = 1L << 30;
  private static final int INPUTS = 14;

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void emulator() {
    assumeTrue(EmulatedDevice.present(), "no emulator here");
  }

  private static SweepPlan plan(final Pool pool) {
    final var place = List.of(new Place("latent.z", "channels", "interchange"));
    return new SweepPlan(place, List.of(), 1, 0, INPUTS, "l2", 7, pool);
  }

  private static List<ScarceDevice> devices(final int count) {
    final var devices = new ArrayList<ScarceDevice>();
    for (int i = 0; i < count; i++) {
      devices.add(new ScarceDevice(MUCH, MUCH));
    }
    return devices;
  }

  private Sweep.Result run(
      final List<ScarceDevice> devices,
      final String name,
      final Pool pool,
      final BooleanSupplier stop) {
    final var models = new ArrayList<TrainedVae>();
    try {
      devices.forEach(device -> models.add(TinyModel.on(CudaBackend.on(device))));
      final var subjects = models.stream().map(TinyModel::subject).toList();
      final var told = new ArrayList<Long>();
      final var result =
          sweep(subjects.getFirst(), name, pool)
              .run(
                  true,
                  subjects.subList(1, subjects.size()),
                  (done, all) -> {
                    assertEquals(3L * INPUTS, all);
                    told.add(done);
                  },
                  stop);
      assertEquals(told.stream().sorted().toList(), told);
      assertTrue(result.interrupted() || told.getLast() == 3L * INPUTS, told.toString());
      return result;
    } finally {
      models.forEach(model -> {
        model.close();
        model.backend().close();
      });
      devices.forEach(device -> assertEquals(0, device.used()));
    }
  }

  private Sweep sweep(final Subject subject, final String name, final Pool pool) {
    return new Sweep(
        subject,
        TinyModel.DATA,
        "quarters",
        plan(pool),
        folder.resolve(name),
        Optional.of("whole"),
        Optional.empty());
  }

  /// A folder whose shards hold two inputs.
  private void begin(final String name, final Pool pool) throws IOException {
    final var begun = run(devices(1), name, pool, () -> true);
    assertTrue(begun.interrupted());
    final var file = folder.resolve(name).resolve("plan.json");
    final var text = Files.readString(file);
    final var cut = text.replace("inputs_per_shard\" : 16", "inputs_per_shard\" : 2");
    assertFalse(cut.equals(text), text);
    Files.writeString(file, cut);
  }

  /// Every file of effects and accounts by its name, as text.
  private Map<String, String> files(final String name) throws IOException {
    final var files = new TreeMap<String, String>();
    try (var shards = Files.list(folder.resolve(name).resolve("shards"))) {
      for (final var file : shards.toList()) {
        files.put(file.getFileName().toString(), hex(file));
      }
    }
    for (final var file : List.of("effects.npy", "account.json", "controls.json", "plan.json")) {
      files.put(file, hex(folder.resolve(name).resolve(file)));
    }
    return files;
  }

  private static String hex(final Path file) throws IOException {
    return HexFormat.of().formatHex(Files.readAllBytes(file));
  }

  @ParameterizedTest
  @EnumSource(Pool.class)
  void theBytesAreThoseOfOneDevice(final Pool pool) throws IOException {
    begin("one", pool);
    assertFalse(run(devices(1), "one", pool, () -> false).interrupted());
    begin("three", pool);
    final var asked = new AtomicInteger();
    final var stopped = run(devices(3), "three", pool, () -> asked.incrementAndGet() > 8);
    assertTrue(stopped.interrupted());
    final var two = devices(2);
    final var result = run(two, "three", pool, () -> false);
    assertFalse(result.interrupted());
    assertEquals(files("one"), files("three"));
    final var record =
        JsonMapper.shared()
            .readTree(Files.readString(folder.resolve("three").resolve("environment.json")));
    assertEquals(2, record.path("devices").intValue());
    assertEquals(2, record.path("rows").size());
  }

  /// The run ends, the shards that were written stay, and one device alone goes on.
  @Test
  void aDeviceThatIsLostEndsTheRun() throws IOException {
    begin("one", Pool.DATA);
    run(devices(1), "one", Pool.DATA, () -> false);
    begin("lost", Pool.DATA);
    final var devices = devices(2);
    devices.getLast().loseAt(3);
    final var e =
        assertThrows(
            IllegalStateException.class, () -> run(devices, "lost", Pool.DATA, () -> false));
    assertEquals("device 2 of 2: CUDA call failed: the device is gone", e.getMessage());
    assertFalse(Files.exists(folder.resolve("lost").resolve("DONE")));
    assertFalse(run(devices(1), "lost", Pool.DATA, () -> false).interrupted());
    assertEquals(files("one"), files("lost"));
  }

  @Test
  void theDevicesAreOfOneKind() {
    try (var first = CudaBackend.on(new ScarceDevice(MUCH, MUCH));
        var model = TinyModel.on(first);
        var second = new ReferenceBackend(new Settings(1, MUCH));
        var other = TinyModel.on(second)) {
      final var sweep = sweep(TinyModel.subject(model), "kinds", Pool.DATA);
      final var beside = List.of(TinyModel.subject(other));
      final var e =
          assertThrows(
              BadInputException.class, () -> sweep.run(false, beside, (_, _) -> {}, () -> false));
      assertTrue(
          String.valueOf(e.getMessage())
              .contains("reference (float64, Java) beside cuda (emulator"),
          e.getMessage());
      assertFalse(Files.exists(folder.resolve("kinds")));
    }
  }
}
