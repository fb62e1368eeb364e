package io.patchbay.tests.cases;

import java.util.List;
import java.util.stream.Stream;

/// Every case.
public final class Catalogue {
  private Catalogue() {}

  public static List<OpCase> all() {
    return Stream.of(
            ElementwiseCases.all(),
            ProductCases.all(),
            ConvCases.all(),
            PlaceCases.all(),
            RowCases.all(),
            PropagateCases.all(),
            CustomPatchCases.all(),
            CompositionCases.all())
        .flatMap(List::stream)
        .toList();
  }
}
