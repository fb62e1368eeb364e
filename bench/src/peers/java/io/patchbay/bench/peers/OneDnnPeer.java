package io.patchbay.bench.peers;

import io.patchbay.bench.Contestant;
import io.patchbay.bench.Conv4Weights;
import io.patchbay.bench.InputPool;
import io.patchbay.bench.Layer;
import io.patchbay.bench.Peer;
import io.patchbay.bench.Workload;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;

/// oneDNN through its JavaCPP preset, one convolution layer at a time: reorders left out, ReLU
/// fused, batches of 8 and 64, one thread.
///
/// The library's first choice is not always its fastest (its plain direct kernel does the first
/// layer in two thirds of the time), so its second choice takes part too. What comes after those
/// two never won.
public final class OneDnnPeer implements Peer {
  private static final int[] BATCHES = {8, 64};

  /// Called by the service loader.
  public OneDnnPeer() {}

  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public String version() {
    final dnnl_version_t version = dnnl.version();
    return version.major() + "." + version.minor() + "." + version.patch();
  }

  @Override
  public List<Contestant> contestants(Workload workload, Conv4Weights weights, InputPool inputs) {
    return contestants(workload, weights, inputs, List.of(OneDnnLayer.Choice.values()));
  }

  static List<Contestant> contestants(
      Workload workload, Conv4Weights weights, InputPool inputs, List<OneDnnLayer.Choice> choices) {
    // The cache answers every request with the first implementation, whichever was asked for.
    dnnl.set_primitive_cache_capacity(0);
    final List<Contestant> contestants = new ArrayList<>();
    if (workload.layer().isPresent()) {
      final Layer layer = workload.layer().get();
      final float[] pool = inputs.layerInput(layer);
      for (final int batch : BATCHES) {
        for (final OneDnnLayer.Choice choice : choices) {
          contestants.add(new OneDnnLayer(layer, weights.of(layer), pool, batch, choice));
        }
      }
    }
    return contestants;
  }
}
