package io.patchbay.ffi.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_NO_DEVICE;
import static org.bytedeco.cuda.global.cudart.CUDA_SUCCESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;

/// The CUDA driver of this machine, found and started. Codes and constants are those of the CUDA
/// presets, which the Java compiler copies: none of the presets' classes is loaded here.
final class CudaDriver {
  static final String LIBRARY = "libcuda.so.1";

  /// Longer than any text of the driver.
  private static final long LONGEST_TEXT = 1024;

  private final DriverCalls calls;

  private CudaDriver(final DriverCalls calls) {
    this.calls = calls;
  }

  /// @throws CudaUnavailableException when there is no driver, or it has no device
  static CudaDriver open(final CudaLibraries libraries) {
    final var library = libraries.load(LIBRARY);
    if (library.isEmpty()) {
      final var files = libraries.files(LIBRARY);
      throw new CudaUnavailableException(
          files.isEmpty()
              ? "no CUDA driver found (" + LIBRARY + ")"
              : "the CUDA driver does not load: file=" + files.getFirst());
    }
    return open(library.get());
  }

  static CudaDriver open(final SymbolLookup library) {
    final var driver = new CudaDriver(DriverCalls.bind(library));
    final int status = driver.calls.call(DriverFunction.INIT, 0);
    if (status == CUDA_ERROR_NO_DEVICE) {
      throw new CudaUnavailableException("no CUDA device");
    }
    driver.demand(status);
    if (driver.devices() == 0) {
      throw new CudaUnavailableException("no CUDA device");
    }
    return driver;
  }

  /// Why there is no device to run on, in one line, if there is none.
  ///
  /// @param least capability that is needed
  static Optional<String> absence(final CudaLibraries libraries, final Capability least) {
    try {
      return Gpus.of(open(libraries), least).absence();
    } catch (final CudaUnavailableException e) {
      return Optional.ofNullable(e.getMessage());
    }
  }

  DriverCalls calls() {
    return calls;
  }

  int devices() {
    return number(DriverFunction.DEVICE_GET_COUNT);
  }

  /// Such as `13.0`.
  String version() {
    final int version = number(DriverFunction.DRIVER_GET_VERSION);
    return version / 1000 + "." + version % 1000 / 10;
  }

  private int number(final DriverFunction function) {
    try (var arena = Arena.ofConfined()) {
      final var cell = arena.allocate(JAVA_INT);
      demand(calls.call(function, cell.address()));
      return cell.get(JAVA_INT, 0);
    }
  }

  /// @throws CudaUnavailableException unless it is that of success
  void demand(final int status) {
    if (status != CUDA_SUCCESS) {
      throw new CudaUnavailableException("the CUDA driver does not start: " + describe(status));
    }
  }

  /// The call that was made last, its code, and what the driver says of it.
  String describe(final int status) {
    final var call = calls.last().symbol();
    return "call="
        + call
        + ", code="
        + status
        + " "
        + text(DriverFunction.GET_ERROR_NAME, status)
        + ", text="
        + text(DriverFunction.GET_ERROR_STRING, status);
  }

  @SuppressWarnings("restricted") // a C string has no length but its end
  private String text(final DriverFunction function, final int status) {
    try (var arena = Arena.ofConfined()) {
      final var cell = arena.allocate(JAVA_LONG);
      final boolean known = calls.call(function, status, cell.address()) == CUDA_SUCCESS;
      final long address = cell.get(JAVA_LONG, 0);
      return known && address != 0
          ? MemorySegment.ofAddress(address).reinterpret(LONGEST_TEXT).getString(0)
          : "unknown";
    }
  }
}
