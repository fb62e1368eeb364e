/// Gradients against differences, in float64.
@NullMarked
package io.patchbay.tests.gradient;

import org.jspecify.annotations.NullMarked;
