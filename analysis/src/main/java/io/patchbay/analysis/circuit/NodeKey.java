package io.patchbay.analysis.circuit;

/// What makes nodes of several circuits the same.
record NodeKey(String site, String unit) {
  static NodeKey of(final CircuitNode node) {
    return new NodeKey(node.site(), node.unit());
  }
}
