/// Scores of a representation, as functions of codes and factors alone.
@NullMarked
package io.patchbay.analysis.disentanglement;

import org.jspecify.annotations.NullMarked;
