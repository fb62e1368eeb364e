/// Data, models, objectives, training.
module io.patchbay.vae {
  requires static transitive org.jspecify;
  requires transitive io.patchbay.engine;
  requires java.desktop;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.yaml;

  exports io.patchbay.vae.data;
  exports io.patchbay.vae.io;
  exports io.patchbay.vae.model;
  exports io.patchbay.vae.objective;
  exports io.patchbay.vae.train;
}
