/// The report of a run: what was measured, drawn on one page that opens without a network.
///
/// [io.patchbay.analysis.report.ReportModel] holds the numbers,
/// [io.patchbay.analysis.report.ReportWriter] makes the page of it, and
/// [io.patchbay.analysis.report.SummaryTable] the table for a terminal.
@NullMarked
package io.patchbay.analysis.report;

import org.jspecify.annotations.NullMarked;
