package io.patchbay.analysis.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `patchbay generate-completion`.
@Command(
    name = "generate-completion",
    description =
        "Write a completion script for bash and zsh: source <(patchbay generate-completion).")
final class CompletionCommand implements Runnable {
  @SuppressWarnings("NullAway.Init") // set by picocli before the command is called
  @Spec
  private CommandSpec spec;

  CompletionCommand() {}

  @Override
  public void run() {
    final var root = spec.root().commandLine();
    spec.commandLine().getOut().println(AutoComplete.bash(root.getCommandName(), root));
  }
}
