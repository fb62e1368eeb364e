package io.patchbay.analysis.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The page's parts, which ship as resources, and how they are put together.
final class Page {

  private static final Pattern SLOT = Pattern.compile("\\{\\{(\\w+)}}");

  // One script in the page, several in the sources, each on its subject.
  private static final List<String> SCRIPTS =
      List.of(
          "elements.js",
          "numbers.js",
          "colours.js",
          "figure.js",
          "bars.js",
          "cells.js",
          "lines.js",
          "pixels.js",
          "pictures.js",
          "model.js",
          "summary.js",
          "models.js",
          "effects.js",
          "paths.js",
          "scores.js",
          "profile.js",
          "units.js",
          "attribution.js",
          "graphs.js",
          "motifs.js",
          "causes.js",
          "making.js",
          "reproduction.js",
          "page.js");

  private Page() {}

  static String charts() throws IOException {
    return resource("echarts.min.js");
  }

  static String style() throws IOException {
    return resource("report.css") + resource("reproduction.css");
  }

  static String script() throws IOException {
    StringBuilder whole = new StringBuilder("(function () {\n\"use strict\";\n");
    for (String name : SCRIPTS) {
      whole.append(resource(name)).append('\n');
    }
    return whole.append("})();\n").toString();
  }

  /// What a page says.
  ///
  /// @param table its figures as text, for a reader without scripts
  /// @param data JSON that may stand inside a script element
  record Content(String title, String table, String data) {
    static Content of(ReportModel model) {
      return new Content(model.title(), SummaryTable.of(model), PageData.embeddable(model));
    }
  }

  /// The page beside an `assets` folder.
  static String linked(Content content) throws IOException {
    return fill(
        content,
        "'self' file:",
        "<link rel=\"stylesheet\" href=\"assets/report.css\">",
        "<script src=\"assets/echarts.min.js\"></script>\n"
            + "<script src=\"assets/report.js\"></script>");
  }

  /// The page as one file.
  static String inlined(Content content) throws IOException {
    String charts = inline(charts());
    String script = inline(script());
    return fill(
        content,
        hash(charts) + " " + hash(script),
        "<style>" + style() + "</style>",
        "<script>" + charts + "</script>\n<script>" + script + "</script>");
  }

  private static String fill(Content content, String allowed, String style, String scripts)
      throws IOException {
    Map<String, String> slots =
        Map.of(
            "allowed",
            allowed,
            "title",
            escape(content.title()),
            "style",
            style,
            "table",
            escape(content.table()),
            "data",
            content.data(),
            "scripts",
            scripts);
    // One pass, so that a slot's name inside a run's text stays text.
    return SLOT.matcher(resource("index.html"))
        .replaceAll(match -> {
          String text = slots.get(match.group(1));
          if (text == null) {
            throw new IllegalStateException("page: unknown slot=" + match.group(1));
          }
          return Matcher.quoteReplacement(text);
        });
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private static String inline(String script) {
    if (script.contains("</script") || script.contains("<!--")) {
      throw new IllegalStateException("page: a script would end its own element");
    }
    return script;
  }

  private static String hash(String script) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("page: every Java has SHA-256", e);
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("page: missing resource=" + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
