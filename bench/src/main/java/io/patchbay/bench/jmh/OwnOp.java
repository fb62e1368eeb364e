package io.patchbay.bench.jmh;

import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchValue;
import java.util.Map;
import java.util.Set;

/// Ops of one's own, from one that the built-in op can say to those that no few numbers can.
public enum OwnOp {
  /// What the built-in op of the same benchmark does, with a = 1/4.
  BLEND,
  /// One random number a unit.
  RANDOM,
  /// Three functions.
  THREE_FUNCTIONS,
  /// Five functions.
  FIVE_FUNCTIONS,
  /// The blend in Java, by a function of one unit: not carried on the CPU.
  HAND_WRITTEN;

  /// How far the blend goes towards the source.
  static final double ALPHA = 0.25;

  PatchOp op() {
    return switch (this) {
      case BLEND ->
          PatchOp.define("blend", "clean + alpha * (source - clean)", Map.of("alpha", ALPHA));
      case RANDOM ->
          PatchOp.define("random", "random < rate ? source : clean", Map.of("rate", 0.4));
      case THREE_FUNCTIONS ->
          PatchOp.define("three", "tanh(clean) + sigmoid(source) * exp(-abs(clean))");
      case FIVE_FUNCTIONS ->
          PatchOp.define(
              "five",
              "tanh(clean) + sigmoid(source) * exp(-abs(clean)) - log(1.5 + abs(source))"
                  + " + sigmoid(clean)");
      case HAND_WRITTEN ->
          PatchOp.handWritten(
              "written",
              Set.of(PatchValue.CLEAN, PatchValue.SOURCE),
              """
              __device__ float written(float clean, float source) {
                return clean + 0.25f * (source - clean);
              }
              """,
              unit -> unit.clean() + ALPHA * (unit.source() - unit.clean()));
    };
  }
}
