package io.patchbay.tests.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What can be read from the sources alone: sizes, names, null-marking, services.
final class SourceRulesTest {
  private static final int LARGEST_MAIN = 400;
  private static final int LARGEST_KERNEL = 300;

  /// Columns of C++ and CUDA, as `.editorconfig` says; of Java the formatter knows.
  private static final int WIDEST_KERNEL = 120;

  /// Fewer files than this, and the rules have looked in the wrong place.
  private static final int FEWEST_FILES = 200;

  /// Words of unfinished work, cut so that this file does not hold them.
  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X|not imple" + "mented)\\b");

  /// Folders of one machine.
  private static final Pattern MACHINE =
      Pattern.compile("(?<![\\w.*])/(wo" + "rk|ro" + "ot|ho" + "me)/");

  private static final Pattern EMPTY_NAMES =
      Pattern.compile("\\w*(Impl|Util|Utils|Manager|Helper)\\.java|Abstract\\w*\\.java");

  private static final Pattern PROVIDES =
      Pattern.compile("provides\\s+([\\w.]+)\\s+with\\s+([^;]+);");

  private static final Pattern IMPORT = Pattern.compile("import\\s+([\\w.]+);");

  private static final List<Path> JAVA = Sources.java();

  private static String name(final Path path) {
    return Sources.root().relativize(path).toString();
  }

  private static boolean isMain(final Path path) {
    return name(path).contains("/src/main/");
  }

  private static List<Path> kernelSources() {
    return Sources.find(p -> Pattern.matches(".*\\.(cpp|c|h|cu|cuh)", p.toString()) && isMain(p));
  }

  @Test
  void theRulesSeeTheRepository() {
    assertTrue(JAVA.size() >= FEWEST_FILES, () -> "files=" + JAVA.size());
    assertTrue(kernelSources().size() >= 10, () -> "kernels=" + kernelSources().size());
  }

  @Test
  void filesAreSmall() {
    final var large = new TreeMap<String, Long>();
    JAVA.stream().filter(SourceRulesTest::isMain).forEach(p -> measure(p, LARGEST_MAIN, large));
    kernelSources().forEach(p -> measure(p, LARGEST_KERNEL, large));
    assertEquals(Map.of(), large);
  }

  private static void measure(final Path path, final int most, final Map<String, Long> large) {
    final long lines = Sources.text(path).lines().count();
    if (lines >= most) {
      large.put(name(path), lines);
    }
  }

  @Test
  void kernelsAreNotWide() {
    final var wide = new ArrayList<String>();
    for (final var path : kernelSources()) {
      int line = 0;
      for (final var text : Sources.text(path).lines().toList()) {
        line++;
        if (text.length() > WIDEST_KERNEL) {
          wide.add(name(path) + ":" + line + ": " + text.length());
        }
      }
    }
    assertEquals(List.of(), wide);
    assertTrue(
        Sources.text(Sources.root().resolve(".editorconfig"))
            .contains("h,cu,cuh}]\nindent_size = 2\nmax_line_length = " + WIDEST_KERNEL + "\n"));
  }

  @Test
  void everyPackageIsNullMarked() {
    final var unmarked = new TreeSet<String>();
    final var marked =
        JAVA.stream()
            .filter(p -> p.endsWith("package-info.java"))
            .filter(p -> Sources.text(p).contains("@NullMarked"))
            .map(SourceRulesTest::packageOf)
            .collect(Collectors.toSet());
    JAVA.stream()
        .filter(p -> !p.endsWith("module-info.java"))
        .map(SourceRulesTest::packageOf)
        .filter(p -> !marked.contains(p))
        .forEach(unmarked::add);
    assertEquals(Set.of(), unmarked);
  }

  /// Module and package, whether the file is a test or not.
  private static String packageOf(final Path file) {
    return name(file).replaceFirst("/[^/]+$", "").replaceFirst("/src/\\w+/java/", ": ");
  }

  @Test
  void nothingIsUnfinishedAndNothingNamesAMachine() {
    final var found = new ArrayList<String>();
    final var texts = new ArrayList<>(Sources.find(p -> isText(p.toString())));
    texts.add(Sources.root().resolve("README.md"));
    for (final var path : texts) {
      int line = 0;
      for (final var text : Sources.text(path).lines().toList()) {
        line++;
        if (UNFINISHED.matcher(text).find() || MACHINE.matcher(text).find()) {
          found.add(name(path) + ":" + line + ": " + text.strip());
        }
      }
    }
    assertEquals(List.of(), found);
  }

  private static boolean isText(final String path) {
    return Pattern.matches(".*\\.(java|cpp|c|h|cu|cuh|sh|js|css|html|yaml|json|md)", path);
  }

  @Test
  void namesSayWhatAThingIs() {
    final var empty =
        JAVA.stream()
            .filter(p -> EMPTY_NAMES.matcher(p.getFileName().toString()).matches())
            .map(SourceRulesTest::name)
            .toList();
    assertEquals(List.of(), empty);
  }

  @Test
  void importsAreNamed() {
    final var wild =
        JAVA.stream()
            .filter(p -> Sources.text(p).lines().anyMatch(l -> l.matches("import .*\\*;")))
            .map(SourceRulesTest::name)
            .toList();
    assertEquals(List.of(), wild);
  }

  /// On the module path `provides` counts, on the class path the service file.
  @Test
  void servicesAreDeclaredTwiceAndAgree() {
    final var inModules = new TreeMap<String, Set<String>>();
    final var inFiles = new TreeMap<String, Set<String>>();
    for (final var path : JAVA) {
      if (path.endsWith("module-info.java")) {
        provided(module(path), Sources.text(path), inModules);
      }
    }
    Sources.find(p -> name(p).contains("/META-INF/services/") && isMain(p))
        .forEach(p ->
            inFiles.put(
                module(p) + ": " + p.getFileName(),
                Sources.text(p)
                    .lines()
                    .map(String::strip)
                    .filter(l -> !l.isEmpty() && !l.startsWith("#"))
                    .collect(Collectors.toCollection(TreeSet::new))));
    // A module without a descriptor has only the file.
    inFiles
        .keySet()
        .removeIf(key ->
            !Files.exists(
                Sources.root()
                    .resolve(key.substring(0, key.indexOf(':')))
                    .resolve("src/main/java/module-info.java")));
    assertEquals(inModules, inFiles);
    assertTrue(
        inFiles.containsKey("kernels: io.patchbay.engine.BackendProvider"), inFiles::toString);
  }

  private static String module(final Path path) {
    return Sources.root().relativize(path).getName(0).toString();
  }

  private static void provided(
      final String module, final String descriptor, final Map<String, Set<String>> services) {
    final var imports =
        IMPORT
            .matcher(descriptor)
            .results()
            .map(r -> r.group(1))
            .collect(
                Collectors.toMap(full -> full.substring(full.lastIndexOf('.') + 1), full -> full));
    PROVIDES
        .matcher(descriptor)
        .results()
        .forEach(r ->
            services.put(
                module + ": " + imports.getOrDefault(r.group(1), r.group(1)),
                Arrays.stream(r.group(2).split(","))
                    .map(String::strip)
                    .map(n -> imports.getOrDefault(n, n))
                    .collect(Collectors.toCollection(TreeSet::new))));
  }
}
