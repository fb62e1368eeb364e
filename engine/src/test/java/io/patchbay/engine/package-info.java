@NullMarked
package io.patchbay.engine;

import org.jspecify.annotations.NullMarked;
