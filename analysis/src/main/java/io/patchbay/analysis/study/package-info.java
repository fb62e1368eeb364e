/// Whole studies of a trained model: the four levels of intervention, their metrics, and the
/// report.
@NullMarked
package io.patchbay.analysis.study;

import org.jspecify.annotations.NullMarked;
