package io.patchbay.tests.layout;

import static org.junit.jupiter.api.Assertions.fail;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every Java file is as google-java-format writes it. With `-Dformat.write=true` the files are
/// rewritten instead, with `-Dformat.write=PREFIX` those whose path starts so (`vae/`).
final class FormatTest {
  private static final String WRITE = System.getProperty("format.write", "false");

  @TestFactory
  Stream<DynamicTest> isFormatted() {
    final var root = Sources.root();
    return Sources.java().stream()
        .map(path -> root.relativize(path).toString())
        .map(name -> DynamicTest.dynamicTest(name, () -> check(root.resolve(name), name)));
  }

  private static void check(final Path path, final String name)
      throws IOException, FormatterException {
    final var text = Sources.text(path);
    final var formatted = format(text);
    if (formatted.equals(text)) {
      return;
    }
    if (WRITE.equals("true") || name.startsWith(WRITE)) {
      Files.writeString(path, formatted);
    } else if (WRITE.equals("false")) {
      fail("not formatted: file=" + name + ", " + difference(text, formatted));
    }
  }

  private static String format(final String text) throws FormatterException {
    final var used = RemoveUnusedImports.removeUnusedImports(text);
    return new Formatter().formatSource(ImportOrderer.reorderImports(used, Style.GOOGLE));
  }

  private static String difference(final String text, final String formatted) {
    final var actual = text.lines().toList();
    final var expected = formatted.lines().toList();
    int line = 0;
    while (line < Math.min(actual.size(), expected.size())
        && actual.get(line).equals(expected.get(line))) {
      line++;
    }
    return "line=" + (line + 1) + ", -Dformat.write=true rewrites it";
  }
}
