/// Running interventions: prefix once per input, suffix once per cell.
@NullMarked
package io.patchbay.analysis.sweep;

import org.jspecify.annotations.NullMarked;
