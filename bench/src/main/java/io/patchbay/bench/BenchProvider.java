package io.patchbay.bench;

import io.patchbay.analysis.cli.CommandProvider;

/// Brings `bench` to the command line.
public final class BenchProvider implements CommandProvider {
  /// Called by the service loader.
  public BenchProvider() {}

  @Override
  public String name() {
    return "bench";
  }

  @Override
  public Object command() {
    return new BenchCommand();
  }
}
