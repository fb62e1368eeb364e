package io.patchbay.engine;

import io.patchbay.engine.expression.PatchOp;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

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

  /// How it computes an op of a user's own.
  PatchForm form(PatchOp op);

  /// Whether it carries changes that an op of a user's own makes, see [Op.Propagate].
  boolean carries(PatchOp op);

  /// What it can hold the operands of a plan's products and convolutions in, see [Plan#precision].
  default Set<Precision> planPrecisions() {
    return Set.of(Precision.FP32);
  }

  /// Refuses a plan whose operands this backend cannot hold so.
  default void requirePrecision(final Plan plan) {
    if (!planPrecisions().contains(plan.precision())) {
      throw new IllegalArgumentException(
          "precision of a plan: found %s, this backend has %s"
              .formatted(plan.precision(), planPrecisions()));
    }
  }

  /// Threads that work on a run.
  int threads();

  /// Rows at a time that keep this backend busy; a hint for callers that choose a batch.
  int preferredRows();

  /// Whether [Program#start] returns before the run is over, so that a caller had better prepare
  /// the next run before it looks at this one.
  default boolean isAhead() {
    return false;
  }

  /// What this backend had no memory for so far.
  Shortages shortages();

  /// How many of some rows a program may have at a time, at least 1: as many as are wanted, or
  /// where memory is short and the backend knows what a plan needs, as many as leave half of it
  /// free when what does not go by these rows has its place.
  ///
  /// @param plan of a number of rows
  default int rows(final int wanted, final Weights weights, final IntFunction<Plan> plan) {
    return wanted;
  }

  /// Whether a program takes about as long as its layers would one by one. Where it does not, since
  /// several layers run as one kernel, say, programs have to be timed whole.
  default boolean ratesAdd() {
    return true;
  }

  /// Zeroed storage for `states`, one slab.
  ///
  /// @throws DeviceMemoryException when its device has no room for them
  Weights weights(List<Node> states);

  /// Binds every step of `plan`, once.
  ///
  /// @throws IllegalArgumentException when a state of the plan is missing in `weights`, or its
  ///   precision is none of [#planPrecisions]
  /// @throws DeviceMemoryException when its device has no room for the plan; nothing is held then
  Program load(Plan plan, Weights weights, Mode mode);

  default Program load(final Plan plan, final Weights weights) {
    return load(plan, weights, Mode.FAST);
  }

  /// Whether programs stand in memory of the device's own, not in the host's.
  default boolean hasOwnMemory() {
    return false;
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
