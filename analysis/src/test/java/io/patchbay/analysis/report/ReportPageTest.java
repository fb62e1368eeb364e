package io.patchbay.analysis.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.analysis.patch.GuardRun;
import io.patchbay.analysis.study.RunReport;
import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.vae.data.Datasets;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.Trainer;
import io.patchbay.vae.train.TrainingListener;
import io.patchbay.vae.train.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
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
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The page as a reader has it: opened from the disk in a real browser. Without Chromium on the
/// search path these tests are passed over; `-Drequire=chromium` makes that a failure.
final class ReportPageTest {

  private static final List<String> VARIANTS = List.of("vae", "beta-vae", "factor-vae");

  // Charts without a canvas, with a transparent one, or with axes alone: axes and letters are grey,
  // marks are not.
  private static final String EMPTY_CHARTS =
      """
      [...document.querySelectorAll(".chart")].filter((host) => {
        const canvases = [...host.querySelectorAll("canvas")];
        const poor = (canvas) => {
          const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          let inked = 0;
          let coloured = 0;
          for (let i = 0; i < data.length; i += 4) {
            if (data[i + 3] === 0) continue;
            inked++;
            const most = Math.max(data[i], data[i + 1], data[i + 2]);
            if (most - Math.min(data[i], data[i + 1], data[i + 2]) > 40) coloured++;
          }
          const map = host.querySelector(".map") !== null;
          return coloured < Math.min(30, data.length / 8) || (map && inked * 4 < data.length);
        };
        return canvases.length === 0 || canvases.some(poor);
      }).map((host) => host.getAttribute("aria-label"))
      """;

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

  @ParameterizedTest
  @CsvSource({
    "1280, false, FOLDER",
    "375, false, FOLDER",
    "1280, true, SINGLE_FILE",
    "375, true, SINGLE_FILE"
  })
  void everyChartIsDrawnAndNothingComplains(int width, boolean dark, ReportWriter.Form form)
      throws IOException {
    open(SyntheticReport.of(VARIANTS, 10, 3), form, "?all", width, dark);

    int charts = browser().evaluate("patchbayReport.charts").asInt();
    assertEquals(6 + 5 + 3 + 9 + 3 + 6 + 3 + 3 + 2 + 15 + 3 + 3 + 6 + 9, charts);
    assertEquals(charts, browser().evaluate("patchbayReport.rendered").asInt());
    assertEquals(List.of(), texts(EMPTY_CHARTS), "empty charts");
    assertEquals(0, browser().evaluate("document.querySelectorAll('.missing').length").asInt());
    assertQuiet();
    assertNoSidewaysScroll(width);
  }

