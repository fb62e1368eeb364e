@NullMarked
package io.patchbay.vae.expression;

import org.jspecify.annotations.NullMarked;
