@NullMarked
package io.patchbay.kernels;

import org.jspecify.annotations.NullMarked;
