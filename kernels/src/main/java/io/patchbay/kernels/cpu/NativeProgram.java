package io.patchbay.kernels.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.patchbay.engine.expression.PatchProgram;
import java.lang.foreign.MemorySegment;

/// A patch program where kernels read it.
///
/// @param words address of the instructions
/// @param length how many
/// @param constants address of the constants
/// @param count how many
record NativeProgram(long words, int length, long constants, int count) {
  static NativeProgram of(final PatchProgram program, final Memory memory) {
    final var words = program.words();
    final var numbers = program.numbers();
    final var code = memory.permanent("patch program", 4L * words.length);
    final var constants = memory.permanent("patch constants", Math.max(4L, 4L * numbers.length));
    MemorySegment.copy(words, 0, code, JAVA_INT, 0, words.length);
    MemorySegment.copy(numbers, 0, constants, JAVA_FLOAT, 0, numbers.length);
    return new NativeProgram(
        code.address(), words.length / PatchProgram.WORDS, constants.address(), numbers.length);
  }
}
