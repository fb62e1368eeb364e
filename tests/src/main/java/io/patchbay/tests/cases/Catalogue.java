package io.patchbay.tests.cases;

import java.util.List;
import java.util.stream.Stream;

/// Every case.
public final class Catalogue {
  private Catalogue() {}

  /// With operands of fewer bits than float32, for backends that have them.
  public static List<OpCase> narrow() {
    return NarrowCases.all();
  }

  public static List<OpCase> all() {
    return Stream.of(
            ElementwiseCases.all(),
            ProductCases.all(),
            ConvCases.all(),
            PlaceCases.all(),
            RowCases.all(),
            PropagateCases.all(),
            DirectionCases.all(),
            SquareCases.all(),
            CustomPatchCases.all(),
            CompositionCases.all())
        .flatMap(List::stream)
        .toList();
  }
}
