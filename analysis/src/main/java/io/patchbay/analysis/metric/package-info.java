/// Causal metrics as pure functions of effects and codes: no model, no data set, no engine type.
@NullMarked
package io.patchbay.analysis.metric;

import org.jspecify.annotations.NullMarked;
