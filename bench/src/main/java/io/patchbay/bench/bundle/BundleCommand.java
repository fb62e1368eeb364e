package io.patchbay.bench.bundle;

import io.patchbay.analysis.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `patchbay bundle`.
@Command(
    name = "bundle",
    description =
        "Pack Patchbay with a Java runtime into one tar.xz, which runs on a Linux x86-64 machine"
            + " that has no Java: extract it and call ./patchbay.")
public final class BundleCommand implements Callable<Integer> {
  /// What the archive is to stay under.
  private static final long MOST_BYTES = 45_000_000;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The archive to write, such as patchbay.tar.xz. One that is there is replaced.")
  private Path out = Path.of("patchbay.tar.xz");

  @Option(
      names = "--level",
      defaultValue = "6",
      paramLabel = "N",
      description =
          "How hard xz packs, 0 to 9. 1 takes a fifth of the time for an archive larger by a fifth."
              + " Default: 6.")
  private int level = Bundle.LEVEL;

  @Spec private CommandSpec spec = CommandSpec.create();

  /// Made by picocli.
  public BundleCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    final var line = spec.commandLine();
    if (level < 0 || level > Bundle.HARDEST) {
      throw new ParameterException(line, "--level: " + level + ", expected 0 to 9");
    }
    line.getErr().println("packing (a minute or so) ...");
    final var bundle = Bundle.ofProcess();
    if (!bundle.hasCudaKernels()) {
      line.getErr().println("the bundle has no CUDA kernels: the build had no nvcc");
    }
    bundle.write(out, level);
    line.getOut()
        .printf(
            Locale.ROOT,
            "%s: %s, %d jars, Java %s%n",
            out,
            size(Files.size(out)),
            bundle.jars().size(),
            Runtime.version());
    return ExitCode.OK;
  }

  /// In MB, with a word where that is more than it is to be.
  static String size(final long bytes) {
    final var size = String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    return bytes < MOST_BYTES ? size : size + " (not under " + MOST_BYTES / 1_000_000 + ")";
  }
}
