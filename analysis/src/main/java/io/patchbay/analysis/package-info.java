@NullMarked
package io.patchbay.analysis;

import org.jspecify.annotations.NullMarked;
