/// Circuits: which units of a model carry a factor through which edges, and the motifs they make.
@NullMarked
package io.patchbay.analysis.circuit;

import org.jspecify.annotations.NullMarked;
