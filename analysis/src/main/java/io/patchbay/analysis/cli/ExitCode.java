package io.patchbay.analysis.cli;

/// What a process ends with.
public final class ExitCode {
  public static final int OK = 0;

  /// It failed.
  public static final int FAILED = 1;

  /// The command line is wrong.
  public static final int USAGE = 2;

  /// It came to its end, but some cells failed.
  public static final int FAILED_CELLS = 3;

  /// A file or data set was rejected, or could not be written.
  public static final int INPUT = 4;

  /// A device or JDK that was asked for is missing.
  public static final int MISSING = 69;

  /// A device has too little memory; what was done is kept.
  public static final int MEMORY = 74;

  /// Stopped by the user; what was done is kept.
  public static final int INTERRUPTED = 130;

  private ExitCode() {}
}
