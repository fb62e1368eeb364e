/// Results that are known without running anything.
@NullMarked
package io.patchbay.tests.known;

import org.jspecify.annotations.NullMarked;
