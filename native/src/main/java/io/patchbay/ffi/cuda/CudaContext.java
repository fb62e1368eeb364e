package io.patchbay.ffi.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_ASSERT;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_CONTAINED;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_CONTEXT_IS_DESTROYED;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_DEINITIALIZED;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_ECC_UNCORRECTABLE;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_EXTERNAL_DEVICE;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_HARDWARE_STACK_ERROR;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_ILLEGAL_ADDRESS;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_ILLEGAL_INSTRUCTION;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_INVALID_ADDRESS_SPACE;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_INVALID_PC;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_LAUNCH_FAILED;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_LAUNCH_TIMEOUT;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_MISALIGNED_ADDRESS;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_MPS_CLIENT_TERMINATED;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_NVLINK_UNCORRECTABLE;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_OUT_OF_MEMORY;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_TENSOR_MEMORY_LEAK;
import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_UNKNOWN;
import static org.bytedeco.cuda.global.cudart.CUDA_SUCCESS;

import io.patchbay.ffi.NativeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The primary context of one device and its state: open, recording, lost or closed. A context is
/// current in one thread, so that every request makes it current in its own first.
@SuppressWarnings("MustBeClosedChecker") // closed with the context
final class CudaContext {
  /// The purpose of what serves no task.
  private static final Object NONE = "";

  private final CudaDriver driver;
  private final DriverCalls calls;
  private final int device;
  private final Arena arena = Arena.ofShared();

  /// Two numbers that the driver writes.
  private final MemorySegment cells = arena.allocate(JAVA_LONG, 2);

  private final long handle;
  private boolean recording;
  private boolean closed;
  private @Nullable String fault;

  private final boolean blocking;

  /// The kernel, or the recording, that was launched last, for messages.
  private @Nullable Object launched;

  private @Nullable Launch shape;

  /// What it was launched for, and what is launched now.
  private Object purpose = NONE;

  private Object serving = NONE;

