package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import java.util.List;
import java.util.Optional;

/// One way to compute a node, perhaps together with nodes it was computed from. Candidates are
/// asked in order, the special before the general, from the outputs of a plan backwards.
interface Candidate {
  /// The steps that make `node`, in order; empty when this way does not fit it.
  Optional<List<Step>> bind(Node node, Scope scope);
}
