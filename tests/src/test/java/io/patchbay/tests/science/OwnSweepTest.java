package io.patchbay.tests.science;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.analysis.intervention.Operation.Coefficients;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.patch.Effect;
import io.patchbay.analysis.patch.SiteSweep.Room;
import io.patchbay.analysis.patch.SiteSweep.Variation;
import io.patchbay.analysis.sweep.route.CheapestSweep;
import io.patchbay.analysis.sweep.route.MachineRates;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchValue;
import io.patchbay.engine.random.PhiloxRandom;
import io.patchbay.engine.random.Streams;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.tests.conformance.HostKernels;
import io.patchbay.vae.model.VaeGraph;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sweeps with an op of one's own, hand-written and as an expression: the same effects, in Java on
/// the CPU and compiled into the CUDA kernels.
final class OwnSweepTest {
  private static final int INPUTS = 3;
  private static final String SITE = "decoder.convt1";

  private static final PatchOp EXPRESSION =
      PatchOp.define("half", "clean + value * tanh(source - clean) + 0.01 * channel");

  private static final PatchOp WRITTEN =
      PatchOp.handWritten(
          "half",
          Set.of(PatchValue.CLEAN, PatchValue.SOURCE, PatchValue.VALUE, PatchValue.CHANNEL),
          """
          __device__ float half(float clean, float source, float value, float channel) {
            return clean + value * tanhf(source - clean) + 0.01f * channel;
          }
          """,
          unit ->
              unit.clean()
                  + unit.value() * Math.tanh(unit.source() - unit.clean())
                  + 0.01f * unit.channel());

  private static float[] effects(
      final Backend backend, final PatchOp op, final MachineRates rates) {
    final var subject = Models.subject(Models.TINY, 5, Map.of(), backend);
    final var model = VaeGraph.analysis(Models.TINY, new Axis("rows"));
    final var site = Sites.of(model.graph()).named(SITE);
    final var variations =
        List.of(
            new Variation(Coefficients.of(0, 0.5, 0), 1),
            new Variation(Coefficients.of(0, -1, 0), 2));
    final var random = new PhiloxRandom(2, Streams.FIRST_FREE, 0, 0);
    final var images = new float[INPUTS * Models.TINY.image().elements()];
    for (int i = 0; i < images.length; i++) {
      images[i] = random.nextFloat();
    }
    try (var _ = subject.weights();
        var sweep =
            CheapestSweep.own(
                subject,
                model,
                site,
                op,
                site.channelUnits(),
                variations,
                Effect.IMAGE,
                new Room(INPUTS, INPUTS),
                true,
                rates)) {
      sweep.bases(images);
      sweep.sources(images);
      return sweep.run(0, INPUTS, 0);
    }
  }

  @Test
  void bothFormsHaveTheSameEffectsEverywhere(@TempDir final Path folder) {
    assumeTrue(EmulatedDevice.present(), "no emulator here");
    final MachineRates rates;
    final float[] expected;
    try (var cpu = Backends.open("cpu", new Settings(1, 1L << 28)).backend()) {
      rates = MachineRates.of(cpu);
      expected = effects(cpu, EXPRESSION, rates);
      assertEquals("in Java", cpu.form(WRITTEN).toString());
      assertArrayEquals(expected, effects(cpu, WRITTEN, rates), 1e-5f);
    }
    int moving = 0;
    for (final float effect : expected) {
      moving += effect > 1e-3 ? 1 : 0;
    }
    assertTrue(2 * moving > expected.length, "effects that can differ: " + moving);
    final var compiler = new HostKernels(folder);
    try (var cuda = CudaBackend.on(EmulatedDevice.open(1L << 28, 0, compiler))) {
      assertArrayEquals(expected, effects(cuda, EXPRESSION, rates), 1e-5f);
      final int before = compiler.count();
      assertArrayEquals(expected, effects(cuda, WRITTEN, rates), 1e-5f);
      assertTrue(before > 0 && compiler.count() > before);
    }
  }
}
