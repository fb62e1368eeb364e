package io.patchbay.analysis.report;

import io.patchbay.analysis.circuit.CircuitGraph;

/// The circuit of one factor.
///
/// @param factor its name, and in which part of the model
/// @param faithfulness share of the factor's effect that the circuit alone carries
/// @param completeness share that everything but the circuit carries
/// @param minimality least share that is lost with one of its edges
/// @param outcome what was read from the output
public record CircuitPage(
    String factor,
    String outcome,
    Estimate faithfulness,
    Estimate completeness,
    Estimate minimality,
    Search search,
    CircuitGraph graph) {

  /// How the circuit was found, and how far that can be trusted.
  ///
  /// @param probe R² of what reads the factor, on inputs held out
  /// @param edges of the whole part of the model
  /// @param missed share of the effect of all edges outside those that the screen would keep
  /// @param idle share of the circuit's edges that bring next to nothing each
  /// @param found faithfulness on the pairs that it was found on
  /// @param foundOn how many these are
  /// @param dropped held-out pairs that were left out, as the reading does not move in them
  public record Search(
      Estimate probe,
      long edges,
      Estimate missed,
      Estimate idle,
      double found,
      long foundOn,
      long dropped) {}
}
