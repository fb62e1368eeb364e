/// The C++ kernels behind the engine's contract: plans become phases of kernel calls over blocks of
/// rows.
@NullMarked
package io.patchbay.kernels.cpu;

import org.jspecify.annotations.NullMarked;
