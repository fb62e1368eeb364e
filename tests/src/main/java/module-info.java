/// The catalogue of cases that every backend is checked with, and timed with.
module io.patchbay.tests {
  requires static transitive org.jspecify;
  requires transitive io.patchbay.engine;

  exports io.patchbay.tests.cases;
}
