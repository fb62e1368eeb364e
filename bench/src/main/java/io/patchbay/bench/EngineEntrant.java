package io.patchbay.bench;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Our side: the engine on one backend for the net, the C++ kernels themselves for single layers.
final class EngineEntrant implements Entrant, AutoCloseable {
  private static final long HOST_MEMORY = 4L << 30;

  private final Kernels kernels;
  private final Conv4Weights weights;
  private final InputPool inputs;
  private final String device;
  private final Map<Integer, Backend> backends = new TreeMap<>();

  EngineEntrant(
      final Kernels kernels,
      final Conv4Weights weights,
      final InputPool inputs,
      final String device) {
    this.kernels = kernels;
    this.weights = weights;
    this.inputs = inputs;
    this.device = device;
  }

  @Override
  public List<Contestant> contestants(final Workload workload, final int threads) {
    final var forms = new ArrayList<Contestant>();
    switch (workload) {
      case DECODE, ENCODE, FORWARD -> {
        final var backend = backend(threads);
        final var model = new EngineModel(weights);
        IntStream.concat(IntStream.of(backend.preferredRows()), IntStream.of(64, 256))
            .filter(batch -> InputPool.SAMPLES % batch == 0)
            .distinct()
            .forEach(
                batch -> forms.add(new EngineInference(backend, model, workload, inputs, batch)));
      }
      case TRAIN_STEP ->
          forms.add(new EngineTraining(backend(threads), new EngineModel(weights), inputs));
      case E1, E2, E3, E4, D1, D2, D3, D4 -> {
        final var layer = workload.layer().orElseThrow();
        Stream.of(8, 64)
            .forEach(batch ->
                forms.add(new KernelLayer(kernels, layer, weights.of(layer), inputs, batch)));
      }
    }
    return forms;
  }

  private Backend backend(final int threads) {
    return backends.computeIfAbsent(
        threads, count -> Backends.open(device, new Settings(count, HOST_MEMORY)).backend());
  }

  @Override
  public void close() {
    backends.values().forEach(Backend::close);
  }
}
