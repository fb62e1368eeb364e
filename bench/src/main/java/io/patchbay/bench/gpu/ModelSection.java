package io.patchbay.bench.gpu;

import java.util.LinkedHashMap;
import java.util.Map;

/// The trained model that sweeps, errors and the comparison with PyTorch take: made here where it
/// is not there yet.
final class ModelSection implements Section {
  static final String NAME = "model";
  private static final int SECONDS = 90;

  ModelSection() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int seconds() {
    return SECONDS;
  }

  @Override
  public Map<String, Object> run(final Bench bench) {
    final var result = new LinkedHashMap<String, Object>();
    try (var open = bench.open()) {
      final var model = bench.model(open);
      result.put("folder", model.folder().toAbsolutePath().toString());
      result.put("data", model.data());
      bench.keep(result);
      result.put("effects", SameInputs.effects(open.backend(), model.folder(), bench.out()));
    }
    return result;
  }
}
