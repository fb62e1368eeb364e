package io.patchbay.analysis.circuit;

/// A directed edge between two nodes of a graph, by their positions in its list.
///
/// @param weight the edge's effect, signed
public record CircuitEdge(int from, int to, double weight) {}
