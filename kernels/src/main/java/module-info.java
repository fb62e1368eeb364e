/// The same table of kernels, for each backend.
module io.patchbay.kernels {
  requires static transitive org.jspecify;
  requires io.patchbay.engine;
  requires io.patchbay.ffi;
}
