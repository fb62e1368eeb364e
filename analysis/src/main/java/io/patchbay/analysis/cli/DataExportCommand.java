package io.patchbay.analysis.cli;

import io.patchbay.vae.data.DataExport;
import io.patchbay.vae.data.Datasets;
import io.patchbay.vae.data.FactorDataset;
import io.patchbay.vae.io.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `patchbay data export`.
@Command(
    name = "export",
    description = "Write a data set in a form that other programs read.",
    sortOptions = false)
final class DataExportCommand implements Callable<Integer> {
  private static final String NPZ = "dsprites-npz";
  private static final String PNG = "png";

  @Parameters(
      paramLabel = "NAME|PATH",
      description =
          "sprites, pendulum, flow, dsprites, an npz file, a folder of pictures or scm:FILE.yaml.")
  private String name = "";

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description = "dsprites-npz: one file of dSprites' layout; png: a folder of pictures.")
  private String format = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The file or folder to make; it must not be there yet.")
  private Path out = Path.of("");

  @Option(
      names = "--stride",
      paramLabel = "N",
      description = "dsprites-npz: every N-th value of each factor. Default: 1, all.")
  private int stride = 1;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "png: at most this many pictures. Default: 1000.")
  private long limit = 1000;

  @Mixin private final OutputOptions output = new OutputOptions();

  DataExportCommand() {}

  @Override
  public Integer call() {
    check();
    try (var data = Datasets.of(System.getenv()).open(name)) {
      final long images =
          format.equals(NPZ) ? DataExport.dspritesNpz(data, out, stride) : png(data);
      output.note(images + " of " + data.size() + " images of " + data.name() + " written");
      if (output.json()) {
        output.json(Map.of("file", out.toString(), "images", images));
      } else {
        output.out().println(out);
      }
      return ExitCode.OK;
    }
  }

  private void check() {
    if (!format.equals(NPZ) && !format.equals(PNG)) {
      throw output.wrong("--format: found '" + format + "', expected " + NPZ + " or " + PNG);
    }
    if (stride < 1) {
      throw output.wrong("--stride: found " + stride + ", expected a number from 1");
    }
    if (limit < 1) {
      throw output.wrong("--limit: found " + limit + ", expected a number from 1");
    }
    if (out.getFileName() == null || out.toString().isBlank()) {
      throw output.wrong("--out: found '" + out + "', expected the name of a file or folder");
    }
    if (Files.exists(out)) {
      throw new BadInputException(out, "--out", "something there", "a name that is free");
    }
  }

  /// Writes the pictures into a folder beside the target, which is then renamed: a folder that is
  /// there is whole.
  private long png(final FactorDataset data) {
    final var parent = out.toAbsolutePath().getParent();
    try {
      Files.createDirectories(parent);
      final var part = Files.createTempDirectory(parent, "." + out.getFileName() + ".");
      try {
        final long images = DataExport.png(data, part, limit);
        Files.move(part, out, StandardCopyOption.ATOMIC_MOVE);
        return images;
      } finally {
        delete(part);
      }
    } catch (final IOException e) {
      throw new UncheckedIOException(out + ": cannot be written: " + e, e);
    }
  }

  private static void delete(final Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (final var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
