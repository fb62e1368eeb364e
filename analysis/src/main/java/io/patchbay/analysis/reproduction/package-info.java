/// The paper's table and findings, made again from trained models and judged.
@NullMarked
package io.patchbay.analysis.reproduction;

import org.jspecify.annotations.NullMarked;
