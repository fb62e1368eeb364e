/// One case per op and shape: what is computed, from which random values, how exactly.
@NullMarked
package io.patchbay.tests.cases;

import org.jspecify.annotations.NullMarked;
