package io.patchbay.engine;

import java.util.List;
import java.util.Set;

/// One way to run plans. A backend runs every op of a plan itself or refuses the plan; it never
/// borrows from another.
public interface Backend extends AutoCloseable {
  /// The short name: `reference`, `cpu`, `cuda`.
  String name();

  /// The device as it is written into results: name, instruction set, threads.
  String device();

  /// The instruction set of its kernels, such as `avx512`; `java` where the virtual machine
  /// chooses.
  String instructions();

  /// What it can hold the operands of carried changes in, see [Op.Propagate]; more than
  /// [Precision#FP32] where it can multiply them so on this machine.
  default Set<Precision> precisions() {
    return Set.of(Precision.FP32);
  }

  /// Threads that work on a run.
  int threads();

  /// Rows at a time that keep this backend busy; a hint for callers that choose a batch.
  int preferredRows();

  /// Whether a program takes about as long as its layers would one by one. Where it does not, since
  /// several layers run as one kernel, say, programs have to be timed whole.
  default boolean ratesAdd() {
    return true;
  }

  /// Zeroed storage for `states`, one slab.
  Weights weights(List<Node> states);

  /// Binds every step of `plan`, once.
  ///
  /// @throws IllegalArgumentException when a state of the plan is missing in `weights`
  Program load(Plan plan, Weights weights, Mode mode);

  default Program load(final Plan plan, final Weights weights) {
    return load(plan, weights, Mode.FAST);
  }

  /// How many floats further programs may hold outside the Java heap.
  long freeFloats();

  /// A backend on the same device whose runs take no thread but their caller's, for measurements.
  /// It shares what this one has loaded and is closed before it, which leaves this one as it is.
  ///
  /// @param hostMemory bytes that it may hold outside the Java heap, beside this one
  Backend single(long hostMemory);

  @Override
  void close();

  /// How a program runs.
  enum Mode {
    /// Fused, as fast as the backend can.
    FAST,
    /// Node by node, with every value checked: a value that is not finite stops the run with a
    /// [NonFiniteException] that names its node and site.
    STEP
  }
}
