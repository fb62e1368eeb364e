package io.patchbay.kernels.cuda;

import java.util.List;

/// The cells of a chunk that are carried on, in the device's memory (`change_site.cu`).
///
/// @param chunk the most cells
/// @param place (chunk) the number of each cell among those carried on, or less than 0
/// @param list (chunk) the cell of each number
/// @param bases (chunk) its base
/// @param count how many there are
record CarriedCells(int chunk, Value place, Value list, Value bases, Value count) {
  static CarriedCells of(final String name, final int chunk, final Scope scope) {
    return new CarriedCells(
        chunk,
        scope.scratch("place(" + name + ")", null, chunk),
        scope.scratch("list(" + name + ")", null, chunk),
        scope.scratch("bases(" + name + ")", null, chunk),
        scope.scratch("carried(" + name + ")", null, 1));
  }

  List<Value> values() {
    return List.of(place, list, bases, count);
  }
}
