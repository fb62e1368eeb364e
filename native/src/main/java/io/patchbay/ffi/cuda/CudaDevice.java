package io.patchbay.ffi.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.bytedeco.cuda.global.cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static org.bytedeco.cuda.global.cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;
import static org.bytedeco.cuda.global.cudart.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE;
import static org.bytedeco.cuda.global.cudart.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN;
import static org.bytedeco.cuda.global.cudart.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR;
import static org.bytedeco.cuda.global.cudart.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;
import static org.bytedeco.cuda.global.cudart.CU_DEVICE_ATTRIBUTE_RESERVED_SHARED_MEMORY_PER_BLOCK;

import io.patchbay.ffi.NativeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A GPU, through its driver. It is used by one thread at a time, which may be another each time.
///
/// Every status is checked. A failure says the call, the driver's code and text, the kernel and
/// shape of the launch, and the task that it was for. Memory that is not there is an
/// [OutOfDeviceMemoryException], after which the device goes on; an illegal address and its like is
/// a [DeviceLostException], then and ever after.
public final class CudaDevice implements Device {
  private final CudaContext context;
  private final CudaStream stream;
  private final Staging staging;
  private final CudaLandings landings;
  private final DeviceAccount account;
  private final CudaModules modules;
  private final DeviceFacts facts;
  private final Supplier<Nvrtc> compilers;
  private @Nullable Nvrtc nvrtc;
  private final Set<CudaRecording> recordings = new HashSet<>();
  private boolean closed;

  /// @param blocking whether launches are waited for, each by itself, and nothing is recorded
  /// @param compilers asked when the compiler is first needed
  CudaDevice(
      final CudaDriver driver,
      final int number,
      final boolean blocking,
      final Function<String, byte[]> images,
      final Supplier<Nvrtc> compilers) {
    this.compilers = compilers;
    context = new CudaContext(driver, number, blocking);
    try {
      context.enter();
      facts = facts(context);
      stream = new CudaStream(context);
      account = new DeviceAccount(context, stream);
      staging = new Staging(context, stream, account);
      landings = new CudaLandings(context, stream);
      modules = new CudaModules(context, stream, facts.architecture(), images, this::compile);
    } catch (final RuntimeException e) {
      context.close();
      throw e;
    }
  }

  /// Why this machine has no device to open, in one line, if it has none.
  ///
  /// @param least capability that is needed
  public static Optional<String> absence(final Capability least) {
    return CudaDriver.absence(CudaLibraries.standard(), least);
  }

  /// How many devices `CUDA_VISIBLE_DEVICES` leaves.
  ///
  /// @throws CudaUnavailableException when there is no driver, or no device
  public static int count() {
    return CudaDriver.open(CudaLibraries.standard()).devices();
  }

  /// Where `CUDA_LAUNCH_BLOCKING` is 1 it waits for each launch and records nothing, so that what
  /// fails is named.
  ///
  /// @param number from 0 on, of the devices that `CUDA_VISIBLE_DEVICES` leaves
  /// @param least capability that the kernels need
  /// @param images of a source's name: what nvcc made of it (fatbin, cubin or PTX), asked for once
  /// @throws CudaUnavailableException when there is no driver, or no such device, or it is too old
  public static CudaDevice open(
      final int number, final Capability least, final Function<String, byte[]> images) {
    final var driver = CudaDriver.open(CudaLibraries.standard());
    requireYoung(driver, number, least);
    return new CudaDevice(driver, number, isBlocking(System.getenv()), images, Nvrtc::open);
  }

  static void requireYoung(final CudaDriver driver, final int number, final Capability least) {
    Gpus.of(driver, least)
        .absence(number)
        .ifPresent(reason -> {
          throw new CudaUnavailableException(reason);
        });
  }

  static boolean isBlocking(final Map<String, String> environment) {
    return environment.getOrDefault("CUDA_LAUNCH_BLOCKING", "").equals("1");
  }

