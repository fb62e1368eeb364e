import io.patchbay.engine.BackendProvider;
import io.patchbay.kernels.cpu.CpuProvider;
import io.patchbay.kernels.cuda.CudaProvider;
import io.patchbay.kernels.reference.ReferenceProvider;

/// The same table of kernels, for each backend.
module io.patchbay.kernels {
  requires static transitive org.jspecify;
  requires transitive io.patchbay.engine;
  requires transitive io.patchbay.ffi;

  exports io.patchbay.kernels.cpu;
  exports io.patchbay.kernels.cuda;
  exports io.patchbay.kernels.reference;

  provides BackendProvider with
      CpuProvider,
      CudaProvider,
      ReferenceProvider;
}
