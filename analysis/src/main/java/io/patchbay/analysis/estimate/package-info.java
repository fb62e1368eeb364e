/// Effects estimated from a part of a sweep's cells: opt-in, seeded, and always called approximate.
@NullMarked
package io.patchbay.analysis.estimate;

import org.jspecify.annotations.NullMarked;
