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
    CircuitGraph graph) {}
