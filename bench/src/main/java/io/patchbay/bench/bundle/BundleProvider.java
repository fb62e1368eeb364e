package io.patchbay.bench.bundle;

import io.patchbay.analysis.cli.CommandProvider;

/// Brings `bundle` to the command line.
public final class BundleProvider implements CommandProvider {
  /// Called by the service loader.
  public BundleProvider() {}

  @Override
  public String name() {
    return "bundle";
  }

  @Override
  public Object command() {
    return new BundleCommand();
  }
}
