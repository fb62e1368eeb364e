package io.patchbay.bench.gpu;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/// The cases of the catalogue, once each, under NVIDIA's compute-sanitizer with each of its tools.
/// What it finds goes to `sanitizer.log`.
final class Sanitizer implements Section {
  private static final String PROGRAM = "compute-sanitizer";
  private static final List<String> TOOLS =
      List.of("memcheck", "racecheck", "synccheck", "initcheck");
  private static final int SECONDS = 200;
  private static final int LEAST = 10;
  private static final Pattern SUMMARY = Pattern.compile("(ERROR|RACECHECK) SUMMARY: (\\d+)");

  Sanitizer() {}

  @Override
  public String name() {
    return "sanitizer";
  }

  @Override
  public int seconds() {
    return SECONDS;
  }

  @Override
  public boolean runsHere() {
    return true;
  }

  @Override
  public Map<String, Object> run(final Bench bench) throws IOException, InterruptedException {
    final var result = new LinkedHashMap<String, Object>();
    final var program = program();
    if (program.isEmpty()) {
      result.put("skipped", PROGRAM + " is not on the PATH nor in /usr/local/cuda/bin");
      return result;
    }
    final var log = bench.out().resolve("sanitizer.log").toFile();
    Files.deleteIfExists(log.toPath());
    boolean passed = true;
    for (int i = 0; i < TOOLS.size(); i++) {
      final double seconds = bench.left() / (TOOLS.size() - i);
      if (seconds < LEAST) {
        passed = false;
        break;
      }
      final var row = run(bench, program, TOOLS.get(i), seconds, log);
      passed &= isClean(row);
      result.put(TOOLS.get(i), row);
      bench.keep(result);
    }
    result.put("passed", passed);
    return result;
  }

  /// Whether a tool came to its summary without an error, and what it watched ran to its end with
  /// the results of float64.
  static boolean isClean(final Map<String, Object> row) {
    return Integer.valueOf(0).equals(row.get("errors"))
        && Integer.valueOf(0).equals(row.get("status"))
        && row.get("cases") instanceof final Integer cases
        && cases > 0
        && Integer.valueOf(0).equals(row.get("faults"));
  }

  private static String program() {
    final var folders =
        new ArrayList<>(List.of(System.getenv().getOrDefault("PATH", "").split(":")));
    folders.add("/usr/local/cuda/bin");
    return folders.stream()
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, PROGRAM))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse("");
  }

  private static Map<String, Object> run(
      final Bench bench,
      final String program,
      final String tool,
      final double seconds,
      final File log)
      throws IOException, InterruptedException {
    final var found = Files.createTempFile("patchbay-sanitizer", ".log");
    final var cases = Files.createTempFile("patchbay-sanitizer", ".json");
    final var command =
        new ArrayList<>(
            List.of(
                program,
                "--tool",
                tool,
                "--target-processes",
                "all",
                "--print-limit",
                "20",
                "--log-file",
                found.toString()));
    // The cases end by themselves, so that the tool comes to its summary.
    command.addAll(
        ChildJvm.command(
            Conformance.once(), bench.options(), cases, bench.out(), seconds * 0.8 - 2));
    final long start = System.nanoTime();
    final int status = ChildJvm.run(command, seconds, log);
    final var text = Files.readString(found);
    Files.writeString(
        log.toPath(),
        "== " + tool + " ==\n" + text + "\n",
        StandardOpenOption.APPEND,
        StandardOpenOption.CREATE);
    final var row = new LinkedHashMap<String, Object>();
    row.put("status", status);
    row.put("seconds", (System.nanoTime() - start) * 1e-9);
    row.put("errors", errors(text));
    final var json = Files.readString(cases);
    if (!json.isBlank()) {
      final Map<?, ?> done = JsonMapper.shared().readValue(json, Map.class);
      row.put("cases", done.get("checked"));
      row.put("of", done.get("cases"));
      row.put("faults", done.get("faults"));
    }
    Files.deleteIfExists(found);
    Files.deleteIfExists(cases);
    return row;
  }

  /// What a tool counted; -1 where it came to no summary.
  static int errors(final String log) {
    final var matcher = SUMMARY.matcher(log);
    int errors = -1;
    while (matcher.find()) {
      errors = Math.max(errors, 0) + Integer.parseInt(matcher.group(2));
    }
    return errors;
  }
}
