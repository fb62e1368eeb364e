package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.engine.Backend.Mode;
import io.patchbay.ffi.NativeException;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import io.patchbay.tests.cases.Catalogue;
import io.patchbay.tests.cases.OpCase;
import io.patchbay.tests.cases.Outputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every barrier of the CUDA kernels is for something: without it, some case of the catalogue ends
/// with an error of the emulator or gives other bits. One of which the emulator cannot tell says so
/// in its line of the source, with the reason, after `// unseen:`.
final class BarrierTest {
  private static final long MEMORY = 1L << 30;
  private static final int ROWS = 13;

  /// Enough for the blocks of a launch to take several turns each: for barriers between turns.
  private static final int MANY_ROWS = 600;

  /// Cases that are tried without a barrier: the quickest that come to it, and those that come to
  /// it most often.
  private static final int QUICKEST = 4;

  private static final int MOST = 12;

  private static final Path SOURCES = Path.of("..", "kernels", "src", "main", "cuda");

  /// A case that comes to a barrier so many times.
  private record Visit(OpCase opCase, boolean special, long times, long nanoseconds) {}

  /// A case on so many rows.
  private record Sized(OpCase opCase, boolean special, int rows) {}

  @TestFactory
  Stream<DynamicTest> aBarrierThatIsLeftOutIsMissed() {
    Assumptions.assumeTrue(EmulatedDevice.present(), "the build had no C++ compiler");
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
    final var whole = new HashMap<Sized, Outputs>();
    return visits.entrySet().stream()
        .map(e ->
            DynamicTest.dynamicTest(
                e.getKey(),
                () ->
                    assertTrue(
                        isMissed(e.getKey(), e.getValue(), whole) || isUnseen(e.getKey()),
                        () -> "nothing fails without it, not even " + last(e.getValue()))));
  }

  private static void visit(
      final OpCase opCase, final boolean special, final Map<String, List<Visit>> visits) {
    // In reverse order, in which no access is watched and kernels are quick.
    final var device = EmulatedDevice.open(MEMORY, 1);
    device.barriers();
    final long start = System.nanoTime();
    if (run(device, new Sized(opCase, special, ROWS)).isPresent()) {
      final long nanoseconds = System.nanoTime() - start;
      device
          .barriers()
          .forEach((barrier, times) ->
              visits
                  .computeIfAbsent(barrier, b -> new ArrayList<>())
                  .add(new Visit(opCase, special, times, nanoseconds)));
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
    final var chosen = worthwhile(visits);
    return chosen.stream().anyMatch(visit -> isMissed(barrier, sized(visit, ROWS), whole))
        || chosen.stream()
            .limit(QUICKEST)
            .anyMatch(visit -> isMissed(barrier, sized(visit, MANY_ROWS), whole));
  }

  private static Sized sized(final Visit visit, final int rows) {
    return new Sized(visit.opCase(), visit.special(), rows);
  }

  private static List<Visit> worthwhile(final List<Visit> visits) {
    final var chosen = new LinkedHashSet<Visit>();
    visits.stream()
        .sorted(Comparator.comparingLong(Visit::nanoseconds))
        .limit(QUICKEST)
        .forEach(chosen::add);
    visits.stream()
        .sorted(Comparator.comparingLong(Visit::times).reversed())
        .limit(MOST - QUICKEST)
        .forEach(chosen::add);
    return List.copyOf(chosen);
  }

  /// @param whole what trials give with all barriers: the same in whatever order
  private static boolean isMissed(
      final String barrier, final Sized trial, final Map<Sized, Outputs> whole) {
    final var expected =
        whole.computeIfAbsent(trial, t -> run(EmulatedDevice.open(MEMORY, 1), t).orElseThrow());
    final var device = EmulatedDevice.open(MEMORY, 0);
    device.leaveOut(barrier);
    try {
      return !run(device, trial).orElseThrow().firstOtherBit(expected).isEmpty();
    } catch (final NativeException e) {
      return true;
    } finally {
      device.leaveOut("");
    }
  }

  private static boolean isUnseen(final String barrier) throws IOException {
    final var place = barrier.split(":", -1);
    final var lines = Files.readAllLines(SOURCES.resolve(place[0]));
    return lines.get(Integer.parseInt(place[1]) - 1).contains("// unseen: ");
  }

  private static String last(final List<Visit> visits) {
    return worthwhile(visits).getLast().opCase().name();
  }
}
