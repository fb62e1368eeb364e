package io.patchbay.analysis.circuit;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// The circuit that carries one factor.
///
/// @param factor its name
/// @param units how many units a circuit could have had at each site, where that is known
public record FactorCircuit(String factor, CircuitGraph graph, SortedMap<String, Integer> units) {
  public FactorCircuit {
    units = Collections.unmodifiableSortedMap(new TreeMap<>(units));
  }
}
