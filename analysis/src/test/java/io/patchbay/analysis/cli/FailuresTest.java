package io.patchbay.analysis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.patchbay.engine.BadSettingException;
import io.patchbay.engine.DeviceMemoryException;
import io.patchbay.engine.DeviceMissingException;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every kind of exception is one line and an exit code.
class FailuresTest {
  static Stream<Arguments> failures() {
    return Stream.of(
        arguments(4, "x.npy: shape", new BadInputException("x.npy", "shape", "3", "4")),
        arguments(2, "--site: x", new BadInputException("--site", "x", "no such site", "another")),
        arguments(4, "disk full", new UncheckedIOException("disk full", new IOException("x"))),
        arguments(2, "PATCHBAY_ISA: found x", new BadSettingException("PATCHBAY_ISA", "x", "avx2")),
        arguments(69, "name=cuda", new DeviceMissingException("cuda", "no driver")),
        arguments(
            74,
            "cuda: out of device memory with 1 row (needs 2.5 GiB, 1.0 MiB free); try later",
            new DeviceMemoryException("cuda", 5L << 29, 1L << 20, new IllegalStateException())
                .with("with 1 row")
                .advising("try later")),
        arguments(1, "rows=3", new IllegalArgumentException("too many: rows=3")),
        arguments(1, "closed", new IllegalStateException("closed: name=x")),
        arguments(1, "internal error", new NullPointerException()),
        arguments(1, "internal error", new IllegalStateException()),
        arguments(1, "internal error", new ArrayIndexOutOfBoundsException("Index 3")),
        arguments(1, "internal error", new IOException("broken")),
        arguments(1, "internal error", new StackOverflowError()),
        arguments(1, "PATCHBAY_JAVA_OPTS", new OutOfMemoryError("Java heap space")),
        arguments(1, "a b", new IllegalStateException("a\n  b\u001b[0m")));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void oneLine(final int code, final String says, final Throwable e) {
    final var text = new StringWriter();
    assertEquals(code, new Failures(List.of()).report(e, new PrintWriter(text)));
    final var lines = text.toString().lines().toList();
    assertEquals(1, lines.size(), text::toString);
    assertTrue(lines.getFirst().startsWith("patchbay: "), text::toString);
    assertTrue(lines.getFirst().contains(says), text::toString);
    assertFalse(text.toString().contains("\u001b"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void theStackIsShownWhenAskedFor(final int code, final String says, final Throwable e) {
    final var text = new StringWriter();
    final var failures = new Failures(List.of("sites", Failures.DEBUG));
    assertEquals(code, failures.report(e, new PrintWriter(text)));
    assertTrue(text.toString().contains("\tat "), () -> says + ": " + text);
  }
}
