package io.patchbay.kernels.cuda;

import io.patchbay.engine.Backend;
import io.patchbay.engine.DeviceMemoryException;
import io.patchbay.engine.Node;
import io.patchbay.engine.PatchForm;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Program;
import io.patchbay.engine.Shortages;
import io.patchbay.engine.Weights;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.OutOfDeviceMemoryException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

/// The CUDA kernels on one device.
public final class CudaBackend implements Backend {
  private static final String NAME = "cuda";

  /// Bytes of the device for each row that callers take at a time: plans of the nets of 64x64
  /// images need a fifth of it at most, [#rows] knows what each needs.
  private static final long BYTES_PER_ROW = 2L << 20;

  private static final int FEWEST_ROWS = 64;

  /// Launches cost little beside so many rows.
  private static final int MOST_ROWS = 8192;

  /// Names it in messages.
  private final String label;

  private final Device device;
  private final Kernels kernels;
  private final boolean apart;
  private final Shortages shortages = new Shortages();
  private final boolean borrowed;

  /// @param borrowed whether another backend closes the device
  private CudaBackend(
      final Device device,
      final Kernels kernels,
      final boolean apart,
      final String label,
      final boolean borrowed) {
    this.label = label;
    this.device = device;
    this.kernels = kernels;
    this.apart = apart;
    this.borrowed = borrowed;
  }

  /// A backend on `device`, which it closes.
  public static CudaBackend on(final Device device) {
    return on(device, 0);
  }

  /// @param number of the device, for messages
  static CudaBackend on(final Device device, final int number) {
    return new CudaBackend(
        device, new Kernels(device, true), false, number == 0 ? NAME : NAME + ":" + number, false);
  }

  /// A backend whose values have memory of their own each, so that a device that watches what is
  /// written beside an allocation finds a kernel that does: for tests of kernels.
  ///
  /// @param special whether the kernels for some shapes are used; else those for all shapes are,
  ///   everywhere
  public static CudaBackend apart(final Device device, final boolean special) {
    return new CudaBackend(device, new Kernels(device, special), true, NAME, false);
  }

  @Override
  public String name() {
    return NAME;
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
    return EnumSet.allOf(Precision.class);
  }

  @Override
  public Set<Precision> planPrecisions() {
    return EnumSet.of(Precision.FP32, Precision.TF32);
  }

  @Override
  public PatchForm form(final PatchOp op) {
    return kernels.own().form(op);
  }

  @Override
  public boolean carries(final PatchOp op) {
    return true;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public int preferredRows() {
    return Math.clamp(device.facts().memory() / BYTES_PER_ROW, FEWEST_ROWS, MOST_ROWS);
  }

  /// Few rows are not worth finding out what they need. What a plan needs is the same for each.
  @Override
  public int rows(final int wanted, final Weights weights, final IntFunction<Plan> plan) {
    if (wanted <= FEWEST_ROWS) {
      return wanted;
    }
    final var own = own(weights);
    try {
      final long few = bytes(plan.apply(FEWEST_ROWS / 2), own);
      final long more = bytes(plan.apply(FEWEST_ROWS), own);
      final long each = Math.max(1, (more - few) / (FEWEST_ROWS - FEWEST_ROWS / 2));
      final long left = device.free() - (more - each * FEWEST_ROWS);
      return Math.clamp(left / 2 / each, 1, wanted);
    } catch (final OutOfDeviceMemoryException _) {
      // Loading the plan tells.
      return wanted;
    }
  }

  private long bytes(final Plan plan, final CudaWeights weights) {
    try (var memory = new Memory(device)) {
      return CudaProgram.bytes(plan, weights, memory, kernels.candidates(plan.precision()));
    }
  }

  @SuppressWarnings("ReferenceEquality") // a device is one object
  private CudaWeights own(final Weights weights) {
    if (!(weights instanceof final CudaWeights own) || own.device() != device) {
      throw new IllegalArgumentException("weights of another backend: " + weights);
    }
    return own;
  }

  @Override
  public boolean isAhead() {
    return true;
  }

  @Override
  public Shortages shortages() {
    return shortages;
  }

  @Override
  public boolean ratesAdd() {
    return false;
  }

  @Override
  public Weights weights(final List<Node> states) {
    try {
      return new CudaWeights(states, device);
    } catch (final OutOfDeviceMemoryException e) {
      throw shortage(e, 0).with("with the weights of a model");
    }
  }

  /// @param held bytes that were taken, and are given back
  private DeviceMemoryException shortage(final OutOfDeviceMemoryException e, final long held) {
    final long needed = e.bytes() > 0 ? held + e.bytes() : 0;
    return new DeviceMemoryException(label, needed, device.free(), e);
  }

  @Override
  public Program load(final Plan plan, final Weights weights, final Mode mode) {
    final var own = own(weights);
    requirePrecision(plan);
    final var memory = new Memory(device);
    try {
      return new CudaProgram(
          plan, mode, own, memory, kernels.candidates(plan.precision()), apart, label);
    } catch (final OutOfDeviceMemoryException e) {
      final long held = memory.bytes();
      memory.close();
      throw shortage(e, held);
    } catch (final RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  @Override
  public boolean hasOwnMemory() {
    return true;
  }

  /// Half of what is free: programs pack clean values and list cells beside what they are asked
  /// for.
  @Override
  public long freeFloats() {
    return device.free() / 2 / Float.BYTES;
  }

  @Override
  public Backend single(final long hostMemory) {
    return new CudaBackend(device, kernels, apart, label, true);
  }

  @Override
  public void close() {
    if (!borrowed) {
      device.close();
    }
  }
}
