package io.patchbay.kernels.cpu;

import io.patchbay.engine.Node;
import java.util.List;
import java.util.Optional;

/// One way to compute a node, perhaps together with nodes it was computed from. Candidates are
/// asked in order, the special before the general.
interface Candidate {
  /// The steps that make `node`, in order; empty when this way does not fit it.
  Optional<List<Step>> bind(Node node, Scope scope);
}