  /// Not a page of made-up numbers: models are trained, intervened on and studied for it.
  @Test
  void theReportOfTrainedModelsIsWhole() throws IOException {
    List<Path> runs = new ArrayList<>();
    Path page;
    try (Backend backend = Backends.open("auto", new Settings(2, 1L << 30)).backend()) {
      for (Variant variant : List.of(Variant.VAE, Variant.ANNEALED_VAE)) {
        Path run = folder.resolve("studied").resolve(variant.id());
        runs.add(run);
        String[] settings = {
          "data=pendulum:size=32",
          "arch.widths=4,8",
          "arch.hidden=16",
          "latent=3",
          "batch=16",
          "steps=60",
          "log_every=5",
          "lr=3e-3",
          "seed=2"
        };
        try (FactorDataset data = Datasets.of(System.getenv()).open("pendulum:size=32")) {
          TrainConfig config = TrainConfig.defaults(variant, settings);
          new Trainer(config, data, backend, TrainingListener.none(), () -> false).run(run, false);
        }
      }
      Datasets datasets = Datasets.of(System.getenv());
      page =
          new RunReport(backend, datasets, 3, (_, _) -> {})
              .write(runs, folder.resolve("report"), ReportWriter.Form.FOLDER, "patchbay report");
    }
    for (int width : new int[] {1280, 375}) {
      browser().open(page.toUri() + "?all", width, 800, false);
      assertTrue(browser().evaluate("patchbayReport.ready === true").asBoolean(), "not ready");
      settle();
      int charts = browser().evaluate("patchbayReport.charts").asInt();
      assertTrue(charts > 20, "charts=" + charts);
      assertEquals(charts, browser().evaluate("patchbayReport.rendered").asInt());
      assertEquals(List.of(), texts(EMPTY_CHARTS), "empty charts");
      // One of the models is in the state that many reach: it says the same of all inputs.
      List<String> missing =
          texts(
              "[...document.querySelectorAll('main section:not(#notes) .missing')]"
                  + ".map((l) => l.textContent)");
      assertEquals(
          7,
          missing.stream().filter(line -> line.contains(": not asked for; patchbay ")).count(),
          missing.toString());
      assertTrue(
          missing.stream()
              .allMatch(line ->
                  line.contains(": not asked for; patchbay ")
                      || line.contains("the model says the same of all inputs")),
          missing.toString());
      assertTrue(browser().evaluate("document.querySelectorAll('.guard').length").asInt() >= 6);
      // Its control rows cannot tell anything, and that is said first.
      String alarm =
          String.join(
              "", texts("[...document.querySelectorAll('.alarm')].map((l) => l.textContent)"));
      assertEquals(missing.size() > 7, alarm.contains("full"), alarm);
      assertQuiet();
      assertNoSidewaysScroll(width);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1280, 375})
  void chartsAreDrawnWhenTheyComeNear(int width) throws IOException {
    open(SyntheticReport.of(VARIANTS, 6, 1), ReportWriter.Form.FOLDER, "", width, false);

    int charts = browser().evaluate("patchbayReport.charts").asInt();
    assertTrue(browser().evaluate("patchbayReport.rendered").asInt() < charts, "all at once");
    browser()
        .evaluate(
            """
            (async () => {
              document.documentElement.style.scrollBehavior = "auto";
              for (let y = 0; y < document.body.scrollHeight; y += 300) {
                window.scrollTo(0, y);
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
              }
            })()
            """);
    settle();
    assertEquals(charts, browser().evaluate("patchbayReport.rendered").asInt());
    assertEquals(List.of(), texts(EMPTY_CHARTS), "empty charts");
    assertQuiet();
  }

