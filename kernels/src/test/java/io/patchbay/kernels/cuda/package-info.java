@NullMarked
package io.patchbay.kernels.cuda;

import org.jspecify.annotations.NullMarked;
