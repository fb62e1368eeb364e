/// What is changed where: sites, units, operations.
@NullMarked
package io.patchbay.analysis.intervention;

import org.jspecify.annotations.NullMarked;
