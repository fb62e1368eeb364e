package io.patchbay.analysis.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `patchbay data`: what is done with data sets.
@Command(
    name = "data",
    description = "Work with data sets.",
    subcommands = DataExportCommand.class,
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false)
final class DataCommand implements Runnable {
  @SuppressWarnings("NullAway.Init") // set by picocli before the command is called
  @Spec
  private CommandSpec spec;

  DataCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command given, expected export");
  }
}
