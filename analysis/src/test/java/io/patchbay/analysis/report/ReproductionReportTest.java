package io.patchbay.analysis.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.report.ReproductionReport.Finding;
import io.patchbay.analysis.report.ReproductionReport.Measure;
import io.patchbay.analysis.report.ReproductionReport.Row;
import io.patchbay.analysis.report.ReproductionReport.Run;
import io.patchbay.analysis.report.ReproductionReport.Status;
import io.patchbay.analysis.report.ReproductionReport.Table;
import io.patchbay.analysis.report.ReproductionReport.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// The page of a reproduction, opened from the disk in a real browser, as [ReportPageTest] does.
final class ReproductionReportTest {
  private static final List<String> MODELS = List.of("vae", "beta-vae", "factor-vae");

  @TempDir static Path folder;

  private static @Nullable Chromium running;

  @BeforeAll
  static void start() throws IOException {
    running = Chromium.start(Files.createDirectory(folder.resolve("profile")));
  }

  @AfterAll
  static void stop() throws IOException {
    if (running != null) {
      running.close();
    }
  }

  private static Chromium browser() {
    return Objects.requireNonNull(running);
  }

  private static Measure measure(final String id, final boolean paper) {
    return new Measure(id, id + " title", "what " + id + " means", paper);
  }

  private static ReproductionReport report(final String hostile) {
    final var measures = List.of(measure("dci", false), measure("ces", false));
    final var rows = new ArrayList<Row>();
    final var more = new ArrayList<Row>();
    final var runs = new ArrayList<Run>();
    for (int m = 0; m < MODELS.size(); m++) {
      final double ces = 5 + 0.6 * m;
      final var name = MODELS.get(m) + hostile;
      rows.add(
          new Row(
              name,
              3,
              Arrays.asList(
                  m == 2 ? null : Estimate.exact(0.05 + 0.01 * m, 0),
                  new Estimate(0.07, -0.01, 0.15, 3),
                  Estimate.exact(4 - 0.5 * m, 0),
                  new Estimate(ces, ces - 0.2, ces + 0.2, 3))));
      more.add(new Row(name, 3, Arrays.asList(m == 0 ? null : Estimate.exact(0.25 * m, 3))));
      for (int seed = 1; seed <= 3; seed++) {
        runs.add(
            new Run(
                MODELS.get(m) + "-" + seed,
                m,
                Arrays.asList(
                    Estimate.exact(0.07, 2000), new Estimate(ces, ces - 0.1, ces + 0.1, 128))));
      }
    }
    return new ReproductionReport(
        "The paper's table" + hostile,
        "Three models.",
        Instant.parse("2026-01-02T03:04:05Z"),
        new Provenance(1, "cpu", "patchbay reproduce", Map.of("java", "25"), Map.of("a", "b")),
        "model  CES",
        "The paper's score is not defined." + hostile,
        List.of(
            new Finding("v1", "order" + hostile, "when so", Status.HELD, 3, 3, "a = 1; b = -2"),
            new Finding("v1", "another order", "when so", Status.NOT_HELD, 0, 3, "a = 1 [0, 2]"),
            new Finding("v1", "circuits", "when so", Status.UNDECIDED, 1, 3, "a = 1 [-1, 2]"),
            new Finding(
                "v3", "VQ-VAE", "when so", Status.NOT_TESTED, 0, 0, "there is none; --beside")),
        List.of(
            new Table(
                "The paper's figures and ours",
                List.of(
                    measure("paper_score", true),
                    measures.get(0),
                    measure("paper_ces", true),
                    measures.get(1)),
                rows),
            new Table("More", List.of(measure("sap", false)), more)),
        measures,
        runs,
        List.of(new Time("train", 9, 200), new Time("scores", 9, 100)),
        List.of("a limit" + hostile));
  }

