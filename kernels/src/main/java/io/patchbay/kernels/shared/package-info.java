/// What several backends share: what they recognise in a plan to compute it in one step, and where
/// the states of a model lie.
@NullMarked
package io.patchbay.kernels.shared;

import org.jspecify.annotations.NullMarked;
