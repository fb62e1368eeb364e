/// Trees of elementwise ops as programs, as the kernels of every backend interpret them.
@NullMarked
package io.patchbay.kernels.expression;

import org.jspecify.annotations.NullMarked;
