package io.patchbay.bench;

/// Something that does a batch of work again and again, in one fixed form, on one thread at a time.
public interface Timed extends AutoCloseable {
  /// Layout and batch, as printed beside the figure.
  String form();

  /// Items that one run handles.
  int batch();

  /// Does the `turn`-th batch, counted modulo those there are.
  void run(int turn);

  @Override
  void close();
}
