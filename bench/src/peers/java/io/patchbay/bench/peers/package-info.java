/// The libraries that the suite compares with; compiled only with the profile `peers`.
@NullMarked
package io.patchbay.bench.peers;

import org.jspecify.annotations.NullMarked;
