/// How fast, against what, how measured: the kernel suite, its peers and the micro-benchmarks.
@NullMarked
package io.patchbay.bench;

import org.jspecify.annotations.NullMarked;
