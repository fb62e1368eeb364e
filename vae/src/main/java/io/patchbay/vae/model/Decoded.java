package io.patchbay.vae.model;

import io.patchbay.engine.Node;

/// What a decoder makes of codes: its last values and the mean image, both (axis; C, H, W).
public record Decoded(Node logits, Node output) {}
