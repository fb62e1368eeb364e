package io.patchbay.kernels.cuda;

import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;

/// A launch of a kernel.
record Call(Kernel kernel, Launch launch) {}
