package io.patchbay.engine;

import java.util.function.IntFunction;

/// A program for rows that are independent of each other, of as many at a time as were wanted, or
/// as its device has memory for.
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
    int now = rows;
    while (true) {
      try {
        return new BatchProgram(backend.load(plan.apply(now), weights), now);
      } catch (final DeviceMemoryException e) {
        if (now <= 1) {
          throw e.with("with 1 row");
        }
        backend.shortages().meet(e, now, now / 2);
        now /= 2;
      }
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
