package io.patchbay.kernels.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.patchbay.ffi.NativeException;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.DeviceFacts;
import io.patchbay.ffi.cuda.DeviceMemory;
import io.patchbay.ffi.cuda.InTurn;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.KernelSource;
import io.patchbay.ffi.cuda.Landing;
import io.patchbay.ffi.cuda.Launch;
import io.patchbay.ffi.cuda.Recording;
import io.patchbay.ffi.cuda.SourceCompiler;
import io.patchbay.ffi.cuda.Task;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A device that runs the CUDA kernels on the host, thread after thread, and watches them: for
/// tests without a GPU.
///
/// New memory holds NaN, and lies between guard bands that are looked at after each launch. A
/// launch that writes there, waits for threads that do not come, or asks for what no GPU has, ends
/// with a [NativeException] that says kernel, block and place.
public final class EmulatedDevice implements Device {
  private static final int MULTIPROCESSORS = 4;
  private static final int MANY_MULTIPROCESSORS = 132;
  private static final int SHARED = 227 * 1024;
  private static final int RESERVED = 1024;
  private static final long CACHE = 1L << 20;

  /// The host's compiler, for sources.
  public interface HostCompiler {
    /// The library that it made of a source, linked with that of [EmulatedDevice#library].
    ///
    /// @param called `PB_SOURCE`, by which its kernels are found
    Path compile(KernelSource source, String called);
  }

  private final EmulatorLibrary library;
  private final EmulatedMemory memory;
  private final int order;
  private final Traits traits;
  private @Nullable List<Runnable> noting;
  private @Nullable List<String> listing;

  /// What devices differ in.
  ///
  /// @param multiprocessors that it says it has
  /// @param records whether it notes what tasks ask for, or asks them anew each time
  /// @param compiler of sources, if there is one
  private record Traits(int multiprocessors, boolean records, @Nullable HostCompiler compiler) {
    static final Traits USUAL = new Traits(MULTIPROCESSORS, true, null);
  }

  EmulatedDevice(final EmulatorLibrary library, final long memory, final int order) {
    this(library, memory, order, Traits.USUAL);
  }

  private EmulatedDevice(
      final EmulatorLibrary library, final long memory, final int order, final Traits traits) {
    if (memory <= 0 || order < 0) {
      throw new IllegalArgumentException("no such device: memory=" + memory + ", order=" + order);
    }
    this.library = library;
    this.memory = new EmulatedMemory(library, memory);
    this.order = order;
    this.traits = traits;
  }

  /// Whether the build made an emulator; without a C++ compiler it does not.
  public static boolean present() {
    return EmulatorLibrary.present();
  }

  /// A device with the kernels of this project.
  ///
  /// @param memory bytes it has
  /// @param order in which threads and blocks take their turns: 0 forward, 1 reverse, else the seed
  ///   of an order drawn anew for each turn
  public static EmulatedDevice open(final long memory, final int order) {
    return of(memory, order, Traits.USUAL);
  }

  /// A device of as many multiprocessors as a large GPU has, which takes the kernels for few rows
  /// where one of [#open] takes those for many.
  public static EmulatedDevice large(final long memory, final int order) {
    return of(memory, order, new Traits(MANY_MULTIPROCESSORS, true, null));
  }

  /// A device of one multiprocessor: its few blocks take several turns each where there is little
  /// to do.
  public static EmulatedDevice small(final long memory, final int order) {
    return of(memory, order, new Traits(1, true, null));
  }

  /// A device that records nothing, as a GPU whose launches are waited for.
  public static EmulatedDevice inTurn(final long memory, final int order) {
    return of(memory, order, new Traits(MULTIPROCESSORS, false, null));
  }

  /// A device that compiles sources, too.
  public static EmulatedDevice open(
      final long memory, final int order, final HostCompiler compiler) {
    return of(memory, order, new Traits(MULTIPROCESSORS, true, compiler));
  }

  private static EmulatedDevice of(final long memory, final int order, final Traits traits) {
    return new EmulatedDevice(EmulatorLibrary.standard(), memory, order, traits);
  }

  /// The library of the emulator, which what is compiled for it is linked with.
  public static Path library() {
    return EmulatorLibrary.standard().file();
  }

  /// How often each barrier of a kernel was come to, by file and line with a colon between, on any
  /// device of this process since the last call.
  public Map<String, Long> barriers() {
    final var counts = library.barriers();
    library.forget();
    return counts;
  }

  /// Leaves out one barrier on all devices of this process: a kernel that needs it must fail then.
  ///
  /// @param site file and line with a colon between; none when empty
  public void leaveOut(final String site) {
    library.skip(site);
  }

  /// The launches that `work` asks for, those that it records included: kernel, shape and fields,
  /// an address as `@`. Two programs with the same ones do the same.
  public List<String> launches(final Runnable work) {
    final var launches = new ArrayList<String>();
    listing = launches;
    try {
      work.run();
    } finally {
      listing = null;
    }
    return launches;
  }

  private String field(final long value) {
    return memory.holds(value) ? "@" : Long.toString(value);
  }

  @Override
  public DeviceFacts facts() {
    final int all = SHARED + RESERVED;
    return new DeviceFacts(
        "emulator",
        "emulator",
        "none",
        traits.multiprocessors(),
        SHARED,
        all,
        RESERVED,
        CACHE,
        memory.bytes());
  }

