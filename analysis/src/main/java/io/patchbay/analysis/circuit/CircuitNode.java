package io.patchbay.analysis.circuit;

/// A unit as a node of a circuit.
///
/// @param site the site whose unit this is
/// @param unit the unit's name there, such as a channel's number
/// @param layer depth of the site in the model's computation; edges go from lower to higher layers
public record CircuitNode(String site, String unit, int layer) {
  /// The node's name in files and pictures.
  public String name() {
    return site + "/" + unit;
  }
}
