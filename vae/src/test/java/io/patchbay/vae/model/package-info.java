@NullMarked
package io.patchbay.vae.model;

import org.jspecify.annotations.NullMarked;
