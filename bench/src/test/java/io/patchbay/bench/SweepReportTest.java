package io.patchbay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SweepReportTest {
  @Test
  void aFigureThatDoesNotExistIsNullAndADash() {
    final var report = report(Double.NaN, "");
    final var json = BenchJson.write(report.json());
    assertTrue(json.contains("\"peer\":null"), json);
    assertTrue(json.contains("\"elimination_gain\":null"), json);
    assertTrue(json.contains("\"ours\":1000.0"), json);
    assertFalse(report.table().contains("NaN"), report.table());
    final var unsteady = report(Double.NaN, "channels_last").table();
    assertTrue(unsteady.contains("channels_last, - s for all"), unsteady);
  }

  @Test
  void whatAllCellsTakeFollowsFromTheRates() {
    final var table = report(50, "channels_last").table();
    assertTrue(table.contains("2.00 s for all"), table);
    assertTrue(table.contains("40.0 s for all"), table);
    final long lines = table.lines().filter(line -> line.startsWith("z-grid")).count();
    assertEquals(2, lines);
  }

  private static SweepReport report(final double peer, final String form) {
    final var ratio = Pairs.Spread.of(new double[] {1000 / peer});
    final var row =
        new SweepFigures(
            "z-grid",
            2,
            2000,
            new SweepFigures.Forms("cpu", form, form, "cpu"),
            new SweepFigures.Rates(1000, peer, peer, 500),
            ratio,
            ratio,
            new Pairs.Spread(2, 2, 2),
            7e6,
            0.5,
            1.9,
            Double.NaN,
            1e-7,
            peer,
            3,
            0);
    final var machine = new Machine("processor", 2, "1000", "avx512", 100, 200);
    return new SweepReport(machine, List.of(row), List.of("note"));
  }
}
