package io.patchbay.kernels.cuda;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Node;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Program;
import io.patchbay.engine.Weights;
import io.patchbay.ffi.cuda.Device;
import java.util.List;
import java.util.Set;

/// The CUDA kernels on one device.
public final class CudaBackend implements Backend {
  /// Bytes of the device for each row that callers take at a time, and the most rows: launches cost
  /// little beside so many.
  private static final long BYTES_PER_ROW = 8L << 20;

  private static final int FEWEST_ROWS = 64;
  private static final int MOST_ROWS = 8192;

  private final Device device;
  private final Kernels kernels;
  private final boolean apart;
  private final boolean borrowed;

  /// @param borrowed whether another backend closes the device
  private CudaBackend(
      final Device device, final Kernels kernels, final boolean apart, final boolean borrowed) {
    this.device = device;
    this.kernels = kernels;
    this.apart = apart;
    this.borrowed = borrowed;
  }

  /// A backend on `device`, which it closes.
  public static CudaBackend on(final Device device) {
    return new CudaBackend(device, new Kernels(device, true), false, false);
  }

  /// A backend whose values have memory of their own each, so that a device that watches what is
  /// written beside an allocation finds a kernel that does: for tests of kernels.
  ///
  /// @param special whether the kernels for some shapes are used; else those for all shapes are,
  ///   everywhere
  public static CudaBackend apart(final Device device, final boolean special) {
    return new CudaBackend(device, new Kernels(device, special), true, false);
  }

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public String device() {
    final var facts = device.facts();
    return "cuda ("
        + facts.name()
        + ", "
        + facts.architecture()
        + ", driver "
        + facts.driver()
        + ")";
  }

  @Override
  public String instructions() {
    return device.facts().architecture();
  }

  @Override
  public Set<Precision> precisions() {
    return Set.of(Precision.FP32, Precision.BF16);
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public int preferredRows() {
    return Math.clamp(device.facts().memory() / BYTES_PER_ROW, FEWEST_ROWS, MOST_ROWS);
  }

  @Override
  public boolean ratesAdd() {
    return false;
  }

  @Override
  public Weights weights(final List<Node> states) {
    return new CudaWeights(states, device);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a device is one object
  public Program load(final Plan plan, final Weights weights, final Mode mode) {
    if (!(weights instanceof final CudaWeights own) || own.device() != device) {
      throw new IllegalArgumentException("weights of another backend: " + weights);
    }
    final var memory = new Memory(device);
    try {
      return new CudaProgram(plan, mode, own, memory, kernels.candidates(), apart);
    } catch (final RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  /// Half of what is free: programs pack clean values and list cells beside what they are asked
  /// for.
  @Override
  public long freeFloats() {
    return device.free() / 2 / Float.BYTES;
  }

  @Override
  public Backend single(final long hostMemory) {
    return new CudaBackend(device, kernels, apart, true);
  }

  @Override
  public void close() {
    if (!borrowed) {
      device.close();
    }
  }
}
