package io.patchbay.bench.gpu;

import io.patchbay.analysis.cli.CommandProvider;

/// Brings `gpu-suite` to the command line.
public final class GpuSuiteProvider implements CommandProvider {
  /// Called by the service loader.
  public GpuSuiteProvider() {}

  @Override
  public String name() {
    return "gpu-suite";
  }

  @Override
  public Object command() {
    return new GpuSuiteCommand();
  }
}
