package io.patchbay.engine.expression;

import io.patchbay.engine.expression.PatchProgram.Instruction;
import java.util.stream.Collectors;

/// A patch op as a CUDA device function of one unit, which takes what the op reads: float32, in the
/// order of the program, nothing of a host library, so that nvcc and NVRTC take it as it is, and a
/// host compiler where `__device__` is defined as nothing and `__fmul_rn` as a product. No product
/// is contracted with a sum, so that the bits are those of the kernels that interpret the program.
///
/// ```
/// __device__ inline float patch_blend(float clean, float source)
/// ```
final class CudaForm {
  private final PatchProgram program;

  private CudaForm(final PatchProgram program) {
    this.program = program;
  }

  static String of(final PatchOp op) {
    final var body = new CudaForm(op.program()).body();
    final var arguments =
        op.reads().stream().map(value -> "float " + value.text()).collect(Collectors.joining(", "));
    return "// "
        + op.toString().replaceAll("\\s+", " ")
        + "\n__device__ inline float "
        + function(op)
        + "("
        + arguments
        + ") {\n"
        + body
        + "}\n";
  }

  /// The name of the function.
  static String function(final PatchOp op) {
    return "patch_" + op.name().replaceAll("[^A-Za-z0-9]", "_");
  }

  @SuppressWarnings("EnumOrdinal") // operands are the order of the enum
  private String body() {
    final var text = new StringBuilder();
    final var names = new String[PatchProgram.REGISTER + PatchProgram.REGISTERS];
    for (final var value : PatchValue.values()) {
      names[value.ordinal()] = value.text();
    }
    for (int i = 0; i < program.constants().size(); i++) {
      names[PatchProgram.NAMED + i] = "(" + program.constants().get(i) + "f)";
    }
    int step = 0;
    for (final var instruction : program.instructions()) {
      final var name = "v" + step;
      if (instruction.code() == PatchProgram.Code.SIGMOID) {
        text.append(sigmoid(step, names[instruction.a()]));
      }
      text.append("  const float ").append(name).append(" = ");
      text.append(value(step, instruction, names)).append(";\n");
      names[instruction.to()] = name;
      step++;
    }
    return text.append("  return v").append(step - 1).append(";\n").toString();
  }

  /// What a sigmoid is made of: the exponential is taken of what is not positive.
  private static String sigmoid(final int step, final String x) {
    return "  const float e%1$d = expf(-fabsf(%2$s));\n  const float r%1$d = 1.0f / (1.0f + e%1$d);\n"
        .formatted(step, x);
  }

  private static String value(final int step, final Instruction i, final String[] names) {
    final var a = names[i.a()];
    final var b = names[i.b()];
    return switch (i.code()) {
      case MOVE -> a;
      case NEGATE -> "-" + a;
      case ABS -> "fabsf(" + a + ")";
      case EXP -> "expf(" + a + ")";
      case LOG -> "logf(" + a + ")";
      case SQRT -> "sqrtf(" + a + ")";
      case TANH -> "tanhf(" + a + ")";
      case SIGMOID -> a + " < 0.0f ? __fmul_rn(e" + step + ", r" + step + ") : r" + step;
      case FLOOR -> "floorf(" + a + ")";
      case ADD -> a + " + " + b;
      case SUBTRACT -> a + " - " + b;
      case MULTIPLY -> "__fmul_rn(" + a + ", " + b + ")";
      case DIVIDE -> a + " / " + b;
      // Not a number where either is not.
      case MIN -> "(" + b + " > " + a + " || " + a + " != " + a + ") ? " + a + " : " + b;
      case MAX -> "(" + a + " > " + b + " || " + a + " != " + a + ") ? " + a + " : " + b;
      case LESS -> "(" + a + " < " + b + ") ? 1.0f : 0.0f";
      case AT_MOST -> "(" + a + " <= " + b + ") ? 1.0f : 0.0f";
      case EQUAL -> "(" + a + " == " + b + ") ? 1.0f : 0.0f";
      case UNEQUAL -> "(" + a + " != " + b + ") ? 1.0f : 0.0f";
      case SELECT -> "(" + a + " != 0.0f) ? " + b + " : " + names[i.c()];
    };
  }
}
