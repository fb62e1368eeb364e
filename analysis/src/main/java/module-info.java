/// Ask what would have happened: interventions, effects, metrics, reports, the command line.
module io.patchbay.analysis {
  requires static transitive org.jspecify;
  requires transitive io.patchbay.vae;
  requires info.picocli;
  requires java.desktop;
  requires java.management;
  requires org.jgrapht.core;
  requires tools.jackson.databind;

  exports io.patchbay.analysis.causal;
  exports io.patchbay.analysis.circuit;
  exports io.patchbay.analysis.cli;
  exports io.patchbay.analysis.disentanglement;
  exports io.patchbay.analysis.estimate;
  exports io.patchbay.analysis.intervention;
  exports io.patchbay.analysis.metric;
  exports io.patchbay.analysis.patch;
  exports io.patchbay.analysis.report;
  exports io.patchbay.analysis.reproduction;
  exports io.patchbay.analysis.semantics;
  exports io.patchbay.analysis.statistics;
  exports io.patchbay.analysis.study;
  exports io.patchbay.analysis.sweep;
  exports io.patchbay.analysis.sweep.folder;
  exports io.patchbay.analysis.sweep.route;

  // The options of a command are fields that picocli sets.
  opens io.patchbay.analysis.cli to
      info.picocli;

  uses io.patchbay.analysis.cli.CommandProvider;
}
