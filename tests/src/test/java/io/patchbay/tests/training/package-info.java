/// Whole models: objectives against hand computation, training runs, trained models.
@NullMarked
package io.patchbay.tests.training;

import org.jspecify.annotations.NullMarked;
