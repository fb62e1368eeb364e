package io.patchbay.analysis.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ReportWriterTest {

  private static final List<String> VARIANTS = List.of("vae", "beta-vae", "factor-vae");
  private static final String HOSTILE =
      "</script><script>window.owned=1</script><!--<img src=x onerror=window.owned=1>"
          + "\u2028\u2029'\"&{{data}}${title}\\1";

  @TempDir Path folder;

  @Test
  void writesThePageAndItsAssetsAndNothingElse() throws IOException {
    Path page = ReportWriter.write(SyntheticReport.of(VARIANTS, 4, 1), folder);

    assertEquals(folder.resolve("index.html"), page);
    try (Stream<Path> files = Files.walk(folder)) {
      assertEquals(
          Set.of("index.html", "assets/echarts.min.js", "assets/report.js", "assets/report.css"),
          files
              .filter(Files::isRegularFile)
              .map(file -> folder.relativize(file).toString())
              .collect(Collectors.toSet()));
    }
    assertTrue(Files.size(folder.resolve("assets/echarts.min.js")) > 500_000);
  }

  @Test
  void aSingleFileNeedsNoOther() throws IOException {
    Path page =
        ReportWriter.write(
            SyntheticReport.of(VARIANTS, 4, 1), folder, ReportWriter.Form.SINGLE_FILE);

    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(page), files.toList());
    }
    String html = Files.readString(page);
    assertFalse(html.contains("src=\"assets/"), "a script outside the file");
    assertFalse(html.contains("href=\"assets/"), "a style outside the file");
  }

  @ParameterizedTest
  @EnumSource(ReportWriter.Form.class)
  void theSameModelGivesTheSameBytes(ReportWriter.Form form) throws IOException {
    Path first =
        ReportWriter.write(SyntheticReport.of(VARIANTS, 5, 3), folder.resolve("first"), form);
    Path second =
        ReportWriter.write(SyntheticReport.of(VARIANTS, 5, 3), folder.resolve("second"), form);

    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
  }

  @Test
  void writesOverAnEarlierReport() throws IOException {
    ReportWriter.write(SyntheticReport.of(VARIANTS, 3, 1), folder);
    Path page = ReportWriter.write(SyntheticReport.empty(), folder);

    assertTrue(Files.readString(page).contains("<title>Empty</title>"));
  }

  @ParameterizedTest
  @EnumSource(ReportWriter.Form.class)
  void threeVariantsOfTenLatentsStayUnderEightMegabytes(ReportWriter.Form form) throws IOException {
    Path page = ReportWriter.write(SyntheticReport.of(VARIANTS, 10, 3), folder, form);

    assertTrue(Files.size(page) < 8_000_000, "bytes=" + Files.size(page));
  }

  @ParameterizedTest
  @EnumSource(ReportWriter.Form.class)
  void aHostileNameStaysText(ReportWriter.Form form) throws IOException {
    ReportModel hostile = SyntheticReport.named(HOSTILE, HOSTILE);
    String html = Files.readString(ReportWriter.write(hostile, folder, form));
    String plain =
        Files.readString(
            ReportWriter.write(SyntheticReport.named("a", "b"), folder.resolve("plain"), form));

    assertEquals(count(plain, "<script"), count(html, "<script"), "script elements");
    assertEquals(count(plain, "</script"), count(html, "</script"), "script ends");
    assertEquals(count(plain, "<img"), count(html, "<img"), "an element from a name");
    assertFalse(block(html).contains("\u2028"), "a line separator in the data");
    assertEquals(HOSTILE, data(html).get("variants").get(0).get("name").asString());
    assertEquals(HOSTILE, data(html).get("title").asString());
  }

  @Test
  void numbersThatAreNotStayAbsent() throws IOException {
    String html = Files.readString(ReportWriter.write(SyntheticReport.of(VARIANTS, 4, 1), folder));
    JsonNode variant = data(html).get("variants").get(2);

    assertTrue(variant.get("summary").get("circuitModularity").get("value").isNull());
    assertFalse(html.contains(":NaN") || html.contains(",NaN"), "NaN is no JSON");
  }

  @Test
  void aSeedKeepsAllItsDigits() throws IOException {
    String html = Files.readString(ReportWriter.write(SyntheticReport.of(VARIANTS, 3, 1), folder));

    assertEquals(Long.toString(Long.MAX_VALUE), data(html).get("seed").asString());
  }

  @Test
  void thePageAllowsNoScriptOfOthersAndNamesNoHost() throws IOException {
    Path page = ReportWriter.write(SyntheticReport.of(VARIANTS, 3, 1), folder);
    String html = Files.readString(page);
    String script = Files.readString(folder.resolve("assets/report.js"));

    assertTrue(html.contains("default-src 'none'"));
    for (String text :
        List.of(html, script, Files.readString(folder.resolve("assets/report.css")))) {
      assertFalse(text.matches("(?s).*(https?:)?//[a-z0-9-]+\\.[a-z].*"), "a host is named");
    }
    // Markup is never made of text.
    for (String sink : List.of("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write")) {
      assertFalse(script.contains(sink), sink);
    }
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }

  private static JsonNode data(String html) {
    return JsonMapper.builder().build().readTree(block(html).getBytes(StandardCharsets.UTF_8));
  }

  private static String block(String html) {
    Pattern script =
        Pattern.compile(
            "<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);
    Matcher matcher = script.matcher(html);
    assertTrue(matcher.find(), "no data in the page");
    return matcher.group(1);
  }
}
