package io.patchbay.vae.io;

import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;

/// JSON for files that people read too: indented, with a line's end at the end.
public final class JsonText {
  private JsonText() {}

  /// @param value a record, map or list
  public static String of(final Object value) {
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
  }

  /// Replaces a file by this value at once or not at all; folders are made.
  ///
  /// @throws java.io.UncheckedIOException with one line of text; the file is then as it was
  public static void write(final Path file, final Object value) {
    AtomicFiles.write(file, of(value));
  }
}
