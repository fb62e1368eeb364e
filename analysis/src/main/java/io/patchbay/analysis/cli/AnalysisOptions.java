package io.patchbay.analysis.cli;

import io.patchbay.engine.Backend;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;

/// What every analysis takes beside its question: a seed, a device, and how the result is shown.
final class AnalysisOptions {
  @Mixin private final SeedOption seed = new SeedOption();
  @Mixin private final DeviceOptions device = new DeviceOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  AnalysisOptions() {}

  OutputOptions output() {
    return output;
  }

  /// Opens the backend and says which and why.
  ///
  /// @throws io.patchbay.engine.DeviceMissingException when it cannot run here
  Backend open() {
    return device.open(output);
  }

  /// The seed. One that was drawn is said: ask once the command line has proved right.
  long seed() {
    final long value = seed.value();
    seed.say(output);
    return value;
  }

  /// Takes this seed where none was given.
  void seedUnlessGiven(final long other) {
    seed.unlessGiven(other);
  }

  /// Numbers with what computed them: the device, the version of this program, and Java's.
  Map<String, Object> signed(final Map<String, Object> numbers, final Backend backend) {
    final var all = new LinkedHashMap<>(numbers);
    all.put("device", backend.device());
    all.put("version", Release.VERSION);
    all.put("java", Runtime.version().toString());
    return all;
  }

  /// Shows a result: JSON where that is asked for, else what `table` prints.
  void show(final Object result, final Runnable table) {
    if (output.json()) {
      output.json(result);
    } else {
      table.run();
    }
  }
}
