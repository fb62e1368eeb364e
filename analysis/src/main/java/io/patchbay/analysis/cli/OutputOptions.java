package io.patchbay.analysis.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Where a command writes: data to stdout, everything else to stderr.
final class OutputOptions {
  @SuppressWarnings("NullAway.Init") // set by picocli before the command is called
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--json", description = "Write the result as JSON to stdout.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Write nothing to stderr but errors.")
  private boolean quiet;

  private final List<String> held = new ArrayList<>();
  private boolean holding = true;

  OutputOptions() {}

  /// Whether the result is for a machine.
  boolean json() {
    return json;
  }

  boolean quiet() {
    return quiet;
  }

  /// For the result.
  PrintWriter out() {
    release();
    return command.commandLine().getOut();
  }

  /// One line for the user, on stderr, once the work has begun.
  void note(final String line) {
    if (holding) {
      held.add(line);
    } else if (!quiet) {
      command.commandLine().getErr().println(line);
    }
  }

  /// A note that breaks in while a progress line stands on the screen.
  void interject(final String line) {
    release();
    note(Screen.ofProcess().terminal() ? System.lineSeparator() + line : line);
  }

  /// Writes what was kept back: the work has begun. Until then notes wait, so that a command that
  /// is refused says that alone.
  void release() {
    if (holding) {
      holding = false;
      held.forEach(this::note);
      held.clear();
    }
  }

  /// Writes a record, map or list as JSON.
  void json(final Object value) {
    out().println(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(value));
  }

  /// A new progress line.
  ///
  /// @param unit what is counted, in the plural
  Progress progress(final String title, final String unit) {
    final var err =
        quiet ? new PrintWriter(PrintWriter.nullWriter()) : command.commandLine().getErr();
    return new Progress(err, Screen.ofProcess(), title, unit, System::nanoTime, this::release);
  }

  /// Whether the command line has this option.
  boolean given(final String option) {
    return line().getParseResult().hasMatchedOption(option);
  }

  /// An option that is wrong in a way that only the command knows: thrown, it ends in one line and
  /// [ExitCode#USAGE].
  ParameterException wrong(final String text) {
    return new ParameterException(line(), text);
  }

  private CommandLine line() {
    return command.commandLine();
  }
}
