/// Patched runs of a model: what comes before a site is computed once per input, what comes after
/// it once per cell. In go images, [io.patchbay.analysis.patch.Cell]s that say which unit becomes
/// what, and how far the change is carried alone; out come effects and values, one per cell, and
/// the control rows that show that patches arrive.
@NullMarked
package io.patchbay.analysis.patch;

import org.jspecify.annotations.NullMarked;
