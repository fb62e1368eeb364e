/// Call C, and nothing else: libraries, their functions, and the account of host memory.
@NullMarked
package io.patchbay.ffi;

import org.jspecify.annotations.NullMarked;
