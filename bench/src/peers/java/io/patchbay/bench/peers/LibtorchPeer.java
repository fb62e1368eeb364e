package io.patchbay.bench.peers;

import io.patchbay.bench.Contestant;
import io.patchbay.bench.Conv4Weights;
import io.patchbay.bench.InputPool;
import io.patchbay.bench.NaiveBatches;
import io.patchbay.bench.Peer;
import io.patchbay.bench.SweepContestant;
import io.patchbay.bench.SweepTask;
import io.patchbay.bench.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch;

/// libtorch through its JavaCPP preset, eager, in every form that may be its strongest: contiguous
/// and channels-last, batches of 64, 256 and 1024, inference mode, one thread.
public final class LibtorchPeer implements Peer {
  private static final int[] BATCHES = {64, 256, 1024};
  private static final int[] SWEEP_BATCHES = {64, 256};

  /// Called by the service loader.
  public LibtorchPeer() {}

  @Override
  public String name() {
    return "libtorch";
  }

  @Override
  public String version() {
    return "2.10.0";
  }

  @Override
  public List<Contestant> contestants(Workload workload, Conv4Weights weights, InputPool inputs) {
    torch.set_num_threads(1);
    final List<Contestant> contestants = new ArrayList<>();
    for (final boolean channelsLast : new boolean[] {true, false}) {
      switch (workload) {
        case DECODE, ENCODE, FORWARD -> {
          for (final int batch : BATCHES) {
            contestants.add(new LibtorchInference(workload, weights, inputs, channelsLast, batch));
          }
        }
        case TRAIN_STEP -> contestants.add(new LibtorchTraining(weights, inputs, channelsLast));
        case E1, E2, E3, E4, D1, D2, D3, D4 -> {}
      }
    }
    return contestants;
  }

  @Override
  public List<SweepContestant> sweeps(SweepTask task, Conv4Weights weights, long seed) {
    torch.set_num_threads(1);
    final List<SweepContestant> contestants = new ArrayList<>();
    for (final boolean channelsLast : new boolean[] {true, false}) {
      for (final int batch : SWEEP_BATCHES) {
        contestants.add(
            new LibtorchNaiveSweep(
                task, weights, NaiveBatches.of(task, batch, seed), channelsLast));
      }
    }
    return contestants;
  }

  @Override
  public Optional<SweepContestant> sweepLoop(SweepTask task, Conv4Weights weights, long seed) {
    torch.set_num_threads(1);
    return Optional.of(
        new LibtorchNaiveSweep(task, weights, NaiveBatches.of(task, 1, seed), false));
  }
}
