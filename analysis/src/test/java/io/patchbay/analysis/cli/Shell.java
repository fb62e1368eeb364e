package io.patchbay.analysis.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// The command line as a user meets it.
///
/// @param code the exit code
record Shell(int code, String out, String err) {
  static Shell run(final String... args) {
    final var out = new StringWriter();
    final var err = new StringWriter();
    final int code = Main.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
    return new Shell(code, out.toString(), err.toString());
  }

  List<String> errors() {
    return err.lines().toList();
  }

  boolean showsStack() {
    return (out + err).lines().anyMatch(line -> line.startsWith("\tat "));
  }

  /// The top of the checkout.
  static Path checkout() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isRegularFile(folder.resolve("patchbay"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("no launcher above " + Path.of("").toAbsolutePath());
      }
    }
    return folder;
  }

  /// The arguments of a training run that takes a second.
  static String[] smallTraining(final Path out, final String... more) {
    final var small =
        List.of(
            "train",
            "--device",
            "reference",
            "--data",
            "pendulum:size=16",
            "--set",
            "arch.widths=4",
            "--set",
            "arch.hidden=8",
            "--latent",
            "2",
            "--batch",
            "4",
            "--out",
            out.toString());
    final var all = Arrays.copyOf(small.toArray(String[]::new), small.size() + more.length);
    System.arraycopy(more, 0, all, small.size(), more.length);
    return all;
  }
}
