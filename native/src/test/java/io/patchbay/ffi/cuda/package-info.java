@NullMarked
package io.patchbay.ffi.cuda;

import org.jspecify.annotations.NullMarked;
