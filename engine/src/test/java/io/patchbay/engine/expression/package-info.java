@NullMarked
package io.patchbay.engine.expression;

import org.jspecify.annotations.NullMarked;
