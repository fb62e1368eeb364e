@NullMarked
package io.patchbay.kernels.cpu;

import org.jspecify.annotations.NullMarked;
