/// Devices with too little memory, and several of them.
@NullMarked
package io.patchbay.tests.device;

import org.jspecify.annotations.NullMarked;
