/// What is in a bundle, and how it starts.
@NullMarked
package io.patchbay.bench.bundle;

import org.jspecify.annotations.NullMarked;
