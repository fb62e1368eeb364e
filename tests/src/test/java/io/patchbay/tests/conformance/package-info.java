/// Every backend against the reference.
@NullMarked
package io.patchbay.tests.conformance;

import org.jspecify.annotations.NullMarked;
