package io.patchbay.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TimedRowsTest {
  private static final SuiteOptions OPTIONS =
      new SuiteOptions("cpu", 1, List.of(), List.of(), Optional.empty(), "python3", 1, true);

  private final List<Object> kept = new ArrayList<>();

  private TimedRows rows(final double seconds) {
    return new TimedRows(
        new Bench(
            OPTIONS,
            Path.of("."),
            seconds,
            result -> kept.add(List.copyOf((List<?>) result.get("rows"))),
            Map.of()));
  }

  @Test
  void rowsAreKeptOneByOne() {
    final var rows = rows(60);
    rows.add(Map.of("case", "a"), row -> row.put("ms", 1.0));
    rows.add(Map.of("case", "b"), row -> row.put("ms", 2.0));
    assertEquals(true, rows.result().get("passed"));
    assertEquals(List.of(), rows.result().get("list"));
    assertEquals(
        List.of(
            List.of(),
            List.of(Map.of("case", "a", "ms", 1.0)),
            List.of(Map.of("case", "a", "ms", 1.0), Map.of("case", "b", "ms", 2.0))),
        kept);
  }

  @Test
  void aRowThatFailsIsAFault() {
    final var rows = rows(60);
    rows.add(
        Map.of("case", "a", "precision", "bf16"),
        row -> {
          row.put("ms", 1.0);
          throw new IllegalStateException("off by one");
        });
    rows.add(Map.of("case", "b"), row -> row.put("failed", "of itself"));
    rows.add(Map.of("case", "c"), row -> row.put("ms", 3.0));
    assertEquals(false, rows.result().get("passed"));
    assertEquals(
        List.of("a, bf16: java.lang.IllegalStateException: off by one", "b: of itself"),
        rows.result().get("list"));
    assertEquals(3, rows.rows().size());
  }

  @Test
  void aRowWithoutTimeIsAFault() {
    final var rows = rows(1);
    rows.add(
        Map.of("case", "late", "batch", 64),
        row -> {
          throw new AssertionError("begun without time");
        });
    assertEquals(false, rows.result().get("passed"));
    assertEquals(List.of("late, 64: no time was left for it"), rows.result().get("list"));
    assertEquals(List.of(), rows.rows());
  }
}
