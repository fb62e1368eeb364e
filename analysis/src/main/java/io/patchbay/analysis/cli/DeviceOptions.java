package io.patchbay.analysis.cli;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Where a command computes: on one device.
final class DeviceOptions {
  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "${env:PATCHBAY_DEVICE:-auto}",
      description =
          "auto (the best one present), cuda, cuda:1 (the second GPU), cpu or reference. Default:"
              + " $PATCHBAY_DEVICE, else auto.")
  private String device = "auto";

  @Mixin private final WorkerOptions workers = new WorkerOptions();

  DeviceOptions() {}

  /// What the user chose for the backend.
  Settings settings(final OutputOptions output) {
    return workers.settings(output);
  }

  HostMemorySize memory() {
    return workers.memory();
  }

  /// Opens the backend and says which and why.
  ///
  /// @throws io.patchbay.engine.DeviceMissingException when it cannot run here
  Backend open(final OutputOptions output) {
    final var name = WorkerOptions.named(device);
    if (Backends.isSeveral(name)) {
      throw output.wrong(
          "--device: found " + name + ", expected one device: sweep alone takes several");
    }
    return workers.open(name, output).getFirst();
  }
}
