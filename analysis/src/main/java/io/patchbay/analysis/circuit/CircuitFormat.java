package io.patchbay.analysis.circuit;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What a circuit can be written as.
public enum CircuitFormat {
  /// What [CircuitJson] reads again.
  JSON("json"),

  /// For graph programs: see [GraphMl].
  GRAPHML("graphml"),

  /// For Graphviz: see [Dot].
  DOT("dot");

  private final String label;

  CircuitFormat(final String label) {
    this.label = label;
  }

  /// Its name, also the ending of a file's name.
  public String label() {
    return label;
  }

  public static List<String> labels() {
    return Arrays.stream(values()).map(CircuitFormat::label).toList();
  }

  public static Optional<CircuitFormat> named(final String label) {
    return Arrays.stream(values()).filter(f -> f.label.equals(label)).findFirst();
  }

  /// The circuit as text that ends in a line break.
  ///
  /// @throws IllegalArgumentException for a weight that is not finite, or a name with a character
  ///   that the format cannot hold
  public String text(final FactorCircuit circuit) {
    return switch (this) {
      case JSON -> CircuitJson.text(circuit);
      case GRAPHML -> GraphMl.text(circuit);
      case DOT -> Dot.text(circuit);
    };
  }

  /// A number that every format holds, with all its digits.
  static String number(final double weight) {
    if (!Double.isFinite(weight)) {
      throw new IllegalArgumentException("weight of an edge is not finite: weight=" + weight);
    }
    return Double.toString(weight);
  }
}
