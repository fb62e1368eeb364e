/// A sweep as it is asked for and as it lies on disk. In go a plan, the units that it names and the
/// effects of shard after shard; out come `plan.json`, shards with their accounts, the joined
/// effects, and tables of them. Nothing here runs a model.
@NullMarked
package io.patchbay.analysis.sweep.folder;

import org.jspecify.annotations.NullMarked;
