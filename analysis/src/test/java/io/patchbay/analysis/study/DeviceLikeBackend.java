package io.patchbay.analysis.study;

import io.patchbay.engine.Backend;
import io.patchbay.engine.Node;
import io.patchbay.engine.PatchForm;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Program;
import io.patchbay.engine.Shortages;
import io.patchbay.engine.Weights;
import io.patchbay.engine.expression.PatchOp;
import java.util.List;
import java.util.Set;

/// Another backend, taken for a device with memory of its own that goes on alone: whoever chooses a
/// batch by that chooses another one, and gets the numbers of the same kernels.
///
/// @param preferredRows that it says keep it busy
record DeviceLikeBackend(Backend of, int preferredRows) implements Backend {
  @Override
  public boolean isAhead() {
    return true;
  }

  @Override
  public boolean hasOwnMemory() {
    return true;
  }

  @Override
  public String name() {
    return of.name();
  }

  @Override
  public String device() {
    return of.device();
  }

  @Override
  public String instructions() {
    return of.instructions();
  }

  @Override
  public Set<Precision> precisions() {
    return of.precisions();
  }

  @Override
  public PatchForm form(final PatchOp op) {
    return of.form(op);
  }

  @Override
  public boolean carries(final PatchOp op) {
    return of.carries(op);
  }

  @Override
  public int threads() {
    return of.threads();
  }

  @Override
  public Shortages shortages() {
    return of.shortages();
  }

  @Override
  public Weights weights(final List<Node> states) {
    return of.weights(states);
  }

  @Override
  public Program load(final Plan plan, final Weights weights, final Mode mode) {
    return of.load(plan, weights, mode);
  }

  @Override
  public long freeFloats() {
    return of.freeFloats();
  }

  @Override
  public Backend single(final long hostMemory) {
    return of.single(hostMemory);
  }

  @Override
  public void close() {
    of.close();
  }
}
