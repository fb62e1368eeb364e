package io.patchbay.bench.gpu;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.DeviceMissingException;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.kernels.cuda.CudaBackend;
import io.patchbay.kernels.cuda.CudaProvider;
import io.patchbay.kernels.cuda.EmulatedDevice;
import java.util.Optional;
import java.util.regex.Pattern;

/// A backend with the clock of its device.
///
/// @param device of CUDA or its emulator
record OpenDevice(Backend backend, Optional<Device> device) implements AutoCloseable {
  private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,4}))?");
  private static final long HOST_MEMORY = 8L << 30;
  private static final long EMULATED = 2L << 30;

  /// @param name `cuda`, `cuda:1`, `emulator`, or another backend's
  /// @throws DeviceMissingException when it is not here
  static OpenDevice open(final String name) {
    final var cuda = CUDA.matcher(name);
    final Device device;
    if (cuda.matches()) {
      device = gpu(name, cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
    } else if (name.equals("emulator")) {
      if (!EmulatedDevice.present()) {
        throw new DeviceMissingException(name, "built without a C++ compiler");
      }
      device = EmulatedDevice.open(EMULATED, 0);
    } else {
      return new OpenDevice(
          Backends.open(name, new Settings(Runtime.getRuntime().availableProcessors(), HOST_MEMORY))
              .backend(),
          Optional.empty());
    }
    return new OpenDevice(CudaBackend.on(device), Optional.of(device));
  }

  private static Device gpu(final String name, final int number) {
    new CudaProvider()
        .unavailable()
        .ifPresent(reason -> {
          throw new DeviceMissingException(name, reason);
        });
    return CudaProvider.device(number);
  }

  /// Milliseconds of some work: by the device's events, or where there are none by the wall.
  double milliseconds(final Runnable work) {
    if (device.isPresent()) {
      return device.get().milliseconds(work);
    }
    final long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) * 1e-6;
  }

  /// Bytes that the inputs of a row together must exceed, so that no run finds its own in a cache.
  long rotated() {
    return device.map(d -> d.facts().cache() * 3 / 2).orElse(8L << 20);
  }

  /// Closes the backend, and with it the device.
  @Override
  public void close() {
    backend.close();
  }
}
