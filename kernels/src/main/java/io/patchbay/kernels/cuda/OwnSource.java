package io.patchbay.kernels.cuda;

import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchValue;
import io.patchbay.ffi.NativeException;
import io.patchbay.ffi.cuda.KernelSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The source of kernels with one op of a user's own in the place where others interpret programs
/// (`patch_program.cuh`): the same files that nvcc made the others of, which lie beside them.
final class OwnSource {
  private static final String FOLDER = "sources/";
  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"([^\"]+)\"$");

  private OwnSource() {}

  /// @param source file of the kernels, without `.cu`
  /// @param kernel that is wanted; others of a file that says so are left out
  static KernelSource of(final PatchOp op, final String source, final String kernel) {
    final var own = "own/" + op.cudaName() + ".cuh";
    final var file = source + ".cu";
    final var headers = new HashMap<String, String>();
    add(file, headers);
    add("patch_unit.cuh", headers);
    final boolean alone = headers.getOrDefault(file, "").contains("defined(PB_ONE_" + kernel + ")");
    final var text =
        "#define PB_PATCH_OP\n"
            + (alone ? "#define PB_ONE\n#define PB_ONE_" + kernel + "\n" : "")
            + "#include \"patch_unit.cuh\"\nnamespace own {\n#include \""
            + own
            + "\"\n}\nPB_DEVICE float patch_op(const PatchUnit &unit) { return own::"
            + op.cudaName()
            + op.reads().stream().map(OwnSource::value).collect(Collectors.joining(", ", "(", ")"))
            + "; }\n#include \""
            + file
            + "\"\n";
    headers.put(own, op.cuda());
    return new KernelSource(source + " of " + op.name(), text, headers);
  }

  private static String value(final PatchValue value) {
    return switch (value) {
      case CLEAN -> "unit.clean";
      case SOURCE -> "unit.source";
      case MEAN -> "unit.mean";
      case VALUE -> "unit.value";
      case UNIT -> "unit.index()";
      case CHANNEL -> "unit.channel()";
      case ROW -> "unit.row()";
      case COLUMN -> "unit.column()";
      case RANDOM -> "unit.random()";
    };
  }

  /// Adds a file and what it includes, as far as they are kernels' own.
  private static void add(final String name, final Map<String, String> headers) {
    if (headers.containsKey(name)) {
      return;
    }
    read(name)
        .ifPresent(text -> {
          headers.put(name, text);
          INCLUDE.matcher(text).results().forEach(include -> add(include.group(1), headers));
        });
  }

  private static Optional<String> read(final String name) {
    try (var in = OwnSource.class.getResourceAsStream(FOLDER + name)) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (final IOException e) {
      throw new NativeException("kernel source cannot be read: name=" + name, e);
    }
  }
}
