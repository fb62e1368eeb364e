/// Known answers: effects, metrics and checks whose values follow from the model by hand.
@NullMarked
package io.patchbay.tests.science;

import org.jspecify.annotations.NullMarked;
