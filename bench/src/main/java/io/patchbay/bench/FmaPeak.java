package io.patchbay.bench;

/// The ceiling that everything is compared with, for callers that bring their own clock: fused
/// multiply-adds on registers alone, with the widest vectors of this machine.
public final class FmaPeak {
  private final Kernels kernels = Kernels.open();

  /// Runs for some milliseconds; the operations done.
  public double burst() {
    return kernels.fmaBurst();
  }
}
