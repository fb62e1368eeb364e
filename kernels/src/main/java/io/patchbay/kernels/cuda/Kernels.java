package io.patchbay.kernels.cuda;

import io.patchbay.ffi.cuda.Device;
import java.util.List;

/// The kernels of a device, the special before the general.
final class Kernels {
  private final List<Candidate> candidates;

  /// @param special whether the kernels for some shapes are there too
  Kernels(final Device device, final boolean special) {
    this.candidates =
        List.of(new LayerCandidate(device, special), new PropagateCandidate(device, special));
  }

  List<Candidate> candidates() {
    return candidates;
  }
}
