package io.patchbay.kernels.cpu;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Sizes;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One kernel call, bound to its values.
///
/// @param name the kernel's name, the same as of its source and bench row
/// @param axis the axis over whose rows it runs; null when it makes a value without rows
/// @param parts into how many shares a step without rows may be split
/// @param writes what it makes
/// @param reads what it reads at the same row, or whole when it has no rows
/// @param tables what it reads at other rows; whole before this step begins
/// @param body the call
record Step(
    String name,
    @Nullable Axis axis,
    int parts,
    List<Value> writes,
    List<Value> reads,
    List<Value> tables,
    Body body) {

  /// A call for `count` rows from `first` on, or for share `first` of `count`.
  interface Body {
    void run(Frame frame, int first, int count);
  }

  static Step rows(final String name, final Value write, final List<Value> reads, final Body body) {
    return rows(name, write, reads, List.of(), body);
  }

  static Step rows(
      final String name,
      final Value write,
      final List<Value> reads,
      final List<Value> tables,
      final Body body) {
    return new Step(name, write.axis(), 1, List.of(write), reads, tables, body);
  }

  static Step whole(
      final String name,
      final int parts,
      final Value write,
      final List<Value> reads,
      final Body body) {
    return new Step(name, null, parts, List.of(write), List.of(), reads, body);
  }

  /// Those that move the most bytes first, as a worker should take them.
  static List<Step> largestFirst(final List<Step> steps, final Sizes capacity) {
    return steps.stream()
        .sorted(Comparator.comparingLong((Step step) -> step.bytes(capacity)).reversed())
        .toList();
  }

  private long bytes(final Sizes capacity) {
    return Stream.of(writes, reads, tables)
        .flatMap(List::stream)
        .mapToLong(value -> capacity.of(value.axis()) * value.rowBytes())
        .sum();
  }
}
