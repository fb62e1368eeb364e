package io.patchbay.bench.gpu;

import io.patchbay.ffi.cuda.Device;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the machine is, and how fast it copies within the device's memory: bytes read and bytes
/// written. The other ceiling, a large matrix product, is measured beside other products, and by
/// the comparison with PyTorch.
final class Ceilings implements Section {
  private static final int SECONDS = 30;
  private static final int SHARE = 8;
  private static final double MILLIS = 300;

  Ceilings() {}

  @Override
  public String name() {
    return "facts";
  }

  @Override
  public int seconds() {
    return SECONDS;
  }

  @Override
  public Map<String, Object> run(final Bench bench) {
    final var result = new LinkedHashMap<String, Object>();
    try (var open = bench.open()) {
      result.put("device", open.backend().device());
      result.put("java", Runtime.version().toString());
      result.put("processors", Runtime.getRuntime().availableProcessors());
      open.device()
          .ifPresent(device -> {
            facts(device, result);
            bench.keep(result);
            final long bytes = bench.size(1 << 30, 1 << 20);
            result.put("copy_bytes_per_second", copied(open, device, bytes));
          });
    }
    return result;
  }

  private static void facts(final Device device, final Map<String, Object> result) {
    final var facts = device.facts();
    result.put("name", facts.name());
    result.put("architecture", facts.architecture());
    result.put("driver", facts.driver());
    result.put("multiprocessors", facts.multiprocessors());
    result.put("shared_per_block", facts.sharedPerBlock());
    result.put("cache_bytes", facts.cache());
    result.put("memory_bytes", facts.memory());
    result.put("free_bytes", device.free());
  }

  private static double copied(final OpenDevice open, final Device device, final long most) {
    final long bytes = Math.min(most, device.free() / SHARE) / 256 * 256;
    try (var from = device.allocate("copy from", bytes);
        var to = device.allocate("copy to", bytes)) {
      device.fill(from.address(), bytes, 0x3f9d_70a4);
      final var time =
          new Stopwatch(open, MILLIS)
              .time(_ -> device.copy(to.address(), from.address(), bytes), 3);
      return 2.0 * bytes / (time.median() * 1e-3);
    }
  }
}
