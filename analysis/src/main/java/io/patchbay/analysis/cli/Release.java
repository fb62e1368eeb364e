package io.patchbay.analysis.cli;

import java.lang.Runtime.Version;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/// Which Patchbay this is, and which JDKs it runs on.
final class Release implements IVersionProvider {
  static final String VERSION = "0.1.0";

  private static final Version LEAST = Version.parse("25.0.3");
  private static final int FEATURE = 25;

  Release() {}

  @Override
  public String[] getVersion() {
    return new String[] {
      "patchbay " + VERSION,
      "java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
      System.getProperty("os.name") + " " + System.getProperty("os.arch")
    };
  }

  /// Why this JDK will not do, if it will not: the garbage collector of 25.0.0 to 25.0.2 may move
  /// objects that native code holds (JDK-8377811).
  static Optional<String> unfit(final Version version) {
    final boolean fits = version.feature() == FEATURE && numbers(version) >= numbers(LEAST);
    return fits
        ? Optional.empty()
        : Optional.of("JDK 25.0.3 or a later 25 is needed: found=" + version);
  }

  // The feature's interim and update numbers as one; a pre-release comes before its release.
  private static long numbers(final Version version) {
    final List<Integer> parts = version.version();
    final int interim = parts.size() > 1 ? parts.get(1) : 0;
    final int update = parts.size() > 2 ? parts.get(2) : 0;
    return interim * 1000L + update;
  }
}
