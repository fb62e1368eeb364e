package io.patchbay.analysis.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.sweep.Way.Extent;
import io.patchbay.engine.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rates are measured once for a machine, device and build, and decide by all of a sweep.
class MachineRatesTest {
  private static final Map<String, String> HERE =
      Map.of(
          "commit", "a", "backend", "cpu", "device", "d, threads=2", "cpu", "x", "processors", "2");

  @TempDir private Path folder;

  private static Map<Work, Double> all(final double nanos) {
    final var rates = new EnumMap<Work, Double>(Work.class);
    for (final var work : Work.values()) {
      rates.put(work, nanos);
    }
    return rates;
  }

  private static Map<Work, Double> never() {
    throw new IllegalStateException("measured again");
  }

  @Test
  void whatIsKeptIsNotMeasuredAgain() {
    final var rates = all(0.125);
    rates.put(Work.CELL, 77.5);
    assertEquals(rates, RateFile.in(folder, HERE).get(() -> rates));
    assertEquals(rates, RateFile.in(folder, HERE).get(MachineRatesTest::never));
  }

  @Test
  void anotherMachineDeviceOrBuildIsMeasured() {
    RateFile.in(folder, HERE).get(() -> all(1));
    for (final var name : HERE.keySet()) {
      final var other = new HashMap<>(HERE);
      other.put(name, "another");
      final var file = RateFile.in(folder, other);
      assertEquals(Optional.empty(), file.read(), name);
      assertEquals(all(2), file.get(() -> all(2)), name);
    }
    assertEquals(all(1), RateFile.in(folder, HERE).get(MachineRatesTest::never));
  }

  @Test
  void aDamagedOrForeignFileIsMeasuredAndMended() throws IOException {
    final var file = RateFile.in(folder, HERE);
    file.get(() -> all(1));
    final var whole = Files.readString(file.path());
    final var wrong =
        List.of(
            "",
            "{",
            "[]",
            whole.replace("\"LINEAR\" : 1.0", "\"LINEAR\" : -1.0"),
            whole.replace("\"LINEAR\" : 1.0", "\"LINEAR\" : \"fast\""),
            whole.replace("LINEAR", "CURVED"),
            whole.replace("threads=2", "threads=9"),
            whole.substring(0, whole.length() / 2));
    for (final var text : wrong) {
      assertNotEquals(whole, text);
      Files.writeString(file.path(), text);
      final var measured = new AtomicInteger();
      file.get(() -> all(measured.incrementAndGet()));
      assertEquals(1, measured.get(), text);
      assertEquals(whole, Files.readString(file.path()));
    }
  }

  @Test
  void aCacheThatCannotBeWrittenStopsNobody() throws IOException {
    final var taken = Files.writeString(folder.resolve("a file"), "");
    assertEquals(all(3), RateFile.in(taken, HERE).get(() -> all(3)));
  }

  @Test
  void aRateOfNothingIsRefused() {
    final var rates = all(1);
    rates.put(Work.WIDE, 0.0);
    assertThrows(IllegalArgumentException.class, () -> new MachineRates(rates, 1));
    rates.remove(Work.WIDE);
    assertThrows(IllegalArgumentException.class, () -> new MachineRates(rates, 1));
  }

  /// Threads share the work, but one alone hands over.
  @Test
  void nanosecondsAreByTheClock() {
    final var work = WorkCount.NONE.plus(Work.WIDE, 10).plus(Work.MOVED, 3);
    assertEquals(13, new MachineRates(all(1), 1).nanos(work));
    assertEquals(8, new MachineRates(all(1), 2).nanos(work));
  }

  /// Few cells an input are computed by the way whose inputs cost less, many by that whose cells
  /// do.
  @Test
  void theWholeSweepDecides() {
    final var bases =
        new Way(
            Optional.empty(),
            WorkCount.NONE.plus(Work.CELL, 9),
            WorkCount.NONE.plus(Work.CELL, 1),
            WorkCount.NONE);
    final var cells =
        new Way(
            Optional.of(new Route("output", 1, true, true)),
            WorkCount.NONE.plus(Work.CELL, 1),
            WorkCount.NONE.plus(Work.CELL, 100),
            WorkCount.NONE);
    final var ways = List.of(bases, cells);
    final var rates = new MachineRates(all(1), 1);
    assertEquals(bases, new SweepWays(ways, true, new Extent(5, 0, 10)).cheapest(rates));
    assertEquals(cells, new SweepWays(ways, true, new Extent(5, 0, 1000)).cheapest(rates));
  }

  /// What was timed counts in place of what was reckoned, for cells alone.
  @Test
  void whatWasTimedCounts() {
    final var work = WorkCount.NONE.plus(Work.CELL, 9);
    final var way = new Way(Optional.empty(), work, work, work);
    final var rates = new MachineRates(all(1), 1);
    assertEquals(9 * (2 + 3 + 10), way.nanos(rates, new Extent(2, 3, 10)));
    assertEquals(9 * (2 + 3) + 4 * 10, way.timed(4).nanos(rates, new Extent(2, 3, 10)));
  }

  @Test
  void everyBackendIsMeasured() {
    for (final var provider : Backends.providers()) {
      if (provider.unavailable().isEmpty()) {
        final var rates = new MachineRates(RateMeasurement.of(provider.name()), 1);
        // From ten thousand multiply-adds a nanosecond to one in a microsecond.
        assertTrue(rates.of(Work.WIDE) > 1e-4 && rates.of(Work.WIDE) < 1000, rates::toString);
      }
    }
  }
}
