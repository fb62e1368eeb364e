package io.patchbay.vae.train;

import java.nio.file.Path;
import java.util.Optional;

/// How a call of [Trainer#run] ended.
///
/// @param step updates done, all calls together
/// @param interrupted whether it was stopped before its last step; a checkpoint of `step` is there
/// @param last the losses of the last step of this call, if it made any
public record TrainResult(Path folder, long step, boolean interrupted, Optional<Losses> last) {}
