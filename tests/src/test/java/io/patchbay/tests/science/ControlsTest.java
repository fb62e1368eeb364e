package io.patchbay.tests.science;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.intervention.Site;
import io.patchbay.analysis.intervention.Sites;
import io.patchbay.analysis.metric.MediationChecks;
import io.patchbay.analysis.patch.Controls;
import io.patchbay.analysis.patch.GuardRun.Control;
import io.patchbay.analysis.patch.PatchRunner;
import io.patchbay.analysis.patch.PatchRunner.Capacity;
import io.patchbay.analysis.patch.Reach;
import io.patchbay.analysis.patch.Subject;
import io.patchbay.analysis.study.MediationStudy;
import io.patchbay.analysis.study.Scene;
import io.patchbay.analysis.sweep.route.OwnDirections;
import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.ffi.Library;
import io.patchbay.ffi.NativeException;
import io.patchbay.kernels.cpu.CpuBackend;
import io.patchbay.kernels.cpu.CpuProvider;
import io.patchbay.kernels.reference.ReferenceBackend;
import io.patchbay.vae.data.ImageShape;
import io.patchbay.vae.model.Vae;
import io.patchbay.vae.model.VaeGraph;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.TrainedVae;
import io.patchbay.vae.train.Variant;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The control rows of a sweep, and the checks of a mediation, on every site of several models; and
/// both against backends whose patch skips its write and says that it fired on every unit: no count
/// shows that, so they have to. Where the write is skipped stands either the clean value, or what
/// an earlier run left there; each control and check fails in at least one of the two.
class ControlsTest {
  private static final Settings SETTINGS = new Settings(2, 1L << 30);
  private static final int INPUTS = 4;
  private static final Map<String, Vae> SMALL =
      Map.of("tiny", Models.TINY, "coloured", Models.COLOURED);
  private static final Map<String, Vae> LARGE =
      Map.of("conv4", Models.CONV4, "locatello", Models.LOCATELLO, "burgess", Models.BURGESS);

  private static boolean hasCpu() {
    return new CpuProvider().unavailable().isEmpty();
  }

  private static Backend honest(final String name) {
    return name.equals("cpu") ? new CpuProvider().open(SETTINGS) : new ReferenceBackend(SETTINGS);
  }

  /// What stands where a patch skipped its write.
  private enum Skipped {
    CLEAN,
    STALE
  }

  private static Backend broken(final String name, final Skipped skipped) {
    if (name.equals("cpu")) {
      return CpuBackend.withPatch(SETTINGS, new Idle(skipped)::patch);
    }
    return switch (skipped) {
      case CLEAN -> new ReferenceBackend(SETTINGS, (_, _, _, _, _) -> {});
      case STALE -> {
        final var random = new Random(17);
        yield new ReferenceBackend(
            SETTINGS,
            (_, _, y, at, count) -> {
              for (int i = 0; i < count; i++) {
                y[at + i] = random.nextGaussian();
              }
            });
      }
    };
  }

  /// A model on a backend, with noise or without.
  record Stand(String backend, String model, boolean noisy) {
    Vae vae() {
      final var small = SMALL.get(model);
      return small == null ? Objects.requireNonNull(LARGE.get(model)) : small;
    }

    VaeGraph graph() {
      final var axis = new Axis("rows");
      return noisy ? VaeGraph.sampled(vae(), axis) : VaeGraph.analysis(vae(), axis);
    }

    /// The sites that the image depends on.
    List<Site> sites() {
      final var graph = graph().graph();
      return Sites.of(graph).all().stream()
          .filter(site -> Reach.leads(graph, site.name(), "output"))
          .toList();
    }
  }

  private static Stream<Stand> stands() {
    final var small =
        Stream.of("reference", "cpu")
            .flatMap(backend ->
                SMALL.keySet().stream()
                    .flatMap(model ->
                        Stream.of(false, true).map(noisy -> new Stand(backend, model, noisy))));
    final var large = LARGE.keySet().stream().map(model -> new Stand("cpu", model, false));
    return Stream.concat(small, large)
        .filter(stand -> stand.backend().equals("reference") || hasCpu());
  }

  /// The kernel of patches, given other values than it was to write: it counts all the same.
  private static final class Idle {
    /// Floats of the largest value of any model here, times the rows of a block.
    private static final int STALE = 1 << 23;

