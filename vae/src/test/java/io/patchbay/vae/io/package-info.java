@NullMarked
package io.patchbay.vae.io;

import org.jspecify.annotations.NullMarked;
