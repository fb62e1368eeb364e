package io.patchbay.analysis.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `patchbay help train`, the same as `patchbay train --help`.
@Command(name = "help", description = "Show the help of a command.")
final class HelpCommand implements Runnable {
  @SuppressWarnings("NullAway.Init") // set by picocli before the command is called
  @Spec
  private CommandSpec spec;

  @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "A command's name.")
  private List<String> names = new ArrayList<>();

  HelpCommand() {}

  @Override
  public void run() {
    CommandLine line = spec.root().commandLine();
    for (final var name : names) {
      final var next = line.getSubcommands().get(name);
      if (next == null) {
        throw new ParameterException(
            spec.commandLine(),
            "no such command: found '"
                + name
                + "', expected one of "
                + String.join(", ", line.getSubcommands().keySet()));
      }
      line = next;
    }
    line.usage(spec.commandLine().getOut());
  }
}
