package io.patchbay.analysis.report;

import io.patchbay.analysis.patch.GuardRun;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// All that a report says.
///
/// @param title of the page
/// @param summary one or two sentences under the title; may be empty
/// @param created when the run ended
/// @param made how it was made
/// @param guards account and controls of every sweep
/// @param notes limits of the figures, one sentence each
public record ReportModel(
    String title,
    String summary,
    Instant created,
    Provenance made,
    List<VariantReport> variants,
    List<GuardRun> guards,
    List<String> notes) {

  public ReportModel {
    variants = List.copyOf(variants);
    guards = List.copyOf(guards);
    notes = List.copyOf(notes);
    Set<String> names = new HashSet<>();
    for (VariantReport variant : variants) {
      if (!names.add(variant.name())) {
        throw new IllegalArgumentException("report: variant=" + variant.name() + ", named twice");
      }
    }
  }
}
