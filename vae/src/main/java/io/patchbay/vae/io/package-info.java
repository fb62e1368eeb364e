/// File formats (npy, npz, safetensors), atomic writes and the run folder's lock. Readers throw
/// only [BadInputException] on bad input and never allocate more than the file's own size plus a
/// small constant before the size has been checked.
@NullMarked
package io.patchbay.vae.io;

import org.jspecify.annotations.NullMarked;
