/// The oracle: every op in plain Java, in float64, written for being read.
@NullMarked
package io.patchbay.kernels.reference;

import org.jspecify.annotations.NullMarked;
