package io.patchbay.analysis.cli;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where a command computes.
final class DeviceOptions {
  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "${env:PATCHBAY_DEVICE:-auto}",
      description =
          "auto (the best one present), cuda, cuda:1 (the second GPU), cpu or reference; of sweep"
              + " also several GPUs of one kind: cuda:0,cuda:1 or cuda:all. Default:"
              + " $PATCHBAY_DEVICE, else auto.")
  private String device = "auto";

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

  DeviceOptions() {}

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

  /// Opens the backend and says which and why.
  ///
  /// @throws io.patchbay.engine.DeviceMissingException when it cannot run here
  Backend open(final OutputOptions output) {
    if (Backends.isSeveral(name())) {
      throw output.wrong(
          "--device: found " + name() + ", expected one device: sweep alone takes several");
    }
    return openAll(output).getFirst();
  }

  /// As above, of a command that takes several.
  List<Backend> openAll(final OutputOptions output) {
    final var choices = Backends.openAll(name(), settings(output));
    for (final var choice : choices) {
      output.note("device: " + choice.reason());
      choice.backend().shortages().listen(shortage -> output.interject(shortage.toString()));
    }
    return choices.stream().map(Backends.Choice::backend).toList();
  }

  private String name() {
    return device.isBlank() ? "auto" : device.strip();
  }
}
