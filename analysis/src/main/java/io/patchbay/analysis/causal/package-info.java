/// The causal graph of factors: learned from interventions on a model, and judged against a known
/// one. Deterministic functions of numbers and a seed; what runs the model is given.
@NullMarked
package io.patchbay.analysis.causal;

import org.jspecify.annotations.NullMarked;
