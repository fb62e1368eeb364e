/// Devices that run CUDA kernels: a GPU through its driver, or an emulator on the host.
@NullMarked
package io.patchbay.ffi.cuda;

import org.jspecify.annotations.NullMarked;
