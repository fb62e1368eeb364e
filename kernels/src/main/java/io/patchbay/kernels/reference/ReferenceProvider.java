package io.patchbay.kernels.reference;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider;
import java.util.Optional;

/// Offers the reference backend, which runs wherever Java runs.
public final class ReferenceProvider implements BackendProvider {
  @Override
  public String name() {
    return ReferenceBackend.NAME;
  }

  @Override
  public int preference() {
    return 0;
  }

  @Override
  public Optional<String> unavailable() {
    return Optional.empty();
  }

  @Override
  public Backend open(final Settings settings) {
    return new ReferenceBackend(settings);
  }
}
