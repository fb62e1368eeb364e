package io.patchbay.engine;

import java.util.Locale;

/// A device has no room for a program or its values. It goes on without them.
public final class DeviceMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final double KIB = 1024;

  private final String backend;
  private final String sizes;
  private final String detail;

  /// @param backend its name
  /// @param needed bytes, at least; 0 where that is not known
  /// @param free bytes
  public DeviceMemoryException(
      final String backend, final long needed, final long free, final Throwable cause) {
    this(backend, sizes(needed, free), "", "", cause);
  }

  private DeviceMemoryException(
      final String backend,
      final String sizes,
      final String detail,
      final String advice,
      final Throwable cause) {
    super(backend + ": out of device memory" + detail + " (" + sizes + ")" + advice, cause);
    this.backend = backend;
    this.sizes = sizes;
    this.detail = detail;
  }

  String backend() {
    return backend;
  }

  /// What was needed and what was free, in words.
  String sizes() {
    return sizes;
  }

  /// The same, with what there was no room for.
  ///
  /// @param detail such as `with 8 rows`
  public DeviceMemoryException with(final String detail) {
    return new DeviceMemoryException(backend, sizes, " " + detail, "", this);
  }

  /// The same, with what can be done about it.
  public DeviceMemoryException advising(final String advice) {
    return new DeviceMemoryException(backend, sizes, detail, "; " + advice, this);
  }

  private static String sizes(final long needed, final long free) {
    return (needed > 0 ? "needs " + size(needed) + ", " : "") + size(free) + " free";
  }

  /// Such as `3.2 GiB`.
  private static String size(final long bytes) {
    double size = bytes / KIB;
    String unit = "KiB";
    for (final var larger : new String[] {"MiB", "GiB"}) {
      if (size >= KIB) {
        size /= KIB;
        unit = larger;
      }
    }
    return String.format(Locale.ROOT, "%.1f %s", size, unit);
  }
}
