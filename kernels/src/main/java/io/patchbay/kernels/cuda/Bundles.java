package io.patchbay.kernels.cuda;

import io.patchbay.ffi.cuda.Launch;
import io.patchbay.kernels.cuda.ExpressionCandidate.Run;
import io.patchbay.kernels.cuda.Leaf.Form;
import io.patchbay.kernels.cuda.Leaf.Source;
import io.patchbay.kernels.shared.ElementwiseTree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Trees of one form on values without rows, as an optimiser has them for each parameter: one
/// launch takes them all (`expression_many`), but for those of what the last steps before make: the
/// others need not wait for these.
final class Bundles {
  private static final int HEAD = 4;

  /// Leaves of the kernel's parameters, and words of its table.
  private static final int LEAVES = 16;

  private static final int TABLE = 320;

  /// Words of a member before its leaves: first block, size, result.
  private static final int MEMBER = 3;

  /// Steps of other kinds at the end of a plan whose values are late.
  private static final int LAST = 6;

  private final Set<Value> states;
  private final int firstLate;
  private final List<Slot> slots = new ArrayList<>();
  private final Map<Value, Integer> made = new HashMap<>();

  /// Of each value the last step that it hangs on that cannot be one of many, by the number of
  /// those before it.
  private final Map<Value, Integer> behind = new HashMap<>();

  private int others;

  /// Trees that differ alone in leaves that have a column of the table: dense ones and numbers.
  private record Signature(List<Long> words, List<Object> leaves) {}

  /// One step, or several that become one.
  private static final class Slot {
    final List<Step> steps = new ArrayList<>();
    final Set<Value> dense = new HashSet<>();
    @Nullable Signature signature;
    boolean late;
  }

  private Bundles(final List<Step> steps, final Set<Value> states) {
    this.states = states;
    final long others = steps.stream().filter(step -> signature(step) == null).count();
    this.firstLate = Math.toIntExact(others) - LAST;
  }

  /// The steps with those of one form joined, each where the first of them stood: behind all that
  /// makes what it reads.
  ///
  /// @param states values that steps may be made right in: no member reads those of another
  static List<Step> of(final List<Step> steps, final Set<Value> states) {
    final var bundles = new Bundles(steps, states);
    steps.forEach(bundles::add);
    return bundles.slots.stream().map(Bundles::step).toList();
  }

  private void add(final Step step) {
    final int ready =
        step.reads().stream().mapToInt(v -> made.getOrDefault(v.root(), -1)).max().orElse(-1);
    final var signature = signature(step);
    final int last =
        signature == null
            ? others++
            : step.reads().stream()
                .mapToInt(v -> behind.getOrDefault(v.root(), -1))
                .max()
                .orElse(-1);
    final boolean late = last >= firstLate;
    int at = slots.size();
    if (signature != null) {
      for (int i = ready + 1; i < slots.size() && at == slots.size(); i++) {
        if (slots.get(i).late == late && takes(slots.get(i), signature, (Run) step.work())) {
          at = i;
        }
      }
    }
    if (at == slots.size()) {
      slots.add(new Slot());
    }
    final var slot = slots.get(at);
    slot.steps.add(step);
    slot.signature = signature;
    slot.late = late;
    if (signature != null) {
      slot.dense.addAll(dense((Run) step.work()));
    }
    for (final var value : step.writes()) {
      made.put(value.root(), at);
      behind.put(value.root(), last);
    }
  }

  private static boolean takes(final Slot slot, final Signature signature, final Run run) {
    final var dense = dense(run);
    return Objects.equals(slot.signature, signature)
        && (slot.steps.size() + 1) * words(run) <= TABLE
        && dense.stream().noneMatch(slot.dense::contains);
  }

  private @Nullable Signature signature(final Step step) {
    return step.work() instanceof final Run run ? signature(run) : null;
  }

  /// Null when a tree cannot be one of many.
  private @Nullable Signature signature(final Run run) {
    final var leaves = run.tree().leaves();
    if (run.out().axis() != null || leaves.size() > LEAVES) {
      return null;
    }
    final var kinds = new ArrayList<>();
    for (final var leaf : leaves) {
      final boolean fits =
          switch (leaf.form()) {
            case DENSE, IMMEDIATE, COUNT -> true;
            case SAME -> !states.contains(value(leaf).root());
            case RUN, REPEATED, ANY -> false;
          };
      if (!fits) {
        return null;
      }
      kinds.add(isColumn(leaf) ? leaf.form() : leaf.source());
    }
    return new Signature(run.tree().words(), kinds);
  }

  private static boolean isColumn(final Leaf leaf) {
    return leaf.form() == Form.DENSE || leaf.form() == Form.IMMEDIATE;
  }

  /// Words of the table that a member has.
  private static int words(final Run run) {
    return MEMBER + (int) run.tree().leaves().stream().filter(Bundles::isColumn).count();
  }

  private static Value value(final Leaf leaf) {
    return ((Source.Stored) leaf.source()).value();
  }

  private static List<Value> dense(final Run run) {
    return run.tree().leaves().stream()
        .filter(leaf -> leaf.form() == Form.DENSE)
        .map(leaf -> value(leaf).root())
        .toList();
  }

  private static Step step(final Slot slot) {
    final var first = slot.steps.getFirst();
    if (slot.steps.size() == 1) {
      return first;
    }
    final var runs = slot.steps.stream().map(s -> (Run) s.work()).toList();
    return new Step(
        first.name(),
        slot.steps.stream().flatMap(s -> s.writes().stream()).toList(),
        slot.steps.stream().flatMap(s -> s.reads().stream()).distinct().toList(),
        () -> launch(runs));
  }

  private static void launch(final List<Run> runs) {
    final var first = runs.getFirst();
    final var tree = first.tree();
    final long one = 4L * Grid.THREADS;
    final long all = runs.stream().mapToLong(r -> r.out().size()).sum();
    final long span = one * Math.max(1, all / (one * first.grid().most()));
    final int table = HEAD + Leaf.FIELDS * LEAVES + ElementwiseTree.LONGEST;
    final var fields = new long[table + TABLE];
    final int words = words(first);
    fields[0] = runs.size();
    fields[1] = words;
    fields[2] = span;
    fields[3] = tree.words().size();
    int column = MEMBER;
    for (int i = 0; i < tree.leaves().size(); i++) {
      final var leaf = tree.leaves().get(i);
      final int at = HEAD + Leaf.FIELDS * i;
      (isColumn(leaf) ? leaf.inColumn(column++) : leaf).put(fields, at);
    }
    tree.putWords(fields, HEAD + Leaf.FIELDS * LEAVES);
    long blocks = 0;
    for (int i = 0; i < runs.size(); i++) {
      final var run = runs.get(i);
      int at = table + words * i;
      fields[at++] = blocks;
      fields[at++] = run.out().size();
      fields[at++] = run.out().address();
      for (final var leaf : run.tree().leaves()) {
        if (isColumn(leaf)) {
          fields[at++] = leaf.source().field();
        }
      }
      blocks += (run.out().size() + span - 1) / span;
    }
    final int shared = tree.slots() * Tree.SLOT * Grid.THREADS;
    first.many().launch(new Launch(Math.toIntExact(blocks), 1, Grid.THREADS, shared), fields);
  }
}
