package io.patchbay.analysis.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `patchbay`: finds the command, runs it, and turns what it throws into one line and an exit code.
@Command(
    name = "patchbay",
    description = "Train variational autoencoders, intervene on them, and measure what changes.",
    subcommands = {
      DemoCommand.class,
      TrainCommand.class,
      SitesCommand.class,
      SweepCommand.class,
      EstimateCommand.class,
      MediateCommand.class,
      ReadOutCommand.class,
      ScoreCommand.class,
      UnitsCommand.class,
      AttributionCommand.class,
      CircuitsCommand.class,
      MotifsCommand.class,
      GraphCommand.class,
      ReproduceCommand.class,
      ReportCommand.class,
      ExportCommand.class,
      DataCommand.class,
      DoctorCommand.class,
      HelpCommand.class,
      CompletionCommand.class,
    },
    versionProvider = Release.class,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExit codes%n",
    footer = {
      "  0 done, 1 failed, 2 wrong usage, 3 done with failed cells, 4 input rejected,",
      "  69 device or JDK missing, 74 device memory too small, 130 interrupted"
    })
@SuppressWarnings("unused") // picocli acts on the fields of --help, --version and --debug itself
public final class Main implements Runnable {
  /// The option that shows the stack of a failure.
  public static final String DEBUG = Failures.DEBUG;

  @SuppressWarnings("NullAway.Init") // set by picocli before the command is called
  @Spec
  private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and exit.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit.")
  private boolean version;

  @Option(
      names = Failures.DEBUG,
      scope = ScopeType.INHERIT,
      description = "Show the stack of a failure.")
  private boolean debug;

  Main() {}

  public static void main(final String[] args) {
    System.exit(run(args, writer(System.out), writer(System.err)));
  }

  private static PrintWriter writer(final PrintStream stream) {
    return new PrintWriter(stream, true, stream.charset());
  }

  /// Prints what went wrong in a command that does its work in a JVM of its own, as here.
  ///
  /// @param arguments with [#DEBUG] among them when the stack is asked for
  /// @return the exit code
  public static int failed(final Throwable e, final List<String> arguments) {
    return new Failures(arguments).report(e, writer(System.err));
  }

  /// Runs one command line.
  ///
  /// @return the exit code
  static int run(final String[] args, final PrintWriter out, final PrintWriter err) {
    final var failures = new Failures(List.of(args));
    final var unfit = Release.unfit(Runtime.version());
    if (unfit.isPresent()) {
      err.println("patchbay: " + unfit.get());
      return ExitCode.MISSING;
    }
    try {
      return commands(failures).setOut(out).setErr(err).execute(args);
    } catch (final Throwable e) {
      // Errors, such as a full heap, pass through picocli.
      return failures.report(e, err);
    } finally {
      out.flush();
      err.flush();
    }
  }

  /// Every command, those of other modules too.
  static CommandLine commands(final Failures failures) {
    final var line = new CommandLine(new Main());
    ServiceLoader.load(CommandProvider.class)
        .forEach(provider -> line.addSubcommand(provider.name(), provider.command()));
    return line.setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures)
        .setUsageHelpAutoWidth(true)
        .setUsageHelpLongOptionsMaxWidth(28)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command given");
  }
}
