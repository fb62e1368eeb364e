package io.patchbay.analysis.cli;

/// Offers a command of another module; found through `ServiceLoader`.
public interface CommandProvider {
  /// The name that the user types.
  String name();

  /// An object with picocli's annotations that is a `Callable<Integer>`; its result is the exit
  /// code, one of [ExitCode].
  Object command();
}
