package io.patchbay.kernels.cuda;

import io.patchbay.engine.Precision;
import io.patchbay.ffi.cuda.Device;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The kernels of a device, the special before the general.
final class Kernels {
  private final OwnKernels own;
  private final Device device;
  private final boolean special;
  private final List<Candidate> candidates;
  private @Nullable List<Candidate> narrow;

  /// @param special whether the kernels for some shapes are there too
  Kernels(final Device device, final boolean special) {
    this.own = new OwnKernels(device);
    this.device = device;
    this.special = special;
    final var expressions = new ExpressionCandidate(device, LayerCandidate::isEnd);
    this.candidates =
        List.of(
            new LayerCandidate(device, special),
            expressions,
            new ReduceCandidate(device, expressions),
            new GatherCandidate(device),
            new NoiseCandidate(device),
            new PatchCandidate(device, own),
            new PropagateCandidate(device, special, own),
            new ScalarCandidate(device),
            new CopyCandidate(device, expressions));
  }

  OwnKernels own() {
    return own;
  }

  /// The kernels for a plan.
  List<Candidate> candidates(final Precision precision) {
    return switch (precision) {
      case FP32 -> candidates;
      case TF32 -> {
        if (narrow == null) {
          final var all = new ArrayList<>(candidates);
          all.set(0, new LayerCandidate(new Layers(device, special, Precision.TF32)));
          narrow = List.copyOf(all);
        }
        yield narrow;
      }
      case BF16 -> throw new IllegalArgumentException("precision of a plan: found " + precision);
    };
  }
}
