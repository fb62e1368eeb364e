package io.patchbay.kernels.cpu;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider;
import java.util.Optional;

/// Offers the C++ kernels where the build had a compiler.
public final class CpuProvider implements BackendProvider {
  private static final int PREFERENCE = 10;

  public CpuProvider() {}

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public int preference() {
    return PREFERENCE;
  }

  @Override
  public Optional<String> unavailable() {
    return KernelLibrary.present()
        ? Optional.empty()
        : Optional.of("built without a C++ compiler, so there is no kernel library");
  }

  @Override
  public Backend open(final Settings settings) {
    return new CpuBackend(settings, null);
  }
}