    private final Skipped skipped;
    private final MemorySegment stale = Arena.ofAuto().allocate(4L * STALE, 64);
    private final AtomicInteger calls = new AtomicInteger();
    private final MethodHandle kernel =
        Library.open(
                Objects.requireNonNull(CpuBackend.class.getResource("libpatchbay.so")), "patchbay")
            .function(
                "pb_generic_patch",
                FunctionDescriptor.of(
                    JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT,
                    JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    Idle(final Skipped skipped) {
      this.skipped = skipped;
      if (skipped == Skipped.STALE) {
        final var random = new Random(18);
        for (int i = 0; i < STALE; i++) {
          stale.setAtIndex(JAVA_FLOAT, i, (float) random.nextGaussian());
        }
      }
    }

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
      final long left =
          switch (skipped) {
            case CLEAN -> x;
            case STALE -> {
              final long offset = 977L * (calls.getAndIncrement() % 1000);
              assertTrue(offset + n * channels * height * width <= STALE);
              yield stale.address() + 4 * offset;
            }
          };
      final int status;
      try {
        status =
            (int)
                kernel.invokeExact(
                    left, left, ranges, y, channels, height, width, firstRow, n, m, fired);
      } catch (final Throwable e) {
        throw new NativeException("patch without a source: source=" + source, e);
      }
      assertEquals(0, status);
    }
  }

  private interface Asked {
    void of(Subject subject, Controls.Setting setting, float[] images);
  }

