@NullMarked
package io.patchbay.vae.train;

import org.jspecify.annotations.NullMarked;
