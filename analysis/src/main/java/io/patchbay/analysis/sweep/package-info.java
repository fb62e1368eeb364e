/// Whole sweeps, from the plan to the effects. In go a model, data, a
/// [io.patchbay.analysis.sweep.folder.SweepPlan] and a folder; each input's cells are computed on
/// the way that [io.patchbay.analysis.sweep.route] finds, by what [io.patchbay.analysis.patch]
/// runs. Out come the folder's effects, controls around them and a part of the cells run again.
@NullMarked
package io.patchbay.analysis.sweep;

import org.jspecify.annotations.NullMarked;
