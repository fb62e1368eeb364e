/// Call C, and nothing else.
module io.patchbay.ffi {
  requires static transitive org.jspecify;
  requires org.bytedeco.cuda;
  requires org.bytedeco.javacpp;

  exports io.patchbay.ffi;
  exports io.patchbay.ffi.cuda;
}
