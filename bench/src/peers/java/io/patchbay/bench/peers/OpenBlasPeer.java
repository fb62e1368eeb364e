package io.patchbay.bench.peers;

import io.patchbay.bench.Contestant;
import io.patchbay.bench.Conv4Weights;
import io.patchbay.bench.InputPool;
import io.patchbay.bench.Layer;
import io.patchbay.bench.Peer;
import io.patchbay.bench.Workload;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.openblas.global.openblas_nolapack;

/// OpenBLAS through its JavaCPP preset: one convolution layer at a time as one product of matrices,
/// `sgemm`, in batches of 1, 8 and 64, one thread. It is what a convolution costs that has a good
/// product and no kernel of its own.
public final class OpenBlasPeer implements Peer {
  private static final int[] BATCHES = {1, 8, 64};

  /// Called by the service loader.
  public OpenBlasPeer() {}

  @Override
  public String name() {
    return "openblas";
  }

  @Override
  public String version() {
    return openblas_nolapack.OPENBLAS_VERSION.replace("OpenBLAS", "").strip();
  }

  @Override
  public List<Contestant> contestants(Workload workload, Conv4Weights weights, InputPool inputs) {
    openblas_nolapack.blas_set_num_threads(1);
    if (workload.layer().isEmpty()) {
      return List.of();
    }
    final Layer layer = workload.layer().get();
    final float[] pool = inputs.layerInput(layer);
    return IntStream.of(BATCHES)
        .<Contestant>mapToObj(batch -> new OpenBlasLayer(layer, weights.of(layer), pool, batch))
        .toList();
  }
}
