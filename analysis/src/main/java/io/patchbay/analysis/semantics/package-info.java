/// What units mean: which factors each carries, the label that follows, and where a factor can be
/// read linearly. Pure functions of effects and activations: no model, no data set.
@NullMarked
package io.patchbay.analysis.semantics;

import org.jspecify.annotations.NullMarked;
