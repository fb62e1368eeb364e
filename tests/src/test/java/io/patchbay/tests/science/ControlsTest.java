package io.patchbay.tests.science;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.report.GuardRun;
import io.patchbay.analysis.report.GuardRun.Control;
import io.patchbay.analysis.sweep.Controls;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.ffi.Library;
import io.patchbay.ffi.NativeException;
import io.patchbay.kernels.cpu.CpuBackend;
import io.patchbay.kernels.cpu.CpuProvider;
import io.patchbay.kernels.reference.ReferenceBackend;
import io.patchbay.vae.model.VaeGraph;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The control rows of a sweep against a backend whose patch does nothing and says that it fired on
/// every unit: no count shows that, so the controls have to.
class ControlsTest {
  private static final Settings SETTINGS = new Settings(2, 1L << 28);
  private static final int INPUTS = 4;

  private final QuarterImages data = new QuarterImages(Models.TINY.image(), INPUTS, 30);

  private static boolean hasCpu() {
    return new CpuProvider().unavailable().isEmpty();
  }

  private static Backend honest(final String name) {
    return name.equals("cpu") ? new CpuProvider().open(SETTINGS) : new ReferenceBackend(SETTINGS);
  }

  private static Backend broken(final String name) {
    return name.equals("cpu")
        ? CpuBackend.withPatch(SETTINGS, new Idle()::patch)
        : new ReferenceBackend(SETTINGS, (_, _, _, _, _) -> {});
  }

  private static Stream<Arguments> backendsAndSites() {
    return Stream.of("reference", "cpu")
        .filter(name -> name.equals("reference") || hasCpu())
        .flatMap(name -> Models.sites(Models.TINY).stream().map(site -> Arguments.of(name, site)));
  }

  /// The kernel of patches, given the clean value as its source: it counts, and changes nothing.
  private static final class Idle {
    private final MethodHandle kernel =
        Library.open(
                Objects.requireNonNull(CpuBackend.class.getResource("libpatchbay.so")), "patchbay")
            .function(
                "pb_generic_patch",
                FunctionDescriptor.of(
                    JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT,
                    JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    void patch(
        final long x,
        final long source,
        final long ranges,
        final long y,
        final int channels,
        final int height,
        final int width,
        final int firstRow,
        final long n,
        final long m,
        final long fired) {
      final int status;
      try {
        status =
            (int)
                kernel.invokeExact(x, x, ranges, y, channels, height, width, firstRow, n, m, fired);
      } catch (final Throwable e) {
        throw new NativeException("patch without a source: source=" + source, e);
      }
      assertEquals(0, status);
    }
  }

  private GuardRun controls(final Backend backend, final String site) {
    final var subject = Models.subject(Models.TINY, 19, Map.of(), backend);
    try (var _ = subject.weights()) {
      final var graph = VaeGraph.analysis(Models.TINY, new Axis("rows")).graph();
      return Controls.of(subject, Sites.of(graph).named(site), data.images(), INPUTS, 1);
    }
  }

  @ParameterizedTest
  @MethodSource("backendsAndSites")
  void aWorkingPatchPasses(final String name, final String site) {
    try (var backend = honest(name)) {
      final var run = controls(backend, site);
      assertTrue(run.controls().stream().allMatch(Control::passed), run::toString);
      assertEquals(4, run.controls().size());
      Controls.require(run);
    }
  }

  @ParameterizedTest
  @MethodSource("backendsAndSites")
  void aPatchThatNeverArrivesIsCaught(final String name, final String site) {
    try (var backend = broken(name)) {
      final var run = controls(backend, site);
      final var passed =
          run.controls().stream().collect(Collectors.toMap(Control::name, Control::passed));
      assertEquals(false, passed.get("positive"), run::toString);
      assertEquals(false, passed.get("full"), run::toString);
      final var stopped = assertThrows(IllegalStateException.class, () -> Controls.require(run));
      assertTrue(String.valueOf(stopped.getMessage()).contains("site=" + site));
    }
  }

  @Test
  void everySiteIsTried() {
    final var sites = Models.sites(Models.TINY);
    assertTrue(
        sites.containsAll(
            List.of("input", "encoder.conv1.pre", "encoder.mu", "latent.z", "output.logits")));
    assertFalse(sites.contains("encoder.logvar"));
  }
}
