package io.patchbay.analysis.cli;

import org.jspecify.annotations.Nullable;

/// The progress lines of a command that does one thing after the other: a line for each, which
/// stands until the next begins.
final class ProgressLines implements AutoCloseable {
  private final OutputOptions output;
  private String title = "";
  private String unit = "";
  private @Nullable Progress line;

  ProgressLines(final OutputOptions output) {
    this.output = output;
  }

  /// @param unit what is counted, in the plural
  void update(final String of, final String unit, final long done, final long all) {
    var now = line;
    if (now == null || !of.equals(title) || !unit.equals(this.unit)) {
      end();
      title = of;
      this.unit = unit;
      now = output.progress(of, unit);
      line = now;
    }
    now.update(done, all, "");
  }

  /// Ends the line, if one stands.
  void end() {
    if (line != null) {
      line.close();
      line = null;
    }
  }

  @Override
  public void close() {
    end();
  }
}
