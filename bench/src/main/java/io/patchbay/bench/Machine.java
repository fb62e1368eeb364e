package io.patchbay.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the figures were taken on.
///
/// @param cpu model name
/// @param cores processors that this process may use
/// @param megahertz nominal clock as the system tells it
/// @param isa instruction set of our kernels
/// @param peak1 FMA ceiling of one thread, GFLOP/s
/// @param peak2 FMA ceiling of two threads at once, GFLOP/s
record Machine(String cpu, int cores, String megahertz, String isa, double peak1, double peak2) {

  /// Looks at this machine and measures its ceilings.
  static Machine measure(final Kernels kernels, final Meter meter) {
    double one = 0;
    double two = 0;
    for (int i = 0; i < 5; i++) {
      one = Math.max(one, meter.peak(kernels, 1));
      two = Math.max(two, meter.peak(kernels, 2));
    }
    return new Machine(
        fact("model name"),
        Runtime.getRuntime().availableProcessors(),
        fact("cpu MHz"),
        kernels.isa(),
        one,
        two);
  }

  /// One line for the head of the table.
  String describe() {
    return "%s, %d cores, %s MHz, %s, Java %s"
        .formatted(cpu, cores, megahertz, isa, Runtime.version());
  }

  Map<String, Object> json() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("cpu", cpu);
    map.put("cores", cores);
    map.put("mhz", megahertz);
    map.put("isa", isa);
    map.put("java", Runtime.version().toString());
    map.put("peak_gflops_2_threads", peak2);
    return map;
  }

  private static String fact(final String key) {
    final var file = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(file)) {
      return "unknown";
    }
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
