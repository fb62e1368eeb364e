@NullMarked
package io.patchbay.vae;

import org.jspecify.annotations.NullMarked;
