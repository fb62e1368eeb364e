package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Backend.Mode;
import io.patchbay.ffi.NativeException;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.tests.cases.Catalogue;
import io.patchbay.tests.cases.OpCase;
import io.patchbay.tests.cases.Outputs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every barrier of the CUDA kernels is come to by some case of the catalogue, and is for
/// something: without it, some case ends with an error of the emulator or gives other bits. One of
/// which the emulator cannot tell says so in its line of the source, with the reason, after `//
/// unseen:`; what is missed must not say so, nor a line without a barrier.
final class BarrierTest {
  private static final long MEMORY = 1L << 30;
  private static final int ROWS = 13;

  /// Enough for the blocks of a launch on a small device to take several turns each: for barriers
  /// between turns.
  private static final int MANY_ROWS = 40;

  /// Enough for lists of cells to be made by several blocks.
  private static final int LISTED_ROWS = 300;

  /// Cases that are tried without a barrier: the least of those that come to it, and those that
  /// come to it most often.
  private static final int LEAST = 4;

  private static final int MOST = 8;

  private static final Path SOURCES = Path.of("..", "kernels", "src", "main", "cuda");

  /// A case that comes to a barrier so many times, of so many to any barrier.
  private record Visit(OpCase opCase, boolean special, long times, long all) {}

  /// A case on so many rows of a device.
  private record Sized(OpCase opCase, boolean special, int rows, boolean small) {
    EmulatedDevice device(final int order) {
      return small ? EmulatedDevice.small(MEMORY, order) : EmulatedDevice.open(MEMORY, order);
    }
  }

  @TestFactory
  Stream<DynamicTest> aBarrierThatIsLeftOutIsMissed() throws IOException {
    Assumptions.assumeTrue(EmulatedDevice.present(), "the build had no C++ compiler");
    final var sites = BarrierSites.of(SOURCES);
    final var visits = new TreeMap<String, List<Visit>>();
    for (final var opCase : Catalogue.all()) {
      visit(opCase, true, visits);
      if (!Launches.areGeneral(opCase, ROWS)) {
        visit(opCase, false, visits);
      }
    }
    for (final var opCase : Catalogue.narrow()) {
      visit(opCase, true, visits);
    }
    final var all = new TreeSet<>(visits.keySet());
    all.addAll(sites.calls());
    all.addAll(sites.unseen());
    final var whole = new HashMap<Sized, Outputs>();
    return all.stream()
        .map(site ->
            DynamicTest.dynamicTest(
                site, () -> check(site, sites, visits.getOrDefault(site, List.of()), whole)));
  }

  private static void check(
      final String site,
      final BarrierSites sites,
      final List<Visit> visits,
      final Map<Sized, Outputs> whole) {
    final boolean unseen = sites.unseen().contains(site);
    assertTrue(sites.calls().contains(site), "no barrier is found in the source");
    assertFalse(visits.isEmpty(), "no case comes to it");
    if (isMissed(site, visits, whole)) {
      assertFalse(unseen, "it is missed, and says that nothing tells");
    } else {
      assertTrue(unseen, () -> "nothing fails without it, not even " + last(visits));
    }
  }

  private static void visit(
      final OpCase opCase, final boolean special, final Map<String, List<Visit>> visits) {
    // In reverse order, in which no access is watched and kernels are quick.
    final var sized = new Sized(opCase, special, ROWS, false);
    final var device = sized.device(1);
    device.barriers();
    if (run(device, sized).isPresent()) {
      final var come = device.barriers();
      final long all = come.values().stream().mapToLong(times -> times).sum();
      come.forEach((barrier, times) ->
          visits
              .computeIfAbsent(barrier, b -> new ArrayList<>())
              .add(new Visit(opCase, special, times, all)));
    }
  }

  /// What a case gives, or nothing when its plan is refused. Closes the device.
  private static Optional<Outputs> run(final EmulatedDevice device, final Sized trial) {
    final var opCase = trial.opCase();
    final var drawn = opCase.draw(trial.rows(), opCase.name().hashCode());
    try (var backend = CudaBackend.apart(device, trial.special())) {
      return Optional.of(Outputs.of(backend, drawn, Mode.FAST));
    } catch (final IllegalArgumentException e) {
      if (!opCase.rare()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private static boolean isMissed(
      final String barrier, final List<Visit> visits, final Map<Sized, Outputs> whole) {
    final var least = least(visits);
    final var most = most(visits);
    return Stream.of(
            sized(least, ROWS, false),
            sized(least, MANY_ROWS, true),
            sized(least, LISTED_ROWS, true),
            sized(most, ROWS, false),
            sized(most, MANY_ROWS, true))
        .flatMap(trials -> trials)
        .distinct()
        .anyMatch(trial -> isMissed(barrier, trial, whole));
  }

  private static Stream<Sized> sized(
      final List<Visit> visits, final int rows, final boolean small) {
    return visits.stream().map(v -> new Sized(v.opCase(), v.special(), rows, small));
  }

  private static List<Visit> least(final List<Visit> visits) {
    return visits.stream().sorted(Comparator.comparingLong(Visit::all)).limit(LEAST).toList();
  }

  private static List<Visit> most(final List<Visit> visits) {
    return visits.stream()
        .sorted(Comparator.comparingLong(Visit::times).reversed())
        .limit(MOST)
        .toList();
  }

  /// @param whole what trials give with all barriers: the same in whatever order
  private static boolean isMissed(
      final String barrier, final Sized trial, final Map<Sized, Outputs> whole) {
    final var expected = whole.computeIfAbsent(trial, t -> run(t.device(1), t).orElseThrow());
    final var device = trial.device(0);
    device.leaveOut(barrier);
    try {
      return !run(device, trial).orElseThrow().firstOtherBit(expected).isEmpty();
    } catch (final NativeException e) {
      return true;
    } finally {
      device.leaveOut("");
    }
  }

  private static String last(final List<Visit> visits) {
    return most(visits).getLast().opCase().name();
  }
}
