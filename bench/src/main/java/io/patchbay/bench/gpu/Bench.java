package io.patchbay.bench.gpu;

import io.patchbay.bench.SuiteModel;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/// What a section works with.
final class Bench {
  private final SuiteOptions options;
  private final Path out;
  private final long end;
  private final Consumer<Map<String, Object>> keeper;
  private final Map<String, Object> earlier;

  /// @param out where the section may leave files
  /// @param seconds until the section has to end
  /// @param keeper takes results so far
  /// @param earlier results of the sections before, by name
  Bench(
      final SuiteOptions options,
      final Path out,
      final double seconds,
      final Consumer<Map<String, Object>> keeper,
      final Map<String, Object> earlier) {
    this.options = options;
    this.out = out;
    this.end = System.nanoTime() + Math.round(seconds * 1e9);
    this.keeper = keeper;
    this.earlier = earlier;
  }

  SuiteOptions options() {
    return options;
  }

  Path out() {
    return out;
  }

  /// Seconds that are left.
  double left() {
    return (end - System.nanoTime()) * 1e-9;
  }

  Map<String, Object> earlier() {
    return earlier;
  }

  void keep(final Map<String, Object> soFar) {
    keeper.accept(soFar);
  }

  /// The device that was asked for.
  OpenDevice open() {
    return OpenDevice.open(options.device());
  }

  SuiteModel model(final OpenDevice device) {
    return SuiteModel.open(options.run(), device.backend(), System.err::println);
  }

  /// One of two sizes: for measuring, or for a trial.
  int size(final int measured, final int tried) {
    return options.tiny() ? tried : measured;
  }
}
