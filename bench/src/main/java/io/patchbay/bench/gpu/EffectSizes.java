package io.patchbay.bench.gpu;

import io.patchbay.bench.DeviceRuns;
import java.util.LinkedHashMap;
import java.util.Map;

/// Errors of effects from 1 to 1e-4 against float64, in every precision that the device has.
final class EffectSizes implements Section {
  private static final int SECONDS = 60;

  EffectSizes() {}

  @Override
  public String name() {
    return "errors";
  }

  @Override
  public int seconds() {
    return SECONDS;
  }

  @Override
  public Map<String, Object> run(final Bench bench) {
    final var result = new LinkedHashMap<String, Object>();
    try (var open = bench.open()) {
      final var rows = DeviceRuns.errors(open.backend(), bench.model(open));
      result.put("rows", rows);
      result.put("passed", rows.stream().allMatch(EffectSizes::holds));
    }
    return result;
  }

  /// A whole run less its base loses small effects in rounding, on every device, unless the ladder
  /// computes them again.
  private static boolean holds(final Map<String, Object> row) {
    return Boolean.TRUE.equals(row.get("holds"))
        || Integer.valueOf(0).equals(row.get("cells"))
        || DeviceRuns.WITHOUT_BOUND.equals(row.get("plan"));
  }
}
