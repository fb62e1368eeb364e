/// Ask what would have happened: interventions, effects, metrics, reports, the command line.
module io.patchbay.analysis {
  requires static transitive org.jspecify;
  requires transitive io.patchbay.vae;
  requires info.picocli;
  requires java.desktop;
  requires tools.jackson.databind;
}
