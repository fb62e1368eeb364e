/// What a computation is: shapes, ops, graph, gradients, plan, and the contract of a backend.
module io.patchbay.engine {
  requires static transitive org.jspecify;

  exports io.patchbay.engine;
  exports io.patchbay.engine.expression;
  exports io.patchbay.engine.random;

  uses io.patchbay.engine.BackendProvider;
}
