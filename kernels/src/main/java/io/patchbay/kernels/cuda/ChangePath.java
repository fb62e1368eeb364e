package io.patchbay.kernels.cuda;

import java.util.List;

/// A way in which the changes of a window of cells, each as a whole, go through all of their
/// layers.
interface ChangePath {
  /// Bytes that one cell needs on its way.
  long bytes();

  /// Takes room for as many cells at once.
  ///
  /// @return what the path writes beside the results
  List<Value> place(int window);

  List<Value> reads();

  /// Where the patches' own changes stand, (window; d) float32.
  long start();

  /// Carries them, and writes the results of these cells.
  void run(CellList cells);
}
