/// A small language of arithmetic over named numbers, for what a user writes in a file or on the
/// command line: it can compute and nothing else. A part of it compiles to programs that kernels
/// interpret: the patch ops of one's own.
@NullMarked
package io.patchbay.engine.expression;

import org.jspecify.annotations.NullMarked;
