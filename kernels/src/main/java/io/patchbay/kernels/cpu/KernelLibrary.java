package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.patchbay.engine.BadSettingException;
import io.patchbay.ffi.Library;
import io.patchbay.ffi.NativeException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The C++ library, bound for one instruction set. Addresses travel as 64-bit integers: kernels
/// take memory of a slab only, whose bounds were checked when the plan was placed.
final class KernelLibrary {
  private static final String RESOURCE = "libpatchbay.so";
  private static final String ISA = "PATCHBAY_ISA";

  private final Library library;
  private final Isa isa;

  /// What was bound: every program asks for all kernels again, and binding takes long.
  private final Map<Symbol, MethodHandle> bound = new ConcurrentHashMap<>();

  private record Symbol(String name, FunctionDescriptor descriptor) {}

  private KernelLibrary(final Library library, final Isa isa) {
    this.library = library;
    this.isa = isa;
  }

  /// Whether the build made a library at all; without a C++ compiler it does not.
  static boolean present() {
    return KernelLibrary.class.getResource(RESOURCE) != null;
  }

  /// Binds the widest instruction set this machine runs, or the one that `PATCHBAY_ISA` forces.
  ///
  /// @throws BadSettingException when the forced set is unknown or not supported here
  static KernelLibrary open() {
    final var resource = KernelLibrary.class.getResource(RESOURCE);
    if (resource == null) {
      throw new NativeException("the build had no C++ compiler, so there is no kernel library");
    }
    final var library = Library.open(resource, "patchbay");
    return new KernelLibrary(library, choose(library, System.getenv(ISA)));
  }

  private static Isa choose(final Library library, final @Nullable String forced) {
    if (forced != null && !forced.isBlank()) {
      final var isa =
          Arrays.stream(Isa.values())
              .filter(i -> i.label().equals(forced.toLowerCase(Locale.ROOT)))
              .findFirst()
              .filter(i -> supported(library, i));
      return isa.orElseThrow(() ->
          new BadSettingException(
              ISA, forced, "one of " + all(library) + ", which this machine runs"));
    }
    return Arrays.stream(Isa.values()).filter(i -> supported(library, i)).findFirst().orElseThrow();
  }

  private static String all(final Library library) {
    return Arrays.stream(Isa.values())
        .filter(i -> supported(library, i))
        .map(Isa::label)
        .collect(Collectors.joining(", "));
  }

  private static boolean supported(final Library library, final Isa isa) {
    return says(library, isa.prefix() + "isa_supported");
  }

  private static boolean says(final Library library, final String symbol) {
    if (!library.has(symbol)) {
      return false;
    }
    try {
      return (int) library.function(symbol, FunctionDescriptor.of(JAVA_INT)).invokeExact() != 0;
    } catch (final Throwable e) {
      throw unexpected(symbol, e);
    }
  }

  /// Whether there are kernels with bf16 operands, and this machine runs them.
  boolean bf16() {
    return says(library, isa.prefix() + "bf16_supported");
  }

  Isa isa() {
    return isa;
  }

  /// A kernel that returns a status.
  MethodHandle kernel(final String name, final MemoryLayout... arguments) {
    return function(name, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  /// A function that returns another type.
  MethodHandle function(final String name, final FunctionDescriptor descriptor) {
    return bound.computeIfAbsent(
        new Symbol(name, descriptor),
        symbol -> library.function(isa.prefix() + symbol.name(), symbol.descriptor()));
  }

  /// @throws NativeException when a kernel refused an argument
  static void check(final String name, final int status) {
    if (status != 0) {
      throw new NativeException("kernel refused: name=" + name + ", argument=" + status);
    }
  }

  static RuntimeException unexpected(final String name, final Throwable e) {
    if (e instanceof final RuntimeException known) {
      return known;
    }
    if (e instanceof final Error error) {
      throw error;
    }
    return new NativeException("kernel failed: name=" + name, e);
  }
}
