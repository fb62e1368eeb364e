@NullMarked
package io.patchbay.tests.cases;

import org.jspecify.annotations.NullMarked;
