package io.patchbay.vae.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A file, folder or option from outside is not what it must be. The message is one line, `FILE:
/// place: found WHAT, expected WHAT`, fit to be shown to a user as it is.
public final class BadInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST_PART = 300;

  private final String file;
  private final String place;
  private final String expected;

  /// @param file path of the file or folder, or the option's name
  /// @param place where in it: a field, a member, a row
  /// @param found what stands there
  /// @param expected what should stand there
  public BadInputException(String file, String place, String found, String expected) {
    this(file, place, found, expected, null);
  }

  /// As above, for a file on disk.
  public BadInputException(Path file, String place, String found, String expected) {
    this(file.toString(), place, found, expected, null);
  }

  /// As above, keeping the exception that revealed the fault.
  public BadInputException(
      String file, String place, String found, String expected, @Nullable Throwable cause) {
    super(
        line(file) + ": " + line(place) + ": found " + line(found) + ", expected " + line(expected),
        cause);
    this.file = file;
    this.place = place;
    this.expected = expected;
  }

  /// Turns a failed read of `file` into one line: a missing or forbidden file, or the system's
  /// text.
  public static BadInputException unreadable(String file, String place, IOException cause) {
    final String found =
        switch (cause) {
          case NoSuchFileException _ -> "no such file";
          case AccessDeniedException _ -> "permission denied";
          default -> {
            final String text = cause.getMessage();
            yield text == null ? cause.getClass().getSimpleName() : text;
          }
        };
    return new BadInputException(file, place, found, "a readable file", cause);
  }

  /// The file, folder or option at fault.
  public String file() {
    return file;
  }

  /// The place in it.
  public String place() {
    return place;
  }

  /// What should have been there.
  public String expected() {
    return expected;
  }

  // Names inside a hostile file may hold line breaks or terminal escapes, and may be very long.
  private static String line(String text) {
    final int length = Math.min(text.length(), LONGEST_PART);
    final StringBuilder out = new StringBuilder(length + 3);
    for (int i = 0; i < length; i++) {
      final char c = text.charAt(i);
      out.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? '?' : c);
    }
    return length < text.length() ? out.append("...").toString() : out.toString();
  }
}
