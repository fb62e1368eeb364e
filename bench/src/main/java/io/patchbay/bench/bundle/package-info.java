/// Everything that runs the project, in one archive that needs no Java on the machine.
@NullMarked
package io.patchbay.bench.bundle;

import org.jspecify.annotations.NullMarked;
