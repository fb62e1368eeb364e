package io.patchbay.kernels.reference;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Node;
import io.patchbay.engine.PatchForm;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Shortages;
import io.patchbay.engine.Weights;
import io.patchbay.engine.expression.PatchOp;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// The oracle: plain Java, float64 inside, float32 at the boundary.
public final class ReferenceBackend implements Backend {
  static final String NAME = "reference";

  private static final int PREFERRED_ROWS = 64;

  private final Shortages shortages = new Shortages();
  private final HostAccount account;
  private final Workers workers;
  private final PatchKernel patch;

  public ReferenceBackend(final Settings settings) {
    this(settings, System::arraycopy);
  }

  /// With another way to patch, for tests that show that a patch which does nothing is caught.
  public ReferenceBackend(final Settings settings, final PatchKernel patch) {
    this.account = new HostAccount(settings.hostMemory());
    this.workers = new Workers(settings.threads());
    this.patch = patch;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String device() {
    return "reference (float64, Java)";
  }

  @Override
  public String instructions() {
    return "java";
  }

  /// Rounds to bf16 where it is told to, and to nothing else: it has more bits than TF32 asks for.
  @Override
  public Set<Precision> precisions() {
    return EnumSet.allOf(Precision.class);
  }

  @Override
  public Set<Precision> planPrecisions() {
    return EnumSet.of(Precision.FP32, Precision.TF32);
  }

  @Override
  public PatchForm form(final PatchOp op) {
    return PatchForm.of("in Java");
  }

  @Override
  public boolean carries(final PatchOp op) {
    return true;
  }

  @Override
  public int threads() {
    return workers.threads();
  }

  @Override
  public int preferredRows() {
    return PREFERRED_ROWS;
  }

  @Override
  public Shortages shortages() {
    return shortages;
  }

  @Override
  public ReferenceWeights weights(final List<Node> states) {
    workers.checkOpen();
    return new ReferenceWeights(account, states);
  }

  @Override
  public ReferenceProgram load(final Plan plan, final Weights weights) {
    return load(plan, weights, Mode.FAST);
  }

  @Override
  public ReferenceProgram load(final Plan plan, final Weights weights, final Mode mode) {
    workers.checkOpen();
    if (!(weights instanceof final ReferenceWeights own)) {
      throw new IllegalArgumentException(
          "weights of another backend: backend=" + NAME + ", weights=" + weights.getClass());
    }
    requirePrecision(plan);
    return new ReferenceProgram(plan, own, mode, account, workers, patch);
  }

  /// Bytes that the programs and weights of this backend hold.
  public long bytes() {
    return account.used();
  }

  @Override
  public long freeFloats() {
    return account.free() / HostAccount.ELEMENT;
  }

  @Override
  public Backend single(final long hostMemory) {
    return new ReferenceBackend(new Settings(1, hostMemory), patch);
  }

  @Override
  public void close() {
    workers.close();
  }
}
