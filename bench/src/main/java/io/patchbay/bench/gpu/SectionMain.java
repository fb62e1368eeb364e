package io.patchbay.bench.gpu;

import io.patchbay.vae.io.AtomicFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// The entry of the JVM of a section; started by [Suite]. Results go to a file, each time as a
/// whole.
public final class SectionMain {
  private static final int FAILED = 1;
  private static final int OPTIONS_FROM = 4;

  private SectionMain() {}

  /// Arguments: section, file of the result, folder of the suite, seconds, then
  /// [SuiteOptions#arguments()].
  public static void main(final String[] arguments) {
    final var given = List.of(arguments);
    final var file = Path.of(given.get(1));
    final var options = SuiteOptions.of(given.subList(OPTIONS_FROM, given.size()));
    final var bench =
        new Bench(
            options,
            Path.of(given.get(2)),
            Double.parseDouble(given.get(3)),
            soFar -> write(file, soFar),
            Map.of());
    int status = 0;
    try {
      write(file, Suite.section(given.getFirst()).run(bench));
    } catch (final Exception e) {
      System.err.println("patchbay: " + given.getFirst() + ": " + e);
      e.printStackTrace(System.err);
      status = FAILED;
    }
    System.out.flush();
    Runtime.getRuntime().halt(status);
  }

  private static void write(final Path file, final Map<String, Object> result) {
    AtomicFiles.write(file, JsonMapper.shared().writeValueAsString(result));
  }
}
