package io.patchbay.analysis.sweep.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.sweep.route.Way.Extent;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rates are measured once for a machine, device and build, and decide by all of a sweep.
class MachineRatesTest {
  private static final Map<String, String> HERE =
      Map.of(
          "commit", "a", "backend", "cpu", "device", "d, threads=2", "cpu", "x", "processors", "2");

  private static final Set<Work> ALL = EnumSet.allOf(Work.class);

  @TempDir private Path folder;

  private static Map<Work, Double> all(final double nanos) {
    final var rates = new EnumMap<Work, Double>(Work.class);
    for (final var work : Work.values()) {
      rates.put(work, nanos);
    }
    return rates;
  }

  private static Map<Work, Double> never(final Map<Work, Double> known) {
    throw new IllegalStateException("measured again: " + known);
  }

  @Test
  void whatIsKeptIsNotMeasuredAgain() {
    final var rates = all(0.125);
    rates.put(Work.CELL, 77.5);
    assertEquals(rates, RateFile.in(folder, HERE).get(ALL, _ -> rates));
    assertEquals(rates, RateFile.in(folder, HERE).get(ALL, MachineRatesTest::never));
  }

  /// A sweep asks for what its ways need; what others needed before stands.
  @Test
  void whatIsMissingIsMeasuredBesideWhatIsThere() {
    final var file = RateFile.in(folder, HERE);
    final var some = EnumSet.of(Work.CELL, Work.WIDE);
    file.get(
        some,
        known -> {
          assertEquals(Map.of(), known);
          return Map.of(Work.CELL, 1.0, Work.WIDE, 2.0);
        });
    assertEquals(2, file.get(some, MachineRatesTest::never).get(Work.WIDE));
    final var more = EnumSet.of(Work.CELL, Work.RANDOM);
    final var all =
        file.get(
            more,
            known -> {
              assertEquals(some, known.keySet());
              return Map.of(Work.CELL, 7.0, Work.RANDOM, 3.0);
            });
    assertEquals(Map.of(Work.CELL, 1.0, Work.WIDE, 2.0, Work.RANDOM, 3.0), all);
    assertEquals(all, file.get(some, MachineRatesTest::never));
  }

  @Test
  void anotherMachineDeviceOrBuildIsMeasured() {
    RateFile.in(folder, HERE).get(ALL, _ -> all(1));
    for (final var name : HERE.keySet()) {
      final var other = new HashMap<>(HERE);
      other.put(name, "another");
      final var file = RateFile.in(folder, other);
      assertEquals(Map.of(), file.read(), name);
      assertEquals(all(2), file.get(ALL, _ -> all(2)), name);
    }
    assertEquals(all(1), RateFile.in(folder, HERE).get(ALL, MachineRatesTest::never));
  }

  @Test
  void aDamagedOrForeignFileIsMeasuredAndMended() throws IOException {
    final var file = RateFile.in(folder, HERE);
    file.get(ALL, _ -> all(1));
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
      file.get(ALL, _ -> all(measured.incrementAndGet()));
      assertEquals(1, measured.get(), text);
      assertEquals(whole, Files.readString(file.path()));
    }
  }

  @Test
  void aCacheThatCannotBeWrittenStopsNobody() throws IOException {
    final var taken = Files.writeString(folder.resolve("a file"), "");
    assertEquals(all(3), RateFile.in(taken, HERE).get(ALL, _ -> all(3)));
  }

  @Test
  void aRateOfNothingIsRefused() {
    final var rates = all(1);
    rates.put(Work.WIDE, 0.0);
    assertThrows(IllegalArgumentException.class, () -> new MachineRates(rates, 1));
    rates.remove(Work.WIDE);
    final var others = new MachineRates(rates, 1);
    assertThrows(IllegalStateException.class, () -> others.of(Work.WIDE));
  }

  /// Threads share the work, but one alone hands over.
  @Test
  void nanosecondsAreByTheClock() {
    final var work = WorkCount.NONE.plus(Work.WIDE, 10).plus(Work.MOVED, 3);
    assertEquals(13, new MachineRates(all(1), 1).nanos(work));
    assertEquals(8, new MachineRates(all(1), 2).nanos(work));
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
        try (var backend = provider.open(new Settings(2, 1L << 30))) {
          final var rates =
              new MachineRates(new RateMeasurement(backend).of(kinds(backend), Map.of()), 1);
          // From a million multiply-adds a nanosecond, more than any GPU makes, to one in a
          // microsecond.
          assertTrue(rates.of(Work.WIDE) > 1e-6 && rates.of(Work.WIDE) < 1000, rates::toString);
          assertTrue(rates.nanos().keySet().containsAll(kinds(backend)), rates::toString);
        }
      }
    }
  }

  private static Set<Work> kinds(final Backend backend) {
    final var kinds = EnumSet.allOf(Work.class);
    if (!backend.precisions().contains(Precision.BF16)) {
      kinds.removeAll(Work.rounded());
    }
    return kinds;
  }

  /// A run of few kinds does not measure the others.
  @Test
  void onlyWhatIsNeededIsMeasured() {
    try (var backend = Backends.open("auto", new Settings(1, 1L << 30)).backend()) {
      final var few = new RateMeasurement(backend).of(EnumSet.of(Work.OTHER), Map.of());
      assertTrue(few.containsKey(Work.OTHER) && few.containsKey(Work.CELL), few::toString);
      assertFalse(few.containsKey(Work.WIDE) || few.containsKey(Work.LAYER), few::toString);
      final var more = new RateMeasurement(backend).of(EnumSet.of(Work.LINEAR), few);
      few.forEach((work, rate) -> assertEquals(rate, more.get(work)));
    }
  }
}
