/// A small language of arithmetic over named numbers, for what a user writes in a file: it can
/// compute and nothing else.
@NullMarked
package io.patchbay.vae.expression;

import org.jspecify.annotations.NullMarked;
