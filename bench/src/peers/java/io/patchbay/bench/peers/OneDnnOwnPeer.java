package io.patchbay.bench.peers;

import io.patchbay.bench.Contestant;
import io.patchbay.bench.Conv4Weights;
import io.patchbay.bench.InputPool;
import io.patchbay.bench.Peer;
import io.patchbay.bench.Workload;
import java.util.List;

/// oneDNN as a user gets it: with the implementation that the library itself puts first, in the
/// better of two batches. [OneDnnPeer] takes its second choice too where that is faster.
public final class OneDnnOwnPeer implements Peer {
  private final OneDnnPeer library = new OneDnnPeer();

  /// Called by the service loader.
  public OneDnnOwnPeer() {}

  @Override
  public String name() {
    return "onednn-own";
  }

  @Override
  public String version() {
    return library.version();
  }

  @Override
  public List<Contestant> contestants(Workload workload, Conv4Weights weights, InputPool inputs) {
    return OneDnnPeer.contestants(workload, weights, inputs, List.of(OneDnnLayer.Choice.FIRST));
  }
}
