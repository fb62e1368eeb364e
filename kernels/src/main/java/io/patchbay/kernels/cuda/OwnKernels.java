package io.patchbay.kernels.cuda;

import io.patchbay.engine.Op;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.PatchForm;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.ffi.NativeException;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.SourceCompiler;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Kernels for ops of a user's own. Where the device compiles sources each op has kernels of its
/// own, once its CUDA form has been found to agree with its Java form; elsewhere kernels interpret
/// its program. So they do everywhere where an op is the derivative of another: a gradient is soon
/// computed, and compiling it is not.
final class OwnKernels {
  private final Device device;
  private final Set<PatchOp> agreeing = new HashSet<>();
  private @Nullable SourceCompiler compiler;

  OwnKernels(final Device device) {
    this.device = device;
  }

  /// Whether an op is compiled here.
  boolean compiles(final PatchOp op) {
    return !op.isDerivative() && compiler().present();
  }

  PatchForm form(final PatchOp op) {
    if (compiles(op)) {
      return PatchForm.of("compiled by " + compiler().text());
    }
    if (op.isDerivative()) {
      return PatchForm.of("interpreted");
    }
    return new PatchForm(
        op.isHandWritten() ? "not at all" : "interpreted", Optional.of(compiler().text()));
  }

  private SourceCompiler compiler() {
    if (compiler == null) {
      compiler = device.compiler();
    }
    return compiler;
  }

  /// A kernel for an op.
  ///
  /// @param source file of the kernel, without `.cu`
  /// @throws IllegalArgumentException when the op is hand-written and does not compile, or does not
  ///   agree with its Java function, or nothing compiles it here
  Kernel kernel(final PatchOp op, final String source, final String name) {
    if (!compiles(op)) {
      program(op);
      return device.kernel(source, name);
    }
    if (!agreeing.contains(op)) {
      OwnAgreement.check(op, compiled(op, "patch_values", "patch_values"), device);
      agreeing.add(op);
    }
    return compiled(op, source, name);
  }

  /// The kernel for a carried change: of the op of one's own that makes it, if one does.
  ///
  /// @throws IllegalArgumentException as for an op
  Kernel kernel(final Propagate change, final String source, final String name) {
    return change
        .own()
        .map(own -> kernel(own.op(), source, name))
        .orElseGet(() -> device.kernel(source, name));
  }

  private Kernel compiled(final PatchOp op, final String source, final String name) {
    try {
      return device.kernel(OwnSource.of(op, source, name), name);
    } catch (final NativeException e) {
      final var first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IllegalArgumentException("patch op " + op.name() + ": " + first, e);
    }
  }

  /// What kernels are told of an op: the program to interpret, or none where it is compiled.
  PatchCode program(final PatchOp op) {
    if (compiles(op)) {
      return PatchCode.NONE;
    }
    if (op.isHandWritten()) {
      throw new IllegalArgumentException(
          new Op.CustomPatch(op)
              + ": nothing here compiles its CUDA function: "
              + compiler().text()
              + "; on the CPU its Java function runs");
    }
    return PatchCode.of(op.program());
  }
}
