/// Everything that is checked and measured on one machine with a GPU, by one command.
@NullMarked
package io.patchbay.bench.gpu;

import org.jspecify.annotations.NullMarked;
