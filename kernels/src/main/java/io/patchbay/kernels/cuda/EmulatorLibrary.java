package io.patchbay.kernels.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.patchbay.ffi.Library;
import io.patchbay.ffi.NativeException;
import io.patchbay.ffi.cuda.Launch;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.URL;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// The CUDA kernels as the host's compiler made them, with the emulator that runs them.
final class EmulatorLibrary {
  private static final String RESOURCE = "libpatchbay_emulator.so";
  private static final int ERROR = 4096;

  private final MethodHandle launch;
  private final MethodHandle allocate;
  private final MethodHandle release;
  private final MethodHandle check;
  private final MethodHandle skip;
  private final MethodHandle barriers;
  private final MethodHandle forget;
  private final MethodHandle awaited;
  private final MethodHandle listing;
  private final Path file;
  private final Map<String, Long> kernels = new ConcurrentHashMap<>();

  private EmulatorLibrary(final Library library) {
    file = library.file();
    launch =
        library.function(
            "pb_emulator_launch",
            FunctionDescriptor.of(
                JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG,
                JAVA_INT, ADDRESS, JAVA_INT));
    allocate =
        library.function(
            "pb_emulator_allocate", FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG));
    release =
        library.function(
            "pb_emulator_free", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS, JAVA_INT));
    check =
        library.function(
            "pb_emulator_check",
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_INT));
    skip = library.function("pb_emulator_skip", FunctionDescriptor.ofVoid(ADDRESS));
    final var listing = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT);
    barriers = library.function("pb_emulator_barriers", listing);
    forget = library.function("pb_emulator_forget", FunctionDescriptor.ofVoid());
    awaited = library.function("pb_emulator_awaited", FunctionDescriptor.of(JAVA_INT));
    this.listing = library.function("pb_emulator_kernels", listing);
    list();
  }

  private void list() {
    for (final var line : lines(listing)) {
      final var words = line.split(" ", -1);
      kernels.put(words[0] + "/" + words[1], Long.parseLong(words[3]));
    }
  }

  /// Where it lies.
  Path file() {
    return file;
  }

  /// Takes the kernels of another library, which was linked with this one, too.
  void add(final Path other) {
    Library.open(other);
    list();
  }

  /// Whether the build made the library at all; without a C++ compiler it does not.
  static boolean present() {
    return EmulatorLibrary.class.getResource(RESOURCE) != null;
  }

  /// The kernels of this project, read when they are first asked for: the loader has them for the
  /// life of the process anyway.
  static EmulatorLibrary standard() {
    if (!present()) {
      throw new NativeException("the build had no C++ compiler, so there is no emulator");
    }
    return Standard.LIBRARY;
  }

  private static final class Standard {
    private static final EmulatorLibrary LIBRARY =
        open(Objects.requireNonNull(EmulatorLibrary.class.getResource(RESOURCE)));
  }

  static EmulatorLibrary open(final URL resource) {
    return new EmulatorLibrary(Library.open(resource, "patchbay_emulator"));
  }

  /// Bytes of the parameter of each kernel, by its source and name with a slash between.
  Map<String, Long> kernels() {
    return kernels;
  }

  /// @param order of threads and blocks: 0 forward, 1 reverse, else the seed of one drawn
  /// @throws NativeException when the kernel is refused, or does what it must not
  void launch(
      final String kernel, final Launch shape, final MemorySegment fields, final int order) {
    try (var arena = Arena.ofConfined()) {
      final var error = arena.allocate(ERROR);
      final int status =
          (int)
              launch.invokeExact(
                  arena.allocateFrom(kernel),
                  shape.blocksX(),
                  shape.blocksY(),
                  shape.threads(),
                  shape.shared(),
                  fields,
                  fields.byteSize(),
                  order,
                  error,
                  ERROR);
      if (status != 0) {
        throw new NativeException(error.getString(0) + "; launch=" + shape);
      }
      if (shape.awaits() && (int) awaited.invokeExact() == 0) {
        throw new NativeException(
            "kernel "
                + kernel
                + ": a thread leaves without awaiting what was launched before; launch="
                + shape);
      }
    } catch (final Throwable e) {
      throw unexpected(e);
    }
  }

  /// Memory filled with ones between guard bands, or 0 when there is not so much.
  long allocate(final String owner, final long bytes) {
    try (var arena = Arena.ofConfined()) {
      return (long) allocate.invokeExact(arena.allocateFrom(owner), bytes);
    } catch (final Throwable e) {
      throw unexpected(e);
    }
  }

  /// @throws NativeException when something was written beside it
  void free(final long address) {
    try (var arena = Arena.ofConfined()) {
      final var error = arena.allocate(ERROR);
      refuse((int) release.invokeExact(address, error, ERROR), error);
    } catch (final Throwable e) {
      throw unexpected(e);
    }
  }

  /// @throws NativeException unless the range is within one allocation
  void check(final long address, final long bytes) {
    try (var arena = Arena.ofConfined()) {
      final var error = arena.allocate(ERROR);
      refuse((int) check.invokeExact(address, bytes, error, ERROR), error);
    } catch (final Throwable e) {
      throw unexpected(e);
    }
  }

  /// Leaves out one barrier from now on.
  ///
  /// @param site file and line with a colon between; none when empty
  void skip(final String site) {
    try (var arena = Arena.ofConfined()) {
      skip.invokeExact(arena.allocateFrom(site));
    } catch (final Throwable e) {
      throw unexpected(e);
    }
  }

  /// How often each barrier was come to since [#forget].
  Map<String, Long> barriers() {
    final var counts = new LinkedHashMap<String, Long>();
    for (final var line : lines(barriers)) {
      final var words = line.split(" ", -1);
      counts.put(words[0], Long.parseLong(words[1]));
    }
    return counts;
  }

  void forget() {
    try {
      forget.invokeExact();
    } catch (final Throwable e) {
      throw unexpected(e);
    }
  }

  private static String[] lines(final MethodHandle listing) {
    try (var arena = Arena.ofConfined()) {
      final int length = (int) listing.invokeExact(MemorySegment.NULL, 0);
      final var text = arena.allocate(length);
      final int written = (int) listing.invokeExact(text, length);
      if (written != length) {
        throw new NativeException("a list of the emulator has changed while it was read");
      }
      return text.getString(0).lines().toArray(String[]::new);
    } catch (final Throwable e) {
      throw unexpected(e);
    }
  }

  private static void refuse(final int status, final MemorySegment error) {
    if (status != 0) {
      throw new NativeException(error.getString(0));
    }
  }

  private static RuntimeException unexpected(final Throwable e) {
    if (e instanceof final RuntimeException known) {
      return known;
    }
    if (e instanceof final Error error) {
      throw error;
    }
    return new NativeException("the emulator failed", e);
  }
}
