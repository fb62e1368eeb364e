/// What training minimises, as graphs: the evidence lower bound and its variants.
@NullMarked
package io.patchbay.vae.objective;

import org.jspecify.annotations.NullMarked;
