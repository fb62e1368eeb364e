package io.patchbay.kernels.cuda;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider;
import io.patchbay.engine.DeviceMissingException;
import io.patchbay.ffi.NativeException;
import io.patchbay.ffi.cuda.Capability;
import io.patchbay.ffi.cuda.CudaDevice;
import io.patchbay.ffi.cuda.CudaUnavailableException;
import java.io.IOException;
import java.util.Optional;

/// Offers the CUDA kernels where there is a GPU with a driver that is young enough for them, and
/// the build had nvcc.
public final class CudaProvider implements BackendProvider {
  private static final int PREFERENCE = 20;

  /// A kernel source that every build with nvcc has.
  private static final String PROBE = "expression";

  /// The oldest GPUs that `build.sh` makes code for.
  private static final Capability LEAST = new Capability(8, 0);

  public CudaProvider() {}

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public int preference() {
    return PREFERENCE;
  }

  @Override
  public boolean isNumbered() {
    return true;
  }

  @Override
  public Optional<String> unavailable() {
    return CudaProvider.class.getResource(PROBE + ".fatbin") == null
        ? Optional.of("built without nvcc, so there are no CUDA kernels")
        : CudaDevice.absence(LEAST);
  }

  @Override
  public int devices() {
    try {
      return CudaDevice.count();
    } catch (final CudaUnavailableException e) {
      throw new DeviceMissingException(name(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Backend open(final Settings settings) {
    return CudaBackend.on(device(settings.number()), settings.number());
  }

  /// A GPU with the kernels of this build.
  ///
  /// @throws DeviceMissingException when there is none of this number, or it is too old
  public static CudaDevice device(final int number) {
    try {
      return CudaDevice.open(number, LEAST, CudaProvider::image);
    } catch (final CudaUnavailableException e) {
      throw new DeviceMissingException("cuda:" + number, String.valueOf(e.getMessage()));
    }
  }

  private static byte[] image(final String source) {
    try (var in = CudaProvider.class.getResourceAsStream(source + ".fatbin")) {
      if (in == null) {
        throw new NativeException("no such kernel source: name=" + source);
      }
      return in.readAllBytes();
    } catch (final IOException e) {
      throw new NativeException("kernel source cannot be read: name=" + source, e);
    }
  }
}