  private static void eachSite(final Stand stand, final Backend backend, final Asked asked) {
    final var data = new QuarterImages(stand.vae().image(), INPUTS, 30);
    final var subject = Models.subject(stand.vae(), 19, Map.of(), backend);
    try (var _ = subject.weights()) {
      for (final var site : stand.sites()) {
        asked.of(subject, new Controls.Setting(stand.graph(), site, "output", 5), data.images());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("stands")
  void aWorkingPatchPasses(final Stand stand) {
    try (var backend = honest(stand.backend())) {
      eachSite(
          stand,
          backend,
          (subject, setting, images) -> {
            final var run = Controls.of(subject, setting, images, INPUTS, 1);
            assertTrue(run.controls().stream().allMatch(Control::passed), run::toString);
            final boolean cuts = !NOT_ALL_PATHS.contains(setting.site().name()) || !stand.noisy();
            assertEquals(cuts ? 4 : 3, run.controls().size(), run::toString);
            Controls.require(run);
          });
    }
  }

  /// Here the identity is caught too.
  @ParameterizedTest
  @MethodSource("stands")
  void aPatchThatLeavesWhatWasThereIsCaught(final Stand stand) {
    try (var backend = broken(stand.backend(), Skipped.STALE)) {
      eachSite(
          stand,
          backend,
          (subject, setting, images) -> {
            final var run = Controls.of(subject, setting, images, INPUTS, 1);
            assertTrue(run.controls().stream().noneMatch(Control::passed), run::toString);
            assertThrows(IllegalStateException.class, () -> Controls.require(run));
          });
    }
  }

  /// With noise, codes come from these two and the means.
  private static final Set<String> NOT_ALL_PATHS =
      Set.of("encoder.mu", "encoder.logvar", "latent.eps");

  /// The identity changes nothing whether the patch arrives or not; every other control fails.
  @ParameterizedTest
  @MethodSource("stands")
  void aPatchThatNeverArrivesIsCaught(final Stand stand) {
    try (var backend = broken(stand.backend(), Skipped.CLEAN)) {
      eachSite(
          stand,
          backend,
          (subject, setting, images) -> {
            final var run = Controls.of(subject, setting, images, INPUTS, 1);
            for (final var control : run.controls()) {
              assertEquals(control.name().equals("identity"), control.passed(), run::toString);
            }
            final var stopped =
                assertThrows(IllegalStateException.class, () -> Controls.require(run));
            final var text = String.valueOf(stopped.getMessage());
            assertTrue(text.contains("site=" + setting.site().name()), text);
          });
    }
  }

  private static final TrainConfig CONFIG =
      TrainConfig.defaults(Variant.VAE, "arch.widths=4,4", "arch.hidden=12", "latent=3", "seed=6");

  private static void mediation(
      final Backend backend, final BiConsumer<String, MediationChecks> asked) {
    mediation(backend, asked, asked);
  }

  /// @param carried is asked of sites whose change is carried to the image
  private static void mediation(
      final Backend backend,
      final BiConsumer<String, MediationChecks> asked,
      final BiConsumer<String, MediationChecks> carried) {
    final var data = new QuarterImages(new ImageShape(1, 16, 16), 40, 31);
    try (var model = TrainedVae.untrained(CONFIG, data.shape(), backend)) {
      final var scene = new Scene(model, data, 8);
      for (final var site : Models.sites(model.vae())) {
        final var study = MediationStudy.of(scene, site, "0", null, 5);
        final var each = isCarried(scene, site) ? carried : asked;
        study.rows().forEach(row -> each.accept(row.name(), row.checks()));
        assertEquals(study.rows().stream().allMatch(r -> r.checks().passed()), study.passed());
      }
    }
  }

  private static boolean isCarried(final Scene scene, final String name) {
    final var graph = VaeGraph.analysis(scene.model().vae(), new Axis("rows"));
    final var site = Sites.of(graph.graph()).named(name);
    final var runner =
        OwnDirections.measuring(scene.subject(), graph, site, 1, new Capacity(2, 3, 2, 8));
    runner.ifPresent(PatchRunner::close);
    return runner.isPresent();
  }

  /// On `cpu` a carried change is none of the kernel's that is broken here, so that nothing is
  /// wrong; on `reference` it goes through the same few lines, and is caught like every other.
  private static BiConsumer<String, MediationChecks> ofCarried(
      final String backend, final BiConsumer<String, MediationChecks> caught) {
    return backend.equals("reference")
        ? caught
        : (row, checks) -> assertTrue(checks.passed(), () -> row + ": " + checks);
  }

  private static Stream<String> backends() {
    return Stream.of("reference", "cpu").filter(b -> b.equals("reference") || hasCpu());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void mediationChecksHoldAtEverySite(final String name) {
    try (var backend = honest(name)) {
      mediation(backend, (row, checks) -> assertTrue(checks.passed(), () -> row + ": " + checks));
    }
  }

  /// A run that ought to be the source's stays the base's. The other checks compare runs that a
  /// patch which does nothing leaves alike by their very definition.
  @ParameterizedTest
  @MethodSource("backends")
  void mediationThroughAPatchThatNeverArrivesIsCaught(final String name) {
    try (var backend = broken(name, Skipped.CLEAN)) {
      final BiConsumer<String, MediationChecks> caught =
          (row, checks) -> {
            assertFalse(checks.fullCut().passed(), () -> row + ": " + checks);
            assertFalse(checks.passed(), () -> row + ": " + checks);
          };
      mediation(backend, caught, ofCarried(name, caught));
    }
  }

  /// Here every check is caught; a patch without units writes its clean value on `cpu` alone.
  @ParameterizedTest
  @MethodSource("backends")
  void mediationThroughAPatchThatLeavesWhatWasThereIsCaught(final String name) {
    try (var backend = broken(name, Skipped.STALE)) {
      final BiConsumer<String, MediationChecks> caught =
          (row, checks) -> {
            assertFalse(checks.consistency().passed(), () -> row + ": " + checks);
            assertFalse(checks.fullCut().passed(), () -> row + ": " + checks);
            assertFalse(checks.reversal().passed(), () -> row + ": " + checks);
            assertEquals(
                name.equals("reference"), checks.empty().passed(), () -> row + ": " + checks);
          };
      mediation(backend, caught, ofCarried(name, caught));
    }
  }

  @Test
  void everySiteIsTried() {
    final var without = new Stand("reference", "tiny", false);
    final var with = new Stand("reference", "tiny", true);
    final var names = without.sites().stream().map(Site::name).toList();
    assertTrue(
        names.containsAll(
            List.of("input", "encoder.conv1.pre", "encoder.mu", "latent.z", "output.logits")));
    assertFalse(names.contains("encoder.logvar"));
    assertEquals(
        without.graph().graph().sites().keySet().stream()
            .filter(n -> !n.equals("encoder.logvar"))
            .toList(),
        names);
    assertEquals(
        List.copyOf(with.graph().graph().sites().keySet()),
        with.sites().stream().map(Site::name).toList());
  }
}
