package io.patchbay.kernels.cpu;

import io.patchbay.engine.Backend;
import io.patchbay.engine.BackendProvider.Settings;
import io.patchbay.engine.Node;
import io.patchbay.engine.PatchForm;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Program;
import io.patchbay.engine.Shortages;
import io.patchbay.engine.Weights;
import io.patchbay.engine.expression.PatchOp;
import io.patchbay.ffi.HostMemory;
import io.patchbay.kernels.shared.Epilogue;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The C++ kernels on the cores of this machine.
public final class CpuBackend implements Backend {
  private static final int PREFERRED_ROWS = 256;

  private final Shortages shortages = new Shortages();
  private final KernelLibrary library;
  private final Workers workers;
  private final HostMemory account;
  private final Boundary boundary;
  private final ConvKernels conv;
  private final LinearCandidate linear;
  private final PatchKernel patch;
  private final boolean fenced;
  private final boolean special;

  CpuBackend(final Settings settings, final @Nullable PatchKernel patch) {
    this(settings, patch, false, true);
  }

  private CpuBackend(
      final Settings settings,
      final @Nullable PatchKernel patch,
      final boolean fenced,
      final boolean special) {
    this(settings, KernelLibrary.open(), patch, fenced, special);
  }

  private CpuBackend(
      final Settings settings,
      final KernelLibrary library,
      final @Nullable PatchKernel patch,
      final boolean fenced,
      final boolean special) {
    this.fenced = fenced;
    this.special = special;
    this.library = library;
    this.workers = new Workers(settings.threads());
    this.account = new HostMemory(settings.hostMemory());
    this.boundary = new Boundary(library);
    this.conv = new ConvKernels(library);
    this.linear = new LinearCandidate(library);
    this.patch = patch == null ? new NativePatch(library) : patch;
  }

  /// A backend whose patches go through `patch`: for tests that break it on purpose.
  public static CpuBackend withPatch(final Settings settings, final PatchKernel patch) {
    return new CpuBackend(settings, patch);
  }

  /// A backend that finds every write beside a buffer, and in which what is read there is NaN: for
  /// tests of kernels.
  ///
  /// @param patch a faulty kernel of patches, or null for the true one
  /// @param special whether the kernels for some shapes of convolutions are used; else those for
  ///   all shapes are, everywhere
  public static CpuBackend fenced(
      final Settings settings, final @Nullable PatchKernel patch, final boolean special) {
    return new CpuBackend(settings, patch, true, special);
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public String device() {
    return "cpu (" + library.isa().label() + ", threads=" + workers.threads() + ")";
  }

  @Override
  public String instructions() {
    return library.isa().label();
  }

  @Override
  public Set<Precision> precisions() {
    return library.bf16() ? Set.of(Precision.FP32, Precision.BF16) : Set.of(Precision.FP32);
  }

  @Override
  public PatchForm form(final PatchOp op) {
    return PatchForm.of(op.isHandWritten() ? "in Java" : "interpreted");
  }

  @Override
  public boolean carries(final PatchOp op) {
    return !op.isHandWritten();
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
  public Weights weights(final List<Node> states) {
    return new CpuWeights(states, account, fence());
  }

  private Optional<Fence> fence() {
    return fenced ? Optional.of(new Fence()) : Optional.empty();
  }

  @Override
  public Program load(final Plan plan, final Weights weights, final Mode mode) {
    if (!(weights instanceof final CpuWeights own)) {
      throw new IllegalArgumentException("weights of another backend: " + weights);
    }
    requirePrecision(plan);
    final var memory = new Memory(account);
    try {
      final var rows = new RowCandidate(library, patch);
      final var changes = new PropagateCandidate(library, workers.threads(), memory, rows.fired());
      final var binding = new Binding(plan, mode, candidates(memory, rows, changes), new Copies());
      return new CpuProgram(
          plan,
          mode,
          binding,
          own,
          workers,
          boundary,
          memory,
          rows.fired(),
          changes.skipped(),
          fence());
    } catch (final RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  /// The kernels, the special before the general.
  private List<Candidate> candidates(
      final Memory memory, final RowCandidate rows, final PropagateCandidate changes) {
    final var layers = new ConvCandidate(conv, workers.threads());
    final var generic = new GenericConvCandidate(library);
    final var general =
        List.of(
            generic,
            linear,
            new ExpressionKernel(library, memory, CpuBackend::isLayer),
            new ReduceCandidate(library),
            rows,
            changes,
            new CustomPatchCandidate(library, memory, rows.fired()),
            new CopyCandidate(library, linear));
    final var special = List.of(new EffectCandidate(conv, layers), layers);
    return Stream.of(this.special ? special : List.<Candidate>of(), general)
        .flatMap(List::stream)
        .toList();
  }

  /// Whether a node is the end of a convolution or a product with its activation.
  private static boolean isLayer(final Node node, final Scope scope) {
    return Epilogue.of(node, scope::interior, ConvCandidate::isConv, ConvCandidate.BIAS_POSITIONS)
            .isPresent()
        || Epilogue.of(
                node, scope::interior, LinearCandidate::isLayer, LinearCandidate.BIAS_POSITIONS)
            .isPresent();
  }

  @Override
  public long freeFloats() {
    return (account.limit() - account.used()) / Float.BYTES;
  }

  @Override
  public Backend single(final long hostMemory) {
    return new CpuBackend(new Settings(1, hostMemory), library, patch, fenced, special);
  }

  @Override
  public void close() {
    workers.close();
  }
}
