package io.patchbay.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchValue;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The CUDA form of patch ops: a device function that nvcc takes, and that gives the numbers of the
/// Java form when a host compiler makes it.
final class CudaFormTest {
  private static final List<PatchOp> OPS =
      List.of(
          PatchOp.define("blend", "clean + alpha * (source - clean)", Map.of("alpha", 0.3)),
          PatchOp.define("shrink-2.x", "clean > mean ? mean + (clean - mean) / 2 : -source"),
          PatchOp.define("places", "0.01 * unit + channel - row / (1 + abs(column))"),
          PatchOp.define("drawn", "random < 0.4 ? source : clean * random"),
          PatchOp.define("set", "value"),
          PatchOp.define("zero", "0"),
          PatchOp.define("order", "(clean <= mean) + 2 * (clean == source) + 4 * (clean != value)"),
          PatchOp.define(
              "functions",
              "tanh(clean) + sigmoid(source) * exp(mean) - floor(clean) + sqrt(abs(mean))"
                  + " + log(3 + value) + clamp(clean, min(source, mean), max(source, mean))"
                  + " + clean^3 + (3 + source)^-2"));

  @TempDir private static Path folder;

  private static boolean has(final String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(place -> Files.isExecutable(Path.of(place).resolve(program)));
  }

  private static String run(final String... words) throws IOException, InterruptedException {
    final var process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    final var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    return text;
  }

  private static List<PatchOp> all() {
    final var all = new ArrayList<>(OPS);
    all.add(OPS.getLast().derivative(PatchValue.CLEAN));
    return all;
  }

  @Test
  void aHostCompilerMakesTheSameNumbers() throws IOException, InterruptedException {
    assumeTrue(has("g++"), "no g++ here");
    final var source = new StringBuilder("#include <cmath>\n#include <cstdio>\n");
    source.append("#define __device__\n#define __fmul_rn(a, b) ((a) * (b))\n");
    final var main = new StringBuilder("int main() {\n");
    final var expected = new ArrayList<Double>();
    final var random = new SplittableRandom(3);
    for (final var op : all()) {
      source.append(op.cuda());
      for (int i = 0; i < 20; i++) {
        final var evaluator = op.evaluator();
        final var arguments = new ArrayList<String>();
        for (final var value : PatchValue.values()) {
          final float number = (float) random.nextDouble(-2, 2);
          evaluator.set(value, number);
          if (op.reads(value)) {
            arguments.add(number + "f");
          }
        }
        expected.add(evaluator.run());
        main.append("  std::printf(\"%.9g\\n\", ").append(op.cudaName());
        main.append("(").append(String.join(", ", arguments)).append("));\n");
      }
    }
    source.append(main).append("}\n");
    final var file = folder.resolve("ops.cpp");
    final var program = folder.resolve("ops");
    Files.writeString(file, source);
    run("g++", "-Wall", "-Wextra", "-Werror", "-O1", "-o", program.toString(), file.toString());
    final var found = run(program.toString()).lines().toList();
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < found.size(); i++) {
      final double exact = expected.get(i);
      final var op = all().get(i / 20);
      assertEquals(
          exact, Double.parseDouble(found.get(i)), 1e-5 * (1 + Math.abs(exact)), op::toString);
    }
  }

  @Test
  void nvccTakesThem() throws IOException, InterruptedException {
    assumeTrue(has("nvcc"), "no nvcc here");
    final var source = new StringBuilder();
    for (final var op : all()) {
      source.append(op.cuda());
    }
    source.append("extern \"C\" __global__ void patch(float *y) {\n");
    source.append("  y[threadIdx.x] = patch_blend(y[0], y[1]);\n}\n");
    final var file = folder.resolve("ops.cu");
    final var code = folder.resolve("ops.ptx");
    Files.writeString(file, source);
    run(
        "nvcc",
        "-ptx",
        "-arch=sm_80",
        "-Werror",
        "all-warnings",
        "-o",
        code.toString(),
        file.toString());
    assertTrue(Files.readString(code).contains(".entry patch"));
  }
}
