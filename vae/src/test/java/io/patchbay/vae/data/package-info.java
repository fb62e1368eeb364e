@NullMarked
package io.patchbay.vae.data;

import org.jspecify.annotations.NullMarked;
