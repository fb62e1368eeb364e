package io.patchbay.bench.gpu;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a large product of matrices in bf16 makes on the device, of which the timings are shares.
///
/// @param flops operations a second; not a number where nobody measured it
/// @param by whose product it is
record Ceiling(double flops, String by) {
  /// PyTorch's, or where it was not there that of cuBLAS itself.
  ///
  /// @param results of the sections by name
  /// @param torch what the comparison wrote, or nothing
  static Ceiling of(final Map<String, Object> results, final Map<String, Object> torch) {
    return number(torch.get("ceilings"), "product_bf16_flops")
        .map(flops -> new Ceiling(flops, "PyTorch"))
        .or(() ->
            results.get("products") instanceof final Map<?, ?> products
                ? number(products.get("large_product_flops"), "bf16")
                    .map(flops -> new Ceiling(flops, "cuBLAS"))
                : Optional.empty())
        .orElse(new Ceiling(Double.NaN, "nobody"));
  }

  private static Optional<Double> number(final @Nullable Object map, final String key) {
    return map instanceof final Map<?, ?> values && values.get(key) instanceof final Number number
        ? Optional.of(number.doubleValue())
        : Optional.empty();
  }

  /// As JSON values.
  Map<String, Object> json() {
    final var map = new LinkedHashMap<String, Object>();
    if (Double.isFinite(flops)) {
      map.put("product_bf16_flops", flops);
      map.put("by", by);
    }
    return map;
  }

  String words() {
    return Double.isFinite(flops)
        ? "the bf16 product of 8192^3 by " + by
        : "a large bf16 product, which was not measured";
  }

  /// Of so many TFLOP/s, in percent; a dash where either was not counted.
  String share(final double tflops) {
    final double percent = 1e14 * tflops / flops;
    return Double.isFinite(percent) ? String.format(Locale.ROOT, "%.1f %%", percent) : "-";
  }
}
