package io.patchbay.analysis.report;

import io.patchbay.vae.io.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes a report as a page that opens from the disk, without a server or a network.
public final class ReportWriter {

  /// How the page's scripts and style travel.
  public enum Form {
    /// `index.html` beside a folder `assets`.
    FOLDER,
    /// `index.html` alone, everything in it.
    SINGLE_FILE
  }

  private ReportWriter() {}

  /// Writes `index.html` and `assets/` into a folder.
  ///
  /// @return the page
  public static Path write(ReportModel model, Path folder) throws IOException {
    return write(model, folder, Form.FOLDER);
  }

  /// Writes a report into a folder, which is created when missing. Each file appears whole or not
  /// at all, the page last; the same model gives the same bytes.
  ///
  /// @return the page
  public static Path write(ReportModel model, Path folder, Form form) throws IOException {
    return write(Page.Content.of(model), folder, form);
  }

  static Path write(Page.Content content, Path folder, Form form) throws IOException {
    Files.createDirectories(folder);
    Path page = folder.resolve("index.html");
    switch (form) {
      case SINGLE_FILE -> put(page, Page.inlined(content));
      case FOLDER -> {
        Path assets = Files.createDirectories(folder.resolve("assets"));
        put(assets.resolve("echarts.min.js"), Page.charts());
        put(assets.resolve("report.css"), Page.style());
        put(assets.resolve("report.js"), Page.script());
        put(page, Page.linked(content));
      }
    }
    return page;
  }

  private static void put(Path file, String text) throws IOException {
    AtomicFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
