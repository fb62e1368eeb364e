package io.patchbay.analysis.patch;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Weights;
import io.patchbay.vae.model.Vae;

/// The model that is intervened on, and where it runs.
public record Subject(Backend backend, Vae vae, Weights weights) {}
