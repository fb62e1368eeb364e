/// What the GPU suite makes of figures, without a GPU.
@NullMarked
package io.patchbay.bench.gpu;

import org.jspecify.annotations.NullMarked;
