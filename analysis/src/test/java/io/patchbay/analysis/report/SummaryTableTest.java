package io.patchbay.analysis.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SummaryTableTest {

  @Test
  void columnsLineUpAndIntervalsStandBesideTheirValues() {
    SummaryRow first =
        new SummaryRow(
            new Estimate(4.591, 4.41, 4.77, 64),
            null,
            Estimate.undefined(64),
            Estimate.exact(0.5, 64),
            null,
            new Estimate(-31.26, -32.4, -30.1, 64),
            9,
            10,
            64);
    SummaryRow second =
        new SummaryRow(
            new Estimate(13.991, 13.81, 14.17, 64), null, null, null, null, null, 10, 10, 4096);

    String text = SummaryTable.of(report(List.of("vae", "factor-vae"), List.of(first, second)));
    List<String> lines = text.lines().toList();

    assertEquals(4, lines.size());
    assertTrue(lines.get(1).startsWith("vae         "), lines.get(1));
    assertTrue(lines.get(2).startsWith("factor-vae  "), lines.get(2));
    assertEquals(lines.get(1).length(), lines.get(2).length(), text);
    assertEquals(lines.get(0).length(), lines.get(1).length(), text);
    assertTrue(lines.get(1).contains("   4.59 [4.41, 4.77]  "), text);
    assertTrue(lines.get(2).contains("  13.99 [13.81, 14.17]  "), text);
    assertEquals(lines.get(1).indexOf(']'), lines.get(2).indexOf(']'), text);
    assertTrue(lines.get(1).contains("undefined"), text);
    assertTrue(lines.get(1).contains("-31.3 [-32.4, -30.1]"), text);
    assertTrue(lines.get(1).contains("9 of 10"), text);
  }

  @Test
  void aNameCannotMoveTheCursor() {
    SummaryRow row = new SummaryRow(null, null, null, null, null, null, 0, 1, 1);
    String text = SummaryTable.of(report(List.of("a\u001b[2J\nb"), List.of(row)));

    assertFalse(text.contains("\u001b"));
    assertEquals(3, text.lines().count());
  }

  @ParameterizedTest
  @CsvSource({"0.18, 2", "0.099, 3", "1, 1", "12, 0", "0.00001, 4", "0, 4"})
  void asManyPlacesAsTheIntervalSupports(double half, int places) {
    assertEquals(places, Decimals.of(List.of(new Estimate(1, 1 - half, 1 + half, 9))));
  }

  @ParameterizedTest
  @CsvSource({"-0.001, 2, 0.00", "-0.01, 2, -0.01", "NaN, 2, undefined", "2.5, 0, 3"})
  void fixedPlaces(double value, int places, String text) {
    assertEquals(text, Decimals.fixed(value, places));
  }

  @ParameterizedTest
  @CsvSource({
    "123456.789, 4, 123500",
    "-0.000123456, 3, -0.000123",
    "0, 4, 0",
    "1e-300, 2, 1e-300"
  })
  void significantDigits(double value, int digits, double rounded) {
    assertEquals(rounded, Decimals.significant(value, digits));
  }

  private static ReportModel report(List<String> names, List<SummaryRow> rows) {
    List<VariantReport> variants = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      VariantReport bare = SyntheticReport.bare(names.get(i), Map.of());
      variants.add(
          new VariantReport(
              bare.name(),
              "",
              rows.get(i),
              null,
              null,
              null,
              null,
              List.of(),
              null,
              null,
              null,
              null,
              Mechanisms.NONE,
              Map.of()));
    }
    return new ReportModel(
        "t",
        "",
        Instant.EPOCH,
        new Provenance(1, "", "", Map.of(), Map.of()),
        variants,
        List.of(),
        List.of());
  }
}
