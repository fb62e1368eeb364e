package io.patchbay.analysis.cli;

import io.patchbay.engine.BadSettingException;
import io.patchbay.engine.DeviceMemoryException;
import io.patchbay.engine.DeviceMissingException;
import io.patchbay.vae.io.BadInputException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Every failure as one line on stderr and an exit code. The stack is shown with `--debug` alone.
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
  /// The option that shows the stack of a failure.
  static final String DEBUG = "--debug";

  private static final int LONGEST_LINE = 1500;

  private final boolean debug;

  Failures(final List<String> arguments) {
    debug = arguments.contains(DEBUG);
  }

  @Override
  public int handleParseException(final ParameterException e, final String[] args) {
    final var command = e.getCommandLine();
    final var text = new StringBuilder(String.valueOf(e.getMessage()));
    if (e instanceof final UnmatchedArgumentException unmatched) {
      final var near = unmatched.getSuggestions();
      if (!near.isEmpty()) {
        text.append(", nearest: ")
            .append(String.join(", ", near.subList(0, Math.min(3, near.size()))));
      }
    }
    final var name = command.getCommandSpec().qualifiedName();
    text.append(" (see '").append(name).append(" --help')");
    print(command.getErr(), text.toString(), e);
    return ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(
      final Exception e, final CommandLine command, final ParseResult parsed) {
    return e instanceof final ParameterException wrong
        ? handleParseException(wrong, new String[0])
        : report(e, command.getErr());
  }

  /// Prints what went wrong.
  ///
  /// @return the exit code
  int report(final Throwable e, final PrintWriter err) {
    print(err, text(e), e);
    return switch (e) {
      case final BadInputException bad ->
          bad.file().startsWith("--") ? ExitCode.USAGE : ExitCode.INPUT;
      case BadSettingException _ -> ExitCode.USAGE;
      case UncheckedIOException _ -> ExitCode.INPUT;
      case DeviceMissingException _ -> ExitCode.MISSING;
      case DeviceMemoryException _ -> ExitCode.MEMORY;
      default -> ExitCode.FAILED;
    };
  }

  private static String text(final Throwable e) {
    final var message = e.getMessage() == null || e.getMessage().isBlank() ? "" : e.getMessage();
    return switch (e) {
      case OutOfMemoryError _ ->
          "the Java heap is full: limit="
              + new HostMemorySize(Runtime.getRuntime().maxMemory())
              + "; raise it with PATCHBAY_JAVA_OPTS=-Xmx...";
      // Our own exceptions and those of wrong arguments are written for users; the rest are bugs.
      case IllegalArgumentException _ when !message.isEmpty() -> message;
      case IllegalStateException _ when !message.isEmpty() -> message;
      case UncheckedIOException _ when !message.isEmpty() -> message;
      case final Throwable t when ours(t) && !message.isEmpty() -> message;
      default -> "internal error: " + e + " (" + DEBUG + " shows where)";
    };
  }

  private static boolean ours(final Throwable e) {
    return e.getClass().getName().startsWith("io.patchbay.");
  }

  private void print(final PrintWriter err, final String text, final Throwable e) {
    err.println("patchbay: " + line(text));
    if (debug) {
      e.printStackTrace(err);
    }
    err.flush();
  }

  /// One line without control characters, which a file's name or content may hold.
  static String line(final String text) {
    final var line = new StringBuilder();
    text.strip()
        .replaceAll("\\s*\\R\\s*", " ")
        .chars()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .limit(LONGEST_LINE)
        .forEach(c -> line.append((char) c));
    return line.toString();
  }
}
