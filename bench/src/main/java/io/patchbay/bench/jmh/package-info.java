/// Micro-benchmarks on JMH: single calls and single kernels, each class saying what it measures.
@NullMarked
package io.patchbay.bench.jmh;

import org.jspecify.annotations.NullMarked;
