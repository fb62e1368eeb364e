/// What the README says is so.
@NullMarked
package io.patchbay.tests.readme;

import org.jspecify.annotations.NullMarked;
