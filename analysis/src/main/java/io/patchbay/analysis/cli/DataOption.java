package io.patchbay.analysis.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Data to ask a run about that are not its own.
final class DataOption {
  @Option(
      names = "--data",
      paramLabel = "NAME",
      description = "Another data set to ask on, as for train. Default: the run's own data.")
  private @Nullable String data;

  DataOption() {}

  /// Null for the run's own.
  @Nullable String name() {
    return data;
  }
}