  private static void open(
      final ReproductionReport report,
      final ReportWriter.Form form,
      final int width,
      final boolean dark)
      throws IOException {
    final var page = report.write(Files.createTempDirectory(folder, "report"), form);
    browser().open(page.toUri() + "?all", width, 800, dark);
    assertTrue(browser().evaluate("patchbayReport.ready === true").asBoolean(), "not ready");
    browser().evaluate("new Promise((done) => setTimeout(done, 200))");
  }

  private static List<String> texts(final String selector) {
    return browser()
        .evaluate("[...document.querySelectorAll('" + selector + "')].map((n) => n.textContent)")
        .valueStream()
        .map(JsonNode::asString)
        .toList();
  }

  private static void assertQuietAndFits(final int width) {
    assertEquals(List.of(), browser().complaints(), "the page complained");
    assertEquals(0, browser().evaluate("patchbayReport.errors.length").asInt());
    assertEquals(
        List.of(),
        browser().requests().stream()
            .filter(address -> !address.matches("(?s)(file|data|blob):.*"))
            .toList());
    final int content = browser().evaluate("document.documentElement.scrollWidth").asInt();
    assertTrue(content <= width, "page width=" + content + ", window width=" + width);
  }

  @ParameterizedTest
  @CsvSource({
    "1280, false, FOLDER",
    "390, false, FOLDER",
    "1280, true, SINGLE_FILE",
    "390, true, SINGLE_FILE"
  })
  void tableAndFindingsAreShown(final int width, final boolean dark, final ReportWriter.Form form)
      throws IOException {
    open(report(""), form, width, dark);
    assertEquals(List.of("1held", "1not held", "1undecided", "1not tested"), texts(".tally li"));
    assertEquals(
        List.of("Held", "Not held", "Undecided", "Not tested"), texts(".finding .verdict b"));
    final var verdicts = texts(".finding .verdict");
    assertEquals("Heldon 3 of 3 seedspaper, v1", verdicts.get(0));
    assertEquals("Not testedpaper, v3", verdicts.get(3));
    assertEquals(List.of("a = 1", "b = \u22122"), texts(".finding .parts li"));
    assertEquals(
        List.of("There is none; --beside."), texts(".finding.not-tested > p:not(.verdict)"));
    assertEquals(
        List.of("vae", "0.05", "0.070[\u22120.010, 0.150]", "4", "5.00[4.80, 5.20]", "3"),
        texts("#table tbody tr:first-child > *"));
    assertEquals(
        List.of("factor-vae", "\u2013"), texts("#table tbody tr:last-child > *").subList(0, 2));
    assertEquals(
        List.of("sap titlewhat sap means", "\u2013", "0.250", "0.500"),
        texts("#figures tbody tr:first-child > *"));
    assertEquals(4 + 2, browser().evaluate("patchbayReport.charts").asInt());
    assertEquals(4 + 2, browser().evaluate("patchbayReport.rendered").asInt());
    assertEquals(0, texts(".missing").size());
    assertEquals(List.of("train", "9", "200", "67"), texts("#times tbody tr:first-child td"));
    browser().evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))");
    browser().evaluate("new Promise((done) => setTimeout(done, 200))");
    assertEquals(9 * 2, texts("#runs details tbody tr").size());
    assertQuietAndFits(width);
  }

  @Test
  void aHostileNameIsShownAndNotRun() throws IOException {
    final var hostile = "</script><img src=x onerror='window.owned=1'>";
    open(report(hostile), ReportWriter.Form.SINGLE_FILE, 1280, false);
    assertTrue(browser().evaluate("window.owned === undefined").asBoolean());
    assertEquals(List.of("The paper's table" + hostile), texts("h1"));
    assertEquals(0, browser().evaluate("document.images.length").asInt());
    assertQuietAndFits(1280);
  }

  @Test
  void aRowOfAnotherLengthIsRefused() {
    final var refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new Table(
                    "t", List.of(measure("a", false)), List.of(new Row("vae", 1, List.of()))));
    assertEquals("row vae: figures=0, measures=1", refused.getMessage());
  }
}
