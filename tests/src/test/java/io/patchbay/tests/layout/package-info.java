/// Rules about the repository itself: format, dependencies, sizes.
@NullMarked
package io.patchbay.tests.layout;

import org.jspecify.annotations.NullMarked;