  @Test
  void chartsFollowTheWindow() throws IOException {
    open(SyntheticReport.of(VARIANTS, 4, 1), ReportWriter.Form.FOLDER, "?all", 1280, false);
    browser().resize(375, 800, true);
    settle();

    assertEquals(
        List.of(),
        texts(
            """
            [...document.querySelectorAll(".chart")].filter((host) =>
              [...host.querySelectorAll("canvas")].some((canvas) =>
                canvas.clientWidth > host.clientWidth + 1)).map((host) => host.ariaLabel)
            """));
    assertEquals(List.of(), texts(EMPTY_CHARTS), "empty charts");
    assertNoSidewaysScroll(375);
    assertQuiet();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aHostileNameIsShownAndNotRun(boolean single) throws IOException {
    String hostile =
        "</script><script>window.owned=1</script><img src=x onerror='window.owned=1'>{a|b}";
    ReportWriter.Form form = single ? ReportWriter.Form.SINGLE_FILE : ReportWriter.Form.FOLDER;
    open(SyntheticReport.named(hostile, hostile), form, "?all", 1280, false);
    hoverEveryChart();

    assertTrue(browser().evaluate("window.owned === undefined").asBoolean());
    assertEquals(
        hostile, browser().evaluate("document.querySelector('h1').textContent").asString());
    assertEquals(0, browser().evaluate("document.images.length").asInt());
    assertTrue(browser().evaluate("document.querySelectorAll('.tip').length").asInt() > 0);
    assertQuiet();
    assertNoSidewaysScroll(1280);
  }

  @Test
  void thePolicyStopsAScriptThatGotIn() throws IOException {
    open(SyntheticReport.empty(), ReportWriter.Form.SINGLE_FILE, "?all", 1280, false);
    browser()
        .evaluate(
            """
            (() => {
              const script = document.createElement("script");
              script.textContent = "window.owned = 1";
              document.body.append(script);
            })()
            """);

    assertTrue(browser().evaluate("window.owned === undefined").asBoolean());
  }

  @Test
  void absentPartsAreALineEachAndNeverAnEmptyChart() throws IOException {
    open(SyntheticReport.empty(), ReportWriter.Form.FOLDER, "?all", 1280, false);

    assertEquals(0, browser().evaluate("patchbayReport.charts").asInt());
    assertEquals(0, browser().evaluate("document.querySelectorAll('figure').length").asInt());
    List<String> lines =
        texts("[...document.querySelectorAll('main .missing')].map((line) => line.textContent)");
    assertEquals(Section.values().length + 2, lines.size(), lines.toString());
    assertTrue(lines.contains("Left out for vae: the data has no generator."), lines.toString());
    assertTrue(lines.contains("Left out for vae: not computed in this run."), lines.toString());
    assertQuiet();
  }

  @Test
  void aVariantWithoutAPartIsNamedBesideTheOthers() throws IOException {
    ReportModel full = SyntheticReport.of(List.of("vae"), 3, 1);
    VariantReport bare =
        SyntheticReport.bare("vq-vae", Map.of(Section.TRAVERSAL, "its code is discrete"));
    ReportModel mixed =
        new ReportModel(
            full.title(),
            "",
            full.created(),
            full.made(),
            List.of(full.variants().getFirst(), bare),
            List.of(),
            List.of());
    open(mixed, ReportWriter.Form.FOLDER, "?all", 375, false);

    List<String> lines =
        texts("[...document.querySelectorAll('#traversals .missing')].map((l) => l.textContent)");
    assertEquals(List.of("Left out for vq-vae: its code is discrete."), lines);
    assertEquals(List.of(), texts(EMPTY_CHARTS), "empty charts");
    assertQuiet();
    assertNoSidewaysScroll(375);
  }

  @Test
  void aFailedControlIsSaidFirst() throws IOException {
    ReportModel full = SyntheticReport.of(List.of("vae"), 3, 1);
    GuardRun failed =
        new GuardRun(
            "sweep",
            10,
            4,
            4,
            1,
            List.of(new GuardRun.Control("positive", 4, false, "no change", "a change")));
    ReportModel model =
        new ReportModel(
            full.title(),
            "",
            full.created(),
            full.made(),
            full.variants(),
            List.of(failed),
            List.of());
    open(model, ReportWriter.Form.FOLDER, "?all", 1280, false);

    String alarm =
        browser().evaluate("document.querySelector('header .alarm').textContent").asString();
    assertTrue(alarm.contains("2 controls failed"), alarm);
    assertTrue(alarm.contains("sweep: positive"), alarm);
    assertTrue(alarm.contains("do not add up"), alarm);
  }

  @Test
  void everyFigureHasWordsAndNumbers() throws IOException {
    open(SyntheticReport.of(VARIANTS, 4, 1), ReportWriter.Form.FOLDER, "?all", 1280, false);

    assertEquals(
        List.of(),
        texts(
            """
            [...document.querySelectorAll("figure")].filter((figure) => {
              const said = [...figure.querySelectorAll(".chart, .pictures caption")]
                .every((part) => (part.ariaLabel || part.textContent).length > 20);
              return !said || figure.querySelector("figcaption").textContent.length < 60;
            }).map((figure) => figure.textContent.slice(0, 80))
            """));
    browser().evaluate("document.querySelectorAll('details').forEach((part) => part.open = true)");
    settle();
    assertEquals(
        List.of(),
        texts(
            """
            [...document.querySelectorAll("details")]
              .filter((part) => part.querySelectorAll("tbody tr").length < 3)
              .map((part) => part.closest("figure").id)
            """));
    assertQuiet();
  }

  @Test
  void unitsAreSortedAndFiltered() throws IOException {
    open(SyntheticReport.of(List.of("vae"), 4, 1), ReportWriter.Form.FOLDER, "?all", 1280, false);

    List<String> effects = texts(COLUMN.formatted(4));
    assertEquals(40, effects.size());
    assertEquals(effects.stream().sorted(DESCENDING).toList(), effects);
    click("#units th:nth-child(4) button");
    assertEquals(effects.reversed(), texts(COLUMN.formatted(4)));
    choose("#units .units label:nth-child(2) select", "polysemantic");
    List<String> labels = texts(COLUMN.formatted(3));
    assertTrue(!labels.isEmpty() && labels.size() < 40, labels.toString());
    assertEquals(List.of("polysemantic"), labels.stream().distinct().toList());
    choose("#units .units label:nth-child(1) select", "decoder.fc1");
    assertEquals(List.of("decoder.fc1"), texts(COLUMN.formatted(1)).stream().distinct().toList());
    assertQuiet();
  }

  private static final String COLUMN =
      "[...document.querySelectorAll('#units .units tbody td:nth-child(%d)')]"
          + ".map((cell) => cell.textContent)";
  private static final Comparator<String> DESCENDING =
      Comparator.comparingDouble(Double::parseDouble).reversed();

  private static void click(String selector) {
    browser().evaluate("document.querySelector('%s').click()".formatted(selector));
  }

  private static void choose(String selector, String value) {
    browser()
        .evaluate(
            """
            (() => {
              const part = document.querySelector("%s");
              part.value = "%s";
              part.dispatchEvent(new Event(part.tagName === "SELECT" ? "change" : "input"));
            })()
            """
                .formatted(selector, value));
  }

  @Test
  void aCircuitFollowsItsControls() throws IOException {
    open(SyntheticReport.of(List.of("vae"), 4, 1), ReportWriter.Form.FOLDER, "?all", 1280, false);

    String edges =
        "String(echarts.getInstanceByDom(document.querySelector('#circuits .chart'))"
            + ".getOption().series[0].links.length)";
    int all = Integer.parseInt(browser().evaluate(edges).asString());
    choose("#circuits input", "0.5");
    int strong = Integer.parseInt(browser().evaluate(edges).asString());
    assertTrue(0 < strong && strong < all, strong + " of " + all);
    choose("#circuits input", "0");
    choose("#circuits select", "scale");
    int other = Integer.parseInt(browser().evaluate(edges).asString());
    assertTrue(other > 0 && other != all, other + ", " + all);
    assertEquals(List.of(), texts(EMPTY_CHARTS), "empty charts");
    assertQuiet();
  }

  /// Where a factor is read and where it has an effect, over the same sites in one chart.
  @Test
  void aProfileIsOnePlotPerFactor() throws IOException {
    open(SyntheticReport.of(List.of("vae"), 4, 1), ReportWriter.Form.FOLDER, "?all", 1280, false);

    String option =
        "JSON.stringify((({ series, xAxis, yAxis }) => ({"
            + " lines: series.filter((s) => s.type === 'line').map((s) =>"
            + " [s.name, s.yAxisIndex, s.data.length, s.markLine ? s.markLine.data[0].yAxis : 0]),"
            + " bars: series.filter((s) => s.type === 'custom').map((s) => s.data.length),"
            + " sites: xAxis[0].data.length, axes: yAxis.map((a) => a.name) }))("
            + "echarts.getInstanceByDom([...document.querySelectorAll('#profile .chart')][%d])"
            + ".getOption()))";
    assertEquals(
        5, browser().evaluate("document.querySelectorAll('#profile .chart').length").asInt());
    assertEquals(
        "{\"lines\":[[\"readable\",0,5,0.34],[\"causally effective\",1,5,0]],\"bars\":[5,4],"
            + "\"sites\":5,\"axes\":[\"accuracy\",\"effect, sd\"]}",
        browser().evaluate(option.formatted(0)).asString());
    assertEquals(
        "{\"lines\":[[\"readable\",0,5,0],[\"causally effective\",1,5,0]],\"bars\":[5,4],"
            + "\"sites\":5,\"axes\":[\"R²\",\"effect, sd\"]}",
        browser().evaluate(option.formatted(1)).asString());
    assertQuiet();
  }

  @Test
  void whatCircuitsShareAndTheirCommunitiesAreOnThePage() throws IOException {
    open(SyntheticReport.of(List.of("vae"), 4, 1), ReportWriter.Form.FOLDER, "?all", 1280, false);

    List<String> rows =
        texts(
            "[...document.querySelectorAll('#motifs .panel tbody tr')].map((row) =>"
                + " [...row.cells].map((cell) => cell.textContent).join('|'))");
    assertTrue(rows.contains("vae|shape|0.41|0.44|−4.9|1|0.001|2|2, 1"), rows.toString());
    assertTrue(rows.contains("vae|scale|0.2|–|–|–|–|1|1"), rows.toString());
    assertTrue(
        rows.contains("vae|shape and scale, encoder|10|20|0.5|0.3|2.2|0.01|0|0|–|–|–|–"),
        rows.toString());
    String words = browser().evaluate("document.querySelector('#motifs').textContent").asString();
    assertTrue(words.contains("1 (encoder.conv2/0) of 12 edges or more"), words);
    List<String> found =
        texts(
            "[...document.querySelectorAll('#circuits .panel tbody tr')]"
                + ".map((row) => row.textContent)");
    assertEquals(2, found.size(), found.toString());
    assertTrue(found.getFirst().contains("26\u202f208"), found.toString());
    assertTrue(found.getFirst().contains("0.40 [0.30, 0.51], n = 200"), found.toString());
    assertQuiet();
  }

  @Test
  void aPageOfTwoThousandUnitsIsSmall() throws IOException {
    ReportModel plain = SyntheticReport.of(List.of("vae"), 10, 3);
    VariantReport first = plain.variants().getFirst();
    Mechanisms many = new SyntheticMechanisms(1).all(2000, 10);
    ReportModel model = SyntheticReport.with(plain, SyntheticReport.with(first, many));
    Path page =
        ReportWriter.write(
            model, Files.createTempDirectory(folder, "large"), ReportWriter.Form.SINGLE_FILE);
    assertTrue(Files.size(page) < 8_000_000, "bytes=" + Files.size(page));
    open(model, ReportWriter.Form.FOLDER, "", 1280, false);
    assertEquals(100, texts(COLUMN.formatted(1)).size());
    click("#units .units > button");
    assertEquals(2000, texts(COLUMN.formatted(1)).size());
    assertQuiet();
  }

  @Test
  void thePrintedPageHasEveryChart() throws IOException {
    open(SyntheticReport.of(VARIANTS, 4, 1), ReportWriter.Form.FOLDER, "", 1280, true);
    byte[] pdf = browser().print();
    settle();

    assertTrue(pdf.length > 50_000, "bytes=" + pdf.length);
    assertTrue(browser().evaluate("patchbayReport.rendered === patchbayReport.charts").asBoolean());
    assertEquals(List.of(), texts(EMPTY_CHARTS), "empty charts");
    assertQuiet();
  }

  private static void open(
      ReportModel model, ReportWriter.Form form, String query, int width, boolean dark)
      throws IOException {
    Path page = ReportWriter.write(model, Files.createTempDirectory(folder, "report"), form);
    browser().open(page.toUri() + query, width, 800, dark);
    assertTrue(browser().evaluate("patchbayReport.ready === true").asBoolean(), "not ready");
    settle();
  }

  // Charts are drawn again in animation frames after a change of size.
  private static void settle() {
    browser()
        .evaluate(
            """
            new Promise((done) => {
              let left = 6;
              const step = () => (left-- > 0 ? requestAnimationFrame(step) : setTimeout(done, 50));
              step();
            })
            """);
  }

  private static void hoverEveryChart() {
    int charts = browser().evaluate("document.querySelectorAll('.chart').length").asInt();
    for (int i = 0; i < charts; i++) {
      JsonNode box =
          browser()
              .evaluate(
                  """
                  (() => {
                    document.documentElement.style.scrollBehavior = "auto";
                    const host = document.querySelectorAll(".chart")[%d];
                    host.scrollIntoView({ block: "center" });
                    const box = host.getBoundingClientRect();
                    return { x: box.x, y: box.y, width: box.width, height: box.height };
                  })()
                  """
                      .formatted(i));
      for (double across : new double[] {0.45, 0.6}) {
        browser()
            .movePointer(
                box.get("x").asDouble() + across * box.get("width").asDouble(),
                box.get("y").asDouble() + 0.3 * box.get("height").asDouble());
      }
    }
    settle();
  }

  private static void assertQuiet() {
    assertEquals(List.of(), browser().complaints(), "the page complained");
    assertEquals(List.of(), texts("patchbayReport.errors"), "the page's own list");
    List<String> outside =
        browser().requests().stream()
            .filter(address -> !address.matches("(?s)(file|data|blob):.*"))
            .toList();
    assertEquals(List.of(), outside, "requests beyond the disk");
  }

  private static void assertNoSidewaysScroll(int width) {
    assertEquals(width, browser().evaluate("window.innerWidth").asInt());
    int content = browser().evaluate("document.documentElement.scrollWidth").asInt();
    assertTrue(content <= width, "page width=" + content + ", window width=" + width);
  }

  private static List<String> texts(String expression) {
    return browser().evaluate(expression).valueStream().map(JsonNode::asString).toList();
  }
}
