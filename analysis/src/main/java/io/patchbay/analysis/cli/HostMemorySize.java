package io.patchbay.analysis.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// An amount of memory: `4G`, `512M`, `1.5GiB`, or bytes. The letters are powers of 1024.
///
/// @param bytes at least 1
record HostMemorySize(long bytes) {
  private static final Pattern TEXT =
      Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?)([KMGT]?)(?:I?B)?");
  private static final String LETTERS = "KMGT";
  private static final double SHARE = 0.6;
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  HostMemorySize {
    if (bytes < 1) {
      throw new IllegalArgumentException("memory size must be positive: bytes=" + bytes);
    }
  }

  /// @throws IllegalArgumentException when the text is not a size of 1 byte to 2^63 - 1
  static HostMemorySize parse(final String text) {
    final var match = TEXT.matcher(text.strip().toUpperCase(Locale.ROOT));
    if (match.matches()) {
      final int power = match.group(2).isEmpty() ? 0 : LETTERS.indexOf(match.group(2)) + 1;
      final var bytes =
          new BigDecimal(match.group(1))
              .multiply(BigDecimal.valueOf(1L << (10 * power)))
              .toBigInteger();
      if (bytes.signum() > 0 && bytes.bitLength() < Long.SIZE) {
        return new HostMemorySize(bytes.longValueExact());
      }
    }
    throw new IllegalArgumentException(
        "not a memory size: found '" + text + "', expected a number of bytes, or such as 512M, 4G");
  }

  /// What is used when nobody says: 60 % of the memory that this process may have.
  static HostMemorySize standard() {
    return new HostMemorySize(Math.max(1, (long) (SHARE * PhysicalMemory.bytes())));
  }

  /// `3.9 GiB`.
  @Override
  public String toString() {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
  }

  /// Reads an option's value.
  static final class Converter implements ITypeConverter<HostMemorySize> {
    Converter() {}

    @Override
    public HostMemorySize convert(final String value) {
      try {
        return parse(value);
      } catch (final IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
