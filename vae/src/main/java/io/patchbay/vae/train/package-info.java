/// Training runs: their configuration, their folder, and the trained models read from it.
@NullMarked
package io.patchbay.vae.train;

import org.jspecify.annotations.NullMarked;
