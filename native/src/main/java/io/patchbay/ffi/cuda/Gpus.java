package io.patchbay.ffi.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.bytedeco.cuda.global.cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static org.bytedeco.cuda.global.cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The GPUs that a driver shows, as far as they are known before one is opened: which of them are
/// too old for kernels that need some capability.
record Gpus(List<Gpu> all, Capability least) {
  /// Longest name that is asked for.
  static final int NAME = 256;

  Gpus {
    all = List.copyOf(all);
  }

  /// @param number from 0 on
  record Gpu(int number, String name, Capability capability) {}

  static Gpus of(final CudaDriver driver, final Capability least) {
    try (var arena = Arena.ofConfined()) {
      final var room = arena.allocate(NAME);
      final var all =
          IntStream.range(0, driver.devices()).mapToObj(i -> gpu(driver, i, room)).toList();
      return new Gpus(all, least);
    }
  }

  private static Gpu gpu(final CudaDriver driver, final int number, final MemorySegment room) {
    final var calls = driver.calls();
    driver.demand(calls.call(DriverFunction.DEVICE_GET, room.address(), number));
    final int device = room.get(JAVA_INT, 0);
    final int[] capability = {
      CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR
    };
    for (int i = 0; i < capability.length; i++) {
      final var attribute = DriverFunction.DEVICE_GET_ATTRIBUTE;
      driver.demand(calls.call(attribute, room.address(), capability[i], device));
      capability[i] = room.get(JAVA_INT, 0);
    }
    driver.demand(calls.call(DriverFunction.DEVICE_GET_NAME, room.address(), NAME - 1, device));
    room.set(JAVA_BYTE, NAME - 1L, (byte) 0);
    return new Gpu(number, room.getString(0), new Capability(capability[0], capability[1]));
  }

  private boolean isOld(final Gpu gpu) {
    return gpu.capability().compareTo(least) < 0;
  }

  /// With its number where there are several.
  private String name(final Gpu gpu) {
    return "GPU " + gpu.name() + (all.size() > 1 ? " (cuda:" + gpu.number() + ")" : "");
  }

  private String have(final List<Gpu> gpus) {
    return gpus.stream()
        .map(gpu -> name(gpu) + " has compute capability " + gpu.capability())
        .collect(Collectors.joining(", "));
  }

  private String needed() {
    return ", the kernels need " + least + " or more";
  }

  /// Why none of them can run the kernels, if none can.
  Optional<String> absence() {
    return all.stream().allMatch(this::isOld)
        ? Optional.of(have(all) + needed())
        : Optional.empty();
  }

  /// Why one of them cannot, if it cannot, and which ones can. There may be none of this number.
  Optional<String> absence(final int number) {
    final var others = all.stream().filter(gpu -> !isOld(gpu)).toList();
    return all.stream()
        .filter(gpu -> gpu.number() == number && isOld(gpu))
        .findFirst()
        .map(gpu -> have(List.of(gpu)) + needed() + (others.isEmpty() ? "" : "; " + have(others)));
  }
}
