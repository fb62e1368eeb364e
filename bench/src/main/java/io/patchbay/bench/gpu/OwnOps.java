package io.patchbay.bench.gpu;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Backend;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.expression.PatchFunction;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.engine.expression.PatchValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Ops of one's own on the device: expressions and hand-written ones against float64, in every way;
/// what is refused before it is used; and how long the first of them takes to compile.
final class OwnOps implements Section {
  private static final int SECONDS = 90;
  private static final int UNITS = 64;

  private static final PatchOp FIRST =
      PatchOp.define("first", "clean + tanh(clean) / 3 - value * channel");

  OwnOps() {}

  @Override
  public String name() {
    return "own-ops";
  }

  @Override
  public int seconds() {
    return SECONDS;
  }

  @Override
  public Map<String, Object> run(final Bench bench) {
    final var before = new LinkedHashMap<String, Object>();
    final var faults = new ArrayList<String>();
    try (var open = bench.open()) {
      final var form = open.backend().form(FIRST);
      before.put("form", form.toString());
      final long start = System.nanoTime();
      load(open.backend(), FIRST);
      before.put("first_op_ms", (System.nanoTime() - start) * 1e-6);
      if (form.how().startsWith("compiled")) {
        refused(
            open.backend(),
            "differs",
            "__device__ float differs(float clean) { return clean < 1.0f ? clean : 1.0f; }",
            unit -> unit.clean(),
            "its CUDA and its Java form differ: clean=",
            faults);
        refused(
            open.backend(),
            "wrong",
            "__device__ float wrong(float clean) {\n  return clear;\n}",
            unit -> unit.clean(),
            "wrong.cuh:2: identifier \"clear\" is undefined",
            faults);
      }
    }
    before.put("refusals", faults);
    bench.keep(before);
    final var result = new LinkedHashMap<>(before);
    final var conformance = Conformance.own().run(bench);
    result.putAll(conformance);
    result.put("passed", faults.isEmpty() && Boolean.TRUE.equals(conformance.get("passed")));
    return result;
  }

  private static void refused(
      final Backend backend,
      final String name,
      final String cuda,
      final PatchFunction java,
      final String expected,
      final List<String> faults) {
    try {
      load(backend, PatchOp.handWritten(name, Set.of(PatchValue.CLEAN), cuda, java));
      faults.add(name + ": not refused");
    } catch (final IllegalArgumentException e) {
      final var message = String.valueOf(e.getMessage());
      if (!message.contains(expected) || message.lines().count() > 1) {
        faults.add(name + ": refused with " + message);
      }
    }
  }

  /// Binds a patch by an op to kernels.
  private static void load(final Backend backend, final PatchOp op) {
    final var rows = new Axis("rows");
    final var ranges = new Axis("ranges");
    final var graph = new Graph();
    final var x = graph.input("x", Shape.batched(rows, UNITS));
    final var listed = graph.input("ranges", Shape.batched(ranges, 3).integers());
    final var value = graph.input("value", Shape.batched(rows));
    final var values = op.reads(PatchValue.VALUE) ? List.of(value) : List.<Node>of();
    final var patch = Ops.patch(op, x, listed, values);
    final var plan = Plan.of(graph, List.of(patch), Sizes.of(rows, 4).and(ranges, 4));
    try (var weights = backend.weights(List.of());
        var program = backend.load(plan, weights)) {
      if (program.bytes() <= 0) {
        throw new IllegalStateException("a program without memory: " + program);
      }
    }
  }
}