  private static DeviceFacts facts(final CudaContext context) {
    try (var arena = Arena.ofConfined()) {
      final var name = arena.allocate(Gpus.NAME);
      final var calls = context.calls();
      context.check(
          calls.call(
              DriverFunction.DEVICE_GET_NAME, name.address(), Gpus.NAME - 1, context.device()));
      name.set(JAVA_BYTE, Gpus.NAME - 1L, (byte) 0);
      context.check(calls.call(DriverFunction.DEVICE_TOTAL_MEM, context.cell(), context.device()));
      final long memory = context.written();
      return new DeviceFacts(
          name.getString(0),
          "sm_"
              + context.attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
              + context.attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
          context.driver().version(),
          context.attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
          context.attribute(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
          context.attribute(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR),
          context.attribute(CU_DEVICE_ATTRIBUTE_RESERVED_SHARED_MEMORY_PER_BLOCK),
          context.attribute(CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE),
          memory);
    }
  }

  CudaContext context() {
    return context;
  }

  CudaStream stream() {
    return stream;
  }

  @Override
  public DeviceFacts facts() {
    return facts;
  }

  @Override
  public DeviceMemory allocate(final String owner, final long bytes) {
    return account.allocate(owner, bytes);
  }

  @Override
  public long free() {
    return account.free();
  }

  @Override
  public void upload(final long to, final MemorySegment from) {
    context.enterOutside("an upload");
    account.check("upload", to, from.byteSize());
    staging.upload(to, from);
  }

  @Override
  public void download(final MemorySegment to, final long from) {
    context.enterOutside("a download");
    if (to.isReadOnly()) {
      throw new IllegalArgumentException("a download needs memory that may be written");
    }
    account.check("download", from, to.byteSize());
    staging.download(to, from);
  }

  @Override
  public Landing land(final long from, final long bytes) {
    context.enterOutside("a landing");
    account.check("landing", from, bytes);
    return landings.land(from, bytes);
  }

  @Override
  public void copy(final long to, final long from, final long bytes) {
    context.enter();
    account.check("copy to", to, bytes);
    account.check("copy from", from, bytes);
    if (bytes > 0) {
      context.check(
          context.calls().call(DriverFunction.MEMCPY_DTOD_ASYNC, to, from, bytes, stream.handle()));
    }
  }

  @Override
  public void fill(final long to, final long bytes, final int word) {
    context.enter();
    account.check("fill", to, bytes);
    if (to % Integer.BYTES != 0 || bytes % Integer.BYTES != 0) {
      throw new IllegalArgumentException(
          "a fill is of whole words: address=0x" + Long.toHexString(to) + ", bytes=" + bytes);
    }
    if (bytes > 0) {
      context.check(
          context
              .calls()
              .call(
                  DriverFunction.MEMSET_D32_ASYNC,
                  to,
                  word,
                  bytes / Integer.BYTES,
                  stream.handle()));
    }
  }

  @Override
  public Kernel kernel(final String source, final String name) {
    return modules.kernel(source, name);
  }

  @Override
  public SourceCompiler compiler() {
    try {
      return new SourceCompiler(true, "NVRTC " + nvrtc().version());
    } catch (final CudaUnavailableException e) {
      return new SourceCompiler(false, String.valueOf(e.getMessage()));
    }
  }

  private Nvrtc nvrtc() {
    if (nvrtc == null) {
      nvrtc = compilers.get();
    }
    return nvrtc;
  }

  private byte[] compile(final KernelSource source) {
    try {
      return nvrtc().compile(source.name(), source.text(), source.headers(), facts);
    } catch (final CudaUnavailableException e) {
      throw new NativeException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public Kernel kernel(final KernelSource source, final String name) {
    return modules.kernel(source, name);
  }

  @Override
  public Recording record(final Runnable work) {
    return context.blocking()
        ? inTurn(List.of(new Task(work, Set.of())))
        : new CudaRecording(context, stream, stream.capture(work), List.of(), recordings);
  }

  @Override
  public Recording record(final List<Task> tasks) {
    if (context.blocking()) {
      return inTurn(tasks);
    }
    final long graph = stream.capture(() -> stream.fork(tasks));
    final var purposes = tasks.stream().map(Task::what).distinct().toList();
    return new CudaRecording(context, stream, graph, purposes, recordings);
  }

  /// Refuses what a recording would.
  private Recording inTurn(final List<Task> tasks) {
    context.enterOutside("a recording");
    return new InTurn(tasks, task -> stream.alone(() -> context.run(task)));
  }

  @Override
  public void run(final Task task) {
    context.run(task);
  }

  @Override
  public void synchronize() {
    stream.synchronize("a wait");
  }

  @Override
  public double milliseconds(final Runnable work) {
    return stream.milliseconds(work);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      List.copyOf(recordings).forEach(CudaRecording::close);
      account.close();
      modules.close();
      landings.close();
      staging.close();
      stream.close();
    } finally {
      context.close();
    }
  }
}
