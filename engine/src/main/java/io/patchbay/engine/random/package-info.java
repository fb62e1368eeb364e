/// Counter-based random numbers: every draw is a pure function of a seed, a stream and the names of
/// what is drawn, so it is the same alone or in a batch, on every backend.
@NullMarked
package io.patchbay.engine.random;

import org.jspecify.annotations.NullMarked;
