package io.patchbay.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Whether nvcc left a register of a kernel without a value. From an array of four that an unrolled
/// loop indexed by `3 - 3 * odd`, nvcc 13.0 dropped the first element and read a register in its
/// place that nothing writes: no warning, nothing that compute-sanitizer finds, wrong results.
class UndefinedRegisterTest {
  private static final Path OBJECTS = Path.of("target", "cuda", "objects");
  private static final Pattern ENTRY = Pattern.compile("\\.entry (\\w+)\\(");
  private static final Pattern REGISTER = Pattern.compile("%[a-z]+\\d+");
  private static final Pattern INSTRUCTION =
      Pattern.compile("(?:@!?(%p\\d+)\\s+)?([a-z][\\w.:]*)\\s+(.*?);?");

  /// Instructions that write no register; they name only what they read. Of barriers those that
  /// count votes do write one.
  private static final Pattern READS_ONLY =
      Pattern.compile("(st|bra|(bar|barrier)(?!\\S*\\.red)|red|cp|ret|membar|fence|prefetch)\\b.*");

  @Test
  void everyRegisterThatIsReadIsWritten() throws IOException {
    final List<Path> files;
    try (var all = Files.exists(OBJECTS) ? Files.list(OBJECTS) : Stream.<Path>of()) {
      files = all.filter(f -> f.toString().endsWith(".ptx")).sorted().toList();
    }
    Assumptions.assumeFalse(files.isEmpty(), "the build had no nvcc");
    final var problems = new ArrayList<String>();
    for (final var file : files) {
      problems.addAll(undefined(file.getFileName() + " ", Files.readAllLines(file)));
    }
    assertEquals(List.of(), problems);
  }

  @Test
  void aRegisterWithoutAValueIsFound() {
    final var text =
        """
        .visible .entry sum(
        .param .align 8 .b8 sum_param_0[16]
        )
        {
        .reg .f32 %f<4>;
        ld.param.u64 %rd1, [sum_param_0];
        ld.global.f32 %f1, [%rd1+4];
        add.f32 %f3, %f1, %f2;
        @%p1 st.global.f32 [%rd1], %f3;
        ret;
        }
        """;
    assertEquals(List.of("sum: %f2 %p1"), undefined("", text.lines().toList()));
    final var whole =
        text.replace(
            "ret;",
            """
            mov.f32 %f2, %f1;
            setp.gt.f32 %p1|%p2, %f1, %f2;
            bar.sync 0;
            bar.red.popc.u32 %r1, 0, %p1;
            st.global.u32 [%rd1], %r1;
            ret;\
            """);
    assertEquals(List.of(), undefined("", whole.lines().toList()));
  }

  /// A line for each kernel that reads what nothing writes.
  private static List<String> undefined(final String prefix, final List<String> lines) {
    final var problems = new ArrayList<String>();
    String kernel = "";
    final Set<String> written = new HashSet<>();
    final Set<String> read = new TreeSet<>();
    for (final var line : lines) {
      final var entry = ENTRY.matcher(line);
      if (entry.find()) {
        kernel = entry.group(1);
      } else if (line.equals("}")) {
        read.removeAll(written);
        if (!read.isEmpty()) {
          problems.add(prefix + kernel + ": " + String.join(" ", read));
        }
        read.clear();
        written.clear();
      } else {
        note(line.strip(), written, read);
      }
    }
    return problems;
  }

  private static void note(final String line, final Set<String> written, final Set<String> read) {
    final var parts = INSTRUCTION.matcher(line);
    if (line.startsWith(".") || line.startsWith("//") || !parts.matches()) {
      return;
    }
    if (parts.group(1) != null) {
      read.add(parts.group(1));
    }
    final var operands = parts.group(3);
    final int results = READS_ONLY.matcher(parts.group(2)).matches() ? 0 : results(operands);
    registers(operands.substring(0, results), written);
    registers(operands.substring(results), read);
  }

  /// Where the results end: at the first comma outside of brackets.
  private static int results(final String operands) {
    int depth = 0;
    for (int i = 0; i < operands.length(); i++) {
      switch (operands.charAt(i)) {
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        case ',' -> {
          if (depth == 0) {
            return i;
          }
        }
        default -> {}
      }
    }
    return operands.length();
  }

  private static void registers(final String text, final Set<String> to) {
    REGISTER.matcher(text).results().map(m -> m.group()).forEach(to::add);
  }
}
