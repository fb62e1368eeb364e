/// Where the states of a model lie in a slab of float32, whoever's memory that is.
@NullMarked
package io.patchbay.kernels.states;

import org.jspecify.annotations.NullMarked;
