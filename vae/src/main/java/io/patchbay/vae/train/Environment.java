package io.patchbay.vae.train;

import io.patchbay.engine.Backend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// Where this process runs, as results keep it in `environment.json`.
public final class Environment {
  private static final String UNKNOWN = "unknown";

  /// Written by the build.
  private static final String COMMIT = "commit.txt";

  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  private Environment() {}

  /// The commit of Patchbay, the device, the machine and the virtual machine; and where the device
  /// had too little memory so far, what became of it.
  public static Map<String, String> of(final Backend backend) {
    final var map = new LinkedHashMap<String, String>();
    map.put("commit", commit());
    map.put("backend", backend.name());
    map.put("device", backend.device());
    map.put("instructions", backend.instructions());
    final var shortages = backend.shortages().met();
    if (!shortages.isEmpty()) {
      map.put(
          "shortages", shortages.stream().map(Object::toString).collect(Collectors.joining("; ")));
    }
    map.put("cpu", cpu(PROCESSOR));
    map.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    map.put("java", System.getProperty("java.vendor.version", System.getProperty("java.version")));
    map.put("vm", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    map.put(
        "os",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"));
    map.put("heap", Long.toString(Runtime.getRuntime().maxMemory()));
    return map;
  }

  /// The commit of the checkout that this was built from, followed by `-dirty` where files differed
  /// from it; `unknown` of a build that was not made from one.
  public static String commit() {
    try (var text = Environment.class.getResourceAsStream(COMMIT)) {
      return text == null
          ? UNKNOWN
          : new String(text.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (final IOException e) {
      throw new UncheckedIOException(COMMIT + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /// The model of the first processor that a file in the format of `/proc/cpuinfo` names; `unknown`
  /// where it names none.
  static String cpu(final Path file) {
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> line.matches("model name\\s*:.*"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .filter(name -> !name.isEmpty())
          .findFirst()
          .orElse(UNKNOWN);
    } catch (final IOException | UncheckedIOException _) {
      return UNKNOWN;
    }
  }
}
