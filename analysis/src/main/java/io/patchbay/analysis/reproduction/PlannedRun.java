package io.patchbay.analysis.reproduction;

import io.patchbay.vae.train.TrainConfig;
import io.patchbay.vae.train.Variant;

/// One model of a reproduction.
///
/// @param name of its run folder
/// @param config with the shape of the images
record PlannedRun(String name, Variant variant, long seed, int latent, TrainConfig config) {}
