package io.patchbay.ffi.cuda;

/// A function that many threads of a device run at once.
public interface Kernel {
  String name();

  /// @param fields of its one parameter, a struct of fields of eight bytes each: addresses,
  ///   integers, and the bits of doubles
  void launch(Launch shape, long... fields);
}
