package io.patchbay.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.patchbay.bench.SweepWorkload;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Backends;
import io.patchbay.engine.Op.BinaryKind;
import io.patchbay.engine.Op.UnaryKind;
import io.patchbay.engine.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Every benchmark starts, checks its results and is measured, in as few rows and as short as it
/// goes; each says what it measures and how to run it; and every kernel has one.
final class BenchmarksTest {
  private static final Path SOURCES = Path.of("src/main/java/io/patchbay/bench/jmh");
  private static final Path KERNELS = Path.of("../kernels/src/main/cpp");
  private static final List<String> FEW = List.of("3");
  private static final List<String> FP32 = List.of("FP32");
  private static final List<String> BF16 = List.of("BF16");

  /// What is exported and no kernel: sizes, and what a machine has.
  private static final Pattern QUESTION = Pattern.compile(".*_(size|supported|flops)");

  private static final Pattern EXPORTED = Pattern.compile("PB_EXPORT \\w+ PB_NAME\\((\\w+)\\)");

  /// Another JMH on this machine disturbs measurements, and this is none.
  @BeforeAll
  static void besideOthers() {
    System.setProperty("jmh.ignoreLock", "true");
  }

  private static Stream<BenchmarkListEntry> listed() {
    final var silent = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
    return BenchmarkList.defaultList().getAll(silent, List.of()).stream();
  }

  static List<String> benchmarks() {
    return listed()
        .map(BenchmarkListEntry::getUserClassQName)
        .map(name -> name.substring(name.lastIndexOf('.') + 1))
        .distinct()
        .sorted()
        .toList();
  }

  @Test
  void theListIsThatOfTheSources() throws IOException {
    final var written = new TreeSet<String>();
    for (final var source : sources()) {
      final var text = Files.readString(source);
      if (source.toString().endsWith("Benchmark.java") && !text.contains("abstract class")) {
        written.add(source.getFileName().toString().replace(".java", ""));
      }
    }
    assertEquals(List.copyOf(written), benchmarks());
  }

  @ParameterizedTest
  @MethodSource("benchmarks")
  void runs(final String benchmark) throws RunnerException {
    for (final var parameters : parameters(benchmark)) {
      final var options =
          new OptionsBuilder()
              .include("\\." + benchmark + "\\.")
              .mode(Mode.Throughput)
              .forks(0)
              .warmupIterations(0)
              .measurementIterations(1)
              .measurementTime(TimeValue.milliseconds(1))
              .shouldFailOnError(true)
              .verbosity(VerboseMode.SILENT);
      parameters.forEach((name, values) -> options.param(name, values.toArray(String[]::new)));
      final var results = new Runner(options.build()).run();
      assertFalse(results.isEmpty(), benchmark);
      for (final var result : results) {
        final double score = result.getPrimaryResult().getScore();
        assertTrue(
            score > 0 && Double.isFinite(score),
            () -> result.getParams().id() + ": " + result.getPrimaryResult());
      }
    }
  }

  /// Those of each run of a benchmark, the others being all of their values: few rows, and not all
  /// that takes long together with all else.
  private static List<Map<String, List<String>>> parameters(final String benchmark) {
    return switch (benchmark) {
      case "SweepBenchmark" ->
          // The naive forms have a test of their own.
          List.of(
              Map.of(
                  "bases", List.of("1"),
                  "threads", List.of("2"),
                  "naive", List.of("false"),
                  "kind", kinds()));
      case "PropagateBenchmark" -> {
        final var single = Map.of("rows", FEW, "end", List.of("SQUARES"), "precision", FP32);
        final var half = Map.of("rows", FEW, "end", List.of("PRODUCTS"), "precision", BF16);
        yield rounds() ? List.of(single, half) : List.of(single);
      }
      case "PackBenchmark" -> List.of(Map.of("form", forms()));
      default -> List.of(Map.of("rows", FEW));
    };
  }

  private static List<String> forms() {
    return Stream.of(PackBenchmark.Form.values())
        .map(Enum::name)
        .filter(name -> rounds() || !name.equals("CARRIED_BF16"))
        .toList();
  }

  private static List<String> kinds() {
    return values("SweepBenchmark", "kind")
        .filter(name -> rounds() || !name.equals("Z_GRID_BF16"))
        .toList();
  }

  /// The values of a parameter that a benchmark runs with by itself.
  private static Stream<String> values(final String benchmark, final String parameter) {
    return listed()
        .filter(entry -> entry.getUserClassQName().endsWith("." + benchmark))
        .flatMap(entry -> Stream.of(entry.getParams().get().get(parameter)))
        .distinct();
  }

  @Test
  void everyKindOfSweepIsMeasured() {
    final var all =
        Stream.of(SweepWorkload.values())
            .filter(kind -> kind != SweepWorkload.Z_GRID_TF32)
            .map(Enum::name)
            .toList();
    assertEquals(all, values("SweepBenchmark", "kind").toList());
  }

  @Test
  void everyElementwiseFunctionIsMeasured() {
    final var all =
        Stream.concat(Stream.of(UnaryKind.values()), Stream.of(BinaryKind.values()))
            .map(Enum::name)
            .toList();
    assertEquals(all, values("ElementwiseBenchmark", "function").toList());
  }

  /// Whether this machine has kernels in bf16.
  private static boolean rounds() {
    try (var backend = Backends.open("cpu", new Settings(1, 1L << 20)).backend()) {
      return backend.precisions().contains(Precision.BF16);
    }
  }

  @ParameterizedTest
  @MethodSource("benchmarks")
  void saysWhatItMeasuresAndHowToRunIt(final String benchmark) throws IOException {
    final var text = Files.readString(SOURCES.resolve(benchmark + ".java"));
    final var comment =
        text.lines()
            .filter(line -> line.startsWith("///"))
            .map(line -> line.substring(3).strip())
            .collect(Collectors.joining(" "));
    final var start =
        "Run: `java -cp 'bench/target/*:bench/target/lib/*' org.openjdk.jmh.Main " + benchmark;
    assertTrue(comment.contains(start + " -rf json -rff "), comment);
    assertTrue(comment.contains("perations"), comment);
    assertTrue(comment.contains("ytes"), comment);
  }

  /// By its name, which a benchmark has in its comment or checks in its program.
  @Test
  void everyKernelIsMeasured() throws IOException {
    final var all = new StringBuilder();
    for (final var source : sources()) {
      all.append(Files.readString(source));
    }
    final var kernels = new TreeSet<String>();
    try (var files = Files.list(KERNELS)) {
      for (final var file : files.filter(path -> path.toString().endsWith(".cpp")).toList()) {
        EXPORTED
            .matcher(Files.readString(file))
            .results()
            .map(found -> found.group(1))
            .filter(name -> !QUESTION.matcher(name).matches())
            .forEach(kernels::add);
      }
    }
    assertTrue(kernels.size() >= 30, kernels::toString);
    kernels.removeIf(name ->
        Stream.of("`" + name + "`", "\"" + name + "\"").anyMatch(text -> all.indexOf(text) >= 0));
    assertEquals(new TreeSet<>(), kernels);
  }

  private static List<Path> sources() throws IOException {
    try (var files = Files.list(SOURCES)) {
      final var list = files.sorted().toList();
      assertFalse(list.isEmpty());
      return list;
    }
  }
}
