/// What several backends recognise in a plan, to compute it in one step.
@NullMarked
package io.patchbay.kernels.fusing;

import org.jspecify.annotations.NullMarked;
