@NullMarked
package io.patchbay.kernels.reference;

import org.jspecify.annotations.NullMarked;