  @Override
  public DeviceMemory allocate(final String owner, final long bytes) {
    return memory.allocate(owner, bytes);
  }

  @Override
  public long free() {
    return memory.free();
  }

  @Override
  public void upload(final long to, final MemorySegment from) {
    outsideRecording("an upload");
    memory.segment(to, from.byteSize()).copyFrom(from);
  }

  @Override
  public void download(final MemorySegment to, final long from) {
    outsideRecording("a download");
    to.copyFrom(memory.segment(from, to.byteSize()));
  }

  @Override
  public Landing land(final long from, final long bytes) {
    final var there = new byte[Math.toIntExact(bytes)];
    download(MemorySegment.ofArray(there), from);
    return new Landing() {
      @Override
      public void into(final MemorySegment to) {
        MemorySegment.copy(MemorySegment.ofArray(there), 0, to, 0, bytes);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void copy(final long to, final long from, final long bytes) {
    ask(() -> memory.segment(to, bytes).copyFrom(memory.segment(from, bytes)));
  }

  @Override
  public void fill(final long to, final long bytes, final int word) {
    if (bytes % Integer.BYTES != 0) {
      throw new IllegalArgumentException("a fill is of words of four bytes: bytes=" + bytes);
    }
    ask(() -> {
      final var segment = memory.segment(to, bytes);
      for (long i = 0; i < bytes / Integer.BYTES; i++) {
        segment.setAtIndex(JAVA_INT, i, word);
      }
    });
  }

  @Override
  public Kernel kernel(final String source, final String name) {
    final var key = source + "/" + name;
    final var bytes = library.kernels().get(key);
    if (bytes == null) {
      throw new NativeException("no such kernel: source=" + source + ", name=" + name);
    }
    return new EmulatedKernel(key, name, bytes);
  }

  @Override
  public SourceCompiler compiler() {
    return traits.compiler() == null
        ? new SourceCompiler(false, "the emulator has no compiler")
        : new SourceCompiler(true, "the host's compiler");
  }

  @Override
  public Kernel kernel(final KernelSource source, final String name) {
    final var compiler = traits.compiler();
    if (compiler == null) {
      throw new NativeException("the emulator has no compiler: source=" + source.name());
    }
    final var called =
        source.name().replaceAll("\\W", "_") + "_" + Integer.toHexString(source.hashCode());
    library.add(compiler.compile(source, called));
    return kernel(called, name);
  }

  @Override
  public Recording record(final Runnable work) {
    outsideRecording("a recording");
    final var noted = new ArrayList<Runnable>();
    noting = noted;
    try {
      work.run();
    } finally {
      noting = null;
    }
    return new EmulatedRecording(noted);
  }

  @Override
  public Recording record(final List<Task> tasks) {
    return traits.records()
        ? new DrawnOrder(tasks, tasks.stream().map(task -> record(task.work())).toList(), order)
        : new InTurn(tasks, this::run);
  }

  @Override
  public void run(final Task task) {
    naming(task, task.work());
  }

  /// Says what some work was for where it fails.
  static void naming(final Task task, final Runnable work) {
    try {
      work.run();
    } catch (final NativeException e) {
      final var what = task.what().toString();
      throw what.isEmpty() ? e : new NativeException(e.getMessage() + ", step=" + what, e);
    }
  }

  @Override
  public void synchronize() {
    outsideRecording("a wait");
  }

  @Override
  public double milliseconds(final Runnable work) {
    outsideRecording("a measurement");
    final long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e6;
  }

  @Override
  public void close() {
    memory.close();
  }

  private void ask(final Runnable work) {
    if (noting != null) {
      noting.add(work);
    } else {
      work.run();
    }
  }

  private void outsideRecording(final String what) {
    if (noting != null) {
      throw new IllegalStateException(what + " cannot be recorded");
    }
  }

  private final class EmulatedKernel implements Kernel {
    private final String key;
    private final String name;
    private final long bytes;

    EmulatedKernel(final String key, final String name, final long bytes) {
      this.key = key;
      this.name = name;
      this.bytes = bytes;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void launch(final Launch shape, final long... fields) {
      if (bytes != (long) fields.length * Long.BYTES) {
        throw new IllegalArgumentException(
            "not the fields of the kernel: kernel="
                + key
                + ", given="
                + fields.length
                + ", its struct="
                + bytes
                + " bytes");
      }
      final var own = fields.clone();
      if (listing != null) {
        final var values = Arrays.stream(own).mapToObj(EmulatedDevice.this::field).toList();
        listing.add(key + " " + shape + " " + values);
      }
      ask(() -> {
        try (var arena = Arena.ofConfined()) {
          library.launch(key, shape, arena.allocateFrom(JAVA_LONG, own), order);
        }
      });
    }

    /// Source and name, for messages.
    @Override
    public String toString() {
      return key;
    }
  }

  private final class EmulatedRecording implements Recording {
    private final List<Runnable> noted;

    EmulatedRecording(final List<Runnable> noted) {
      this.noted = noted;
    }

    @Override
    public void replay() {
      noted.forEach(EmulatedDevice.this::ask);
    }

    @Override
    public void close() {}
  }
}
