package io.patchbay.analysis.cli;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// With how much of this machine a device is worked.
final class WorkerOptions {
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads. Default: one per processor.")
  private @Nullable Integer threads;

  @Option(
      names = "--host-memory",
      paramLabel = "SIZE",
      converter = HostMemorySize.Converter.class,
      description =
          "Most memory to hold outside the Java heap, such as 512M or 4G. Default: 60 %% of the"
              + " machine's.")
  private @Nullable HostMemorySize hostMemory;

  WorkerOptions() {}

  /// What the user chose for the backend.
  Settings settings(final OutputOptions output) {
    final int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (workers < 1) {
      throw output.wrong("--threads: found " + workers + ", expected a number from 1");
    }
    return new Settings(workers, memory().bytes());
  }

  HostMemorySize memory() {
    return hostMemory == null ? HostMemorySize.standard() : hostMemory;
  }

  /// Opens the devices of a name, and says which and why.
  ///
  /// @throws io.patchbay.engine.DeviceMissingException when one cannot run here
  List<Backend> open(final String name, final OutputOptions output) {
    final var choices = Backends.openAll(named(name), settings(output));
    for (final var choice : choices) {
      output.note("device: " + choice.reason());
      choice.backend().shortages().listen(shortage -> output.interject(shortage.toString()));
    }
    return choices.stream().map(Backends.Choice::backend).toList();
  }

  /// A blank name is none.
  static String named(final String name) {
    return name.isBlank() ? "auto" : name.strip();
  }
}
