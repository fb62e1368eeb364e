package io.patchbay.tests.device;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.EmulatedDevice;
import java.util.Optional;

/// Offers the CUDA backend on the emulator by a name of its own, to a command line whose class path
/// has a service file for it.
public final class EmulatedProvider implements BackendProvider {
  static final String NAME = "emulated";

  private static final long MEMORY = 1L << 30;

  /// Called by the service loader.
  public EmulatedProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  /// `auto` takes any other before it.
  @Override
  public int preference() {
    return -1;
  }

  @Override
  public Optional<String> unavailable() {
    return EmulatedDevice.present() ? Optional.empty() : Optional.of("no emulator here");
  }

  @Override
  public Backend open(final Settings settings) {
    return CudaBackend.on(EmulatedDevice.open(MEMORY, 0));
  }
}