  /// @param index among the devices that the driver shows
  /// @param blocking whether each launch is waited for, so that a failure names it
  /// @throws CudaUnavailableException when there is no such device
  CudaContext(final CudaDriver driver, final int index, final boolean blocking) {
    this.driver = driver;
    this.blocking = blocking;
    this.calls = driver.calls();
    try {
      final int devices = driver.devices();
      if (index < 0 || index >= devices) {
        throw new CudaUnavailableException(
            "no such CUDA device: cuda:" + index + ", devices=" + devices);
      }
      check(calls.call(DriverFunction.DEVICE_GET, cell(), index));
      device = cells.get(JAVA_INT, 0);
      handle = make(DriverFunction.PRIMARY_CTX_RETAIN, device);
    } catch (final RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  CudaDriver driver() {
    return driver;
  }

  DriverCalls calls() {
    return calls;
  }

  int device() {
    return device;
  }

  Arena arena() {
    return arena;
  }

  /// Where the driver may write one number.
  long cell() {
    return cells.address();
  }

  /// Where the driver may write another.
  long secondCell() {
    return cells.address() + Long.BYTES;
  }

  long written() {
    return cells.get(JAVA_LONG, 0);
  }

  long secondWritten() {
    return cells.get(JAVA_LONG, Long.BYTES);
  }

  float writtenFloat() {
    return Float.intBitsToFloat(cells.get(JAVA_INT, 0));
  }

  /// A new handle, of a function that takes where to write it and one integer.
  long make(final DriverFunction function, final int argument) {
    cells.set(JAVA_LONG, 0, 0);
    check(calls.call(function, cell(), argument));
    return written();
  }

  long make(final DriverFunction function, final int argument, final int another) {
    cells.set(JAVA_LONG, 0, 0);
    check(calls.call(function, cell(), argument, another));
    return written();
  }

  int attribute(final int attribute) {
    check(calls.call(DriverFunction.DEVICE_GET_ATTRIBUTE, cell(), attribute, device));
    return cells.get(JAVA_INT, 0);
  }

  /// Before each request.
  ///
  /// @throws DeviceLostException when the device failed before
  void enter() {
    if (closed) {
      throw new IllegalStateException("the device is closed: device=cuda:" + device);
    }
    if (fault != null) {
      throw new DeviceLostException("the device is lost since an earlier call: " + fault);
    }
    check(calls.call(DriverFunction.CTX_SET_CURRENT, handle));
  }

  /// Before a request that cannot be part of a recording.
  void enterOutside(final String what) {
    enter();
    if (recording) {
      throw new IllegalStateException(
          "only launches, copies within the device and fills are recorded: asked=" + what);
    }
  }

  /// Whether there is nothing left that could be given back.
  boolean gone() {
    return closed || fault != null;
  }

  void recording(final boolean now) {
    recording = now;
  }

  boolean recording() {
    return recording;
  }

  boolean blocking() {
    return blocking;
  }

  /// Asks for the work of a task, and says so where that fails.
  void run(final Task task) {
    serving = task.what();
    try {
      task.work().run();
    } finally {
      serving = NONE;
    }
  }

  /// Before a launch.
  void launches(final Object what, final @Nullable Launch as) {
    launched = what;
    shape = as;
    purpose = serving;
  }

  /// After one, of a stream: waits for it where each is waited for.
  void launched(final long stream) {
    if (blocking) {
      check(calls.call(DriverFunction.STREAM_SYNCHRONIZE, stream));
      launched = null;
    }
  }

  void check(final int status) {
    if (status != CUDA_SUCCESS) {
      throw failure(status, "");
    }
  }

  /// @param detail what is known beside, from a comma on
  RuntimeException failure(final int status, final String detail) {
    final var call = calls.last();
    final var text = "CUDA call failed: " + driver.describe(status) + detail + launchText(call);
    if (isLasting(status)) {
      fault = text;
      return new DeviceLostException(text);
    }
    return status == CUDA_ERROR_OUT_OF_MEMORY && call != DriverFunction.MEM_HOST_ALLOC
        ? new OutOfDeviceMemoryException(text + "; use a smaller batch")
        : new NativeException(text);
  }

  /// Where launches are not waited for, a kernel fails after its launch has returned: a later call
  /// tells.
  private String launchText(final DriverFunction call) {
    if (launched == null) {
      return "";
    }
    final boolean itself =
        blocking
            || call == DriverFunction.LAUNCH_KERNEL
            || call == DriverFunction.LAUNCH_KERNEL_EX
            || call == DriverFunction.FUNC_SET_ATTRIBUTE;
    final var step = purpose.toString();
    return (itself ? ", kernel=" : ", last launched=")
        + launched
        + (shape == null
            ? ""
            : ", blocks="
                + shape.blocksX()
                + "x"
                + shape.blocksY()
                + ", threads="
                + shape.threads()
                + ", shared="
                + shape.shared())
        + (step.isEmpty() ? "" : ", step=" + step)
        + (itself ? "" : "; CUDA_LAUNCH_BLOCKING=1 tells which launch it was");
  }

  private static boolean isLasting(final int status) {
    return switch (status) {
      case CUDA_ERROR_DEINITIALIZED,
          CUDA_ERROR_ECC_UNCORRECTABLE,
          CUDA_ERROR_NVLINK_UNCORRECTABLE,
          CUDA_ERROR_CONTAINED,
          CUDA_ERROR_ILLEGAL_ADDRESS,
          CUDA_ERROR_LAUNCH_TIMEOUT,
          CUDA_ERROR_CONTEXT_IS_DESTROYED,
          CUDA_ERROR_ASSERT,
          CUDA_ERROR_HARDWARE_STACK_ERROR,
          CUDA_ERROR_ILLEGAL_INSTRUCTION,
          CUDA_ERROR_MISALIGNED_ADDRESS,
          CUDA_ERROR_INVALID_ADDRESS_SPACE,
          CUDA_ERROR_INVALID_PC,
          CUDA_ERROR_LAUNCH_FAILED,
          CUDA_ERROR_TENSOR_MEMORY_LEAK,
          CUDA_ERROR_MPS_CLIENT_TERMINATED,
          CUDA_ERROR_EXTERNAL_DEVICE,
          CUDA_ERROR_UNKNOWN ->
          true;
      default -> false;
    };
  }

  /// Gives the context back, whatever became of it.
  void close() {
    if (!closed) {
      closed = true;
      final int released = calls.call(DriverFunction.PRIMARY_CTX_RELEASE, device);
      final var said = released == CUDA_SUCCESS || fault != null ? null : driver.describe(released);
      arena.close();
      if (said != null) {
        throw new NativeException("CUDA call failed: " + said);
      }
    }
  }
}
