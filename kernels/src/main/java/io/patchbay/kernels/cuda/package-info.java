/// The CUDA kernels, on a GPU or on the emulator.
@NullMarked
package io.patchbay.kernels.cuda;

import org.jspecify.annotations.NullMarked;
