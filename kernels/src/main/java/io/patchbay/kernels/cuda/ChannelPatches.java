package io.patchbay.kernels.cuda;

import java.util.List;

/// What kernels of one channel are given of their cells, in the order of their list
/// (`change_list`), and what they find.
///
/// @param source row that a cell takes from
/// @param ranges its number, its first unit and the end
/// @param numbers the five of its patch
/// @param found 1 where nothing changes, else 0
record ChannelPatches(Value source, Value ranges, Value numbers, Value found) {
  private static final int RANGE = 3;
  private static final int NUMBERS = 5;

  /// @param name of what they belong to
  static ChannelPatches of(final Scope scope, final String name, final int rows) {
    return new ChannelPatches(
        scope.scratch("listed source" + name, null, rows),
        scope.scratch("listed ranges" + name, null, RANGE * rows),
        scope.scratch("listed numbers" + name, null, NUMBERS * rows),
        scope.scratch("found" + name, null, rows));
  }

  List<Value> all() {
    return List.of(source, ranges, numbers, found);
  }
}
