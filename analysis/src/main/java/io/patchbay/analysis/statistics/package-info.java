/// Intervals, tests and linear probes: deterministic functions of numbers and a seed.
@NullMarked
package io.patchbay.analysis.statistics;

import org.jspecify.annotations.NullMarked;
