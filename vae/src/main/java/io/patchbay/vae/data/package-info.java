/// Data sets with known factors, generators with a known causal graph, image folders, and seeded
/// sampling of their rows.
@NullMarked
package io.patchbay.vae.data;

import org.jspecify.annotations.NullMarked;
