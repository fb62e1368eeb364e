package io.patchbay.analysis.cli;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The seed of every random choice.
final class SeedOption {
  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of every random choice. Default: one is drawn and printed.")
  private @Nullable Long seed;

  private boolean drawn;

  SeedOption() {}

  boolean given() {
    return seed != null;
  }

  /// The seed that was given; without one it is drawn, small enough to be typed again.
  long value() {
    if (seed == null) {
      seed = (long) new SecureRandom().nextInt(Integer.MAX_VALUE);
      drawn = true;
    }
    return seed;
  }

  /// Takes this seed where none was given.
  void unlessGiven(final long other) {
    if (seed == null) {
      seed = other;
    }
  }

  /// Says which seed was drawn, if one was: once the command line has proved right.
  void say(final OutputOptions output) {
    if (drawn) {
      output.note("seed: " + seed + " (drawn; repeat with --seed " + seed + ")");
    }
  }
}
