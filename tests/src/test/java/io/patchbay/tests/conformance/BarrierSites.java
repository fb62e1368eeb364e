package io.patchbay.tests.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The barriers of CUDA sources, as the emulator numbers them: by file and line of the call, with a
/// colon between.
///
/// @param calls every barrier
/// @param unseen the lines that say `// unseen:`, with a barrier or without
record BarrierSites(Set<String> calls, Set<String> unseen) {
  /// How the emulator's headers name what it numbers.
  private static final Pattern NUMBERED =
      Pattern.compile(
          "pb_emulator::(?:block_barrier|warp_barrier|copy_wait)\\(.*"
              + "\\{\"(\\w+)\", file, line\\}");

  private static final Pattern COMMENT = Pattern.compile("//.*|/\\*(?s:.*?)\\*/");

  BarrierSites {
    calls = Set.copyOf(calls);
    unseen = Set.copyOf(unseen);
  }

  /// Those of the files of a folder, with the emulator in the folder beside them.
  static BarrierSites of(final Path folder) throws IOException {
    final var names = new TreeSet<String>();
    for (final var header : files(folder.resolve("emulator"), ".h")) {
      NUMBERED.matcher(Files.readString(header)).results().forEach(r -> names.add(r.group(1)));
    }
    final var calls = new TreeSet<String>();
    final var unseen = new TreeSet<String>();
    for (final var file : files(folder, ".cu", ".cuh")) {
      add(file.getFileName().toString(), Files.readString(file), names, calls, unseen);
    }
    return new BarrierSites(calls, unseen);
  }

  private static List<Path> files(final Path folder, final String... ends) throws IOException {
    try (var all = Files.list(folder)) {
      return all.filter(file -> Stream.of(ends).anyMatch(file.toString()::endsWith))
          .sorted()
          .toList();
    }
  }

  /// @param names of the functions that are barriers
  static void add(
      final String file,
      final String text,
      final Set<String> names,
      final Set<String> calls,
      final Set<String> unseen) {
    final var any = names.stream().map(Pattern::quote).collect(Collectors.joining("|"));
    // A type before the name makes it a definition.
    final var call =
        Pattern.compile("(?<!void )(?<!int )(?<!\\w)(?:" + any + ")\\s*(?:<[^;()]*>)?\\s*\\(");
    final var code =
        COMMENT.matcher(text).replaceAll(c -> "\n".repeat((int) c.group().lines().count() - 1));
    final var lines = new ArrayList<>(text.lines().toList());
    final var plain = code.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      final var site = file + ":" + (i + 1);
      if (i < plain.size() && call.matcher(plain.get(i)).find()) {
        calls.add(site);
      }
      if (lines.get(i).contains("// unseen:")) {
        unseen.add(site);
      }
    }
  }
}
