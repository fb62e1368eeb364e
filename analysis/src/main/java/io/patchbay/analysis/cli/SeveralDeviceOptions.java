package io.patchbay.analysis.cli;

import io.patchbay.engine.Backend;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Where a command computes that several devices of one kind can share.
final class SeveralDeviceOptions {
  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "${env:PATCHBAY_DEVICE:-auto}",
      description =
          "auto (the best one present), cuda, cuda:1 (the second GPU), several GPUs of one kind"
              + " (cuda:0,cuda:1 or cuda:all), cpu or reference. Default: $PATCHBAY_DEVICE, else"
              + " auto.")
  private String device = "auto";

  @Mixin private final WorkerOptions workers = new WorkerOptions();

  SeveralDeviceOptions() {}

  /// Opens the backends and says which and why.
  ///
  /// @throws io.patchbay.engine.DeviceMissingException when one cannot run here
  List<Backend> open(final OutputOptions output) {
    return workers.open(device, output);
  }
}
