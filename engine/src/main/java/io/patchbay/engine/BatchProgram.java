package io.patchbay.engine;

import java.util.function.IntFunction;

/// A program for rows that are independent of each other, of as many at a time as were wanted, or
/// as its device has memory for: fewer from the start where its plan tells ([Backend#rows]), and
/// half as many where there is less than that (see [Shortages]).
///
/// @param rows at a time, at most
public record BatchProgram(Program program, int rows) implements AutoCloseable {
  /// Loads a plan, with half as many rows as long as there is no room for it.
  ///
  /// @param rows wanted at a time
  /// @param plan of a number of rows
  /// @throws DeviceMemoryException when there is no room for one row
  public static BatchProgram load(
      final Backend backend, final Weights weights, final int rows, final IntFunction<Plan> plan) {
    return load(backend, weights, rows, 1, plan);
  }

  /// As above, with no fewer rows than `least`.
  public static BatchProgram load(
      final Backend backend,
      final Weights weights,
      final int rows,
      final int least,
      final IntFunction<Plan> plan) {
    int now = backend.rows(rows, weights, plan);
    final int floor = Math.min(now, least);
    while (true) {
      try {
        return new BatchProgram(backend.load(plan.apply(now), weights), now);
      } catch (final DeviceMemoryException e) {
        final int fewer = Math.max(1, now / 2);
        if (fewer < floor || fewer == now) {
          throw e.with(now == 1 ? "with 1 row" : "with " + now + " rows");
        }
        backend.shortages().meet(e, now, fewer);
        now = fewer;
      }
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
