/// Architectures, and the graphs of the variational autoencoders made from them.
@NullMarked
package io.patchbay.vae.model;

import org.jspecify.annotations.NullMarked;
