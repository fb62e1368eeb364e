package io.patchbay.kernels.cuda;

import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Shape;
import java.util.ArrayList;
import java.util.List;

/// How the elements of a result find theirs in a value that is repeated along some of its
/// positions: the fields of `Leaf` in `expression.cu`.
record Leaf(Source source, Form form, int step0, Group outer, Group inner) {
  /// Fields of eight bytes.
  static final int FIELDS = 4;

  /// Where a leaf comes from. Numbers that a kernel can be told need not stand in memory.
  sealed interface Source {
    /// A value in memory.
    record Stored(Value value) implements Source {}

    /// A constant.
    record Literal(float number) implements Source {}

    /// The number of rows, at an address.
    record Rows(long address) implements Source {}

    /// The address, or the bits of the number.
    default long field() {
      return switch (this) {
        case final Stored s -> s.value().address();
        case final Literal n -> Float.floatToRawIntBits(n.number());
        case final Rows r -> r.address();
      };
    }

    static Source of(final Node node, final Scope scope) {
      return switch (node.op()) {
        case final Op.Constant c -> new Literal((float) c.value());
        case final Op.Count c -> new Rows(scope.rows(c.axis()));
        default -> new Stored(scope.value(node));
      };
    }
  }

  /// The order of the kernel's.
  enum Form {
    DENSE,
    SAME,
    RUN,
    REPEATED,
    ANY,
    IMMEDIATE,
    COUNT
  }

  /// Neighbouring positions that are not repeated: element `e` of the result has `e / divide %
  /// modulo` in them; a modulo of 0 takes all.
  record Group(int divide, int modulo) {
    static final Group ALL = new Group(1, 0);
  }

  /// @throws IllegalArgumentException when the value would be repeated along three positions that
  ///   lie apart
  static Leaf of(final Source source, final List<Integer> repeated, final Node result) {
    return switch (source) {
      case Source.Literal _ -> new Leaf(source, Form.IMMEDIATE, 0, Group.ALL, Group.ALL);
      case Source.Rows _ -> new Leaf(source, Form.COUNT, 0, Group.ALL, Group.ALL);
      case Source.Stored _ -> {
        final boolean isWhole = repeated.isEmpty();
        yield grouped(source, groups(result.shape(), repeated), isWhole, result);
      }
    };
  }

  private static Leaf grouped(
      final Source source, final List<Group> groups, final boolean isWhole, final Node result) {
    return switch (groups.size()) {
      case 0 -> {
        // Of one element both are true; as it stands beside values of many, it is its own.
        final var form = isWhole ? Form.DENSE : Form.SAME;
        yield new Leaf(source, form, 0, Group.ALL, Group.ALL);
      }
      case 1 -> new Leaf(source, form(groups.getFirst()), 0, Group.ALL, groups.getFirst());
      case 2 -> {
        final var inner = groups.getFirst();
        yield new Leaf(source, form(inner), inner.modulo(), groups.getLast(), inner);
      }
      default ->
          throw new IllegalArgumentException(
              "the cuda backend repeats a value along two groups of positions at most: " + result);
    };
  }

  private static Form form(final Group inner) {
    if (inner.equals(Group.ALL)) {
      return Form.DENSE;
    }
    if (inner.divide() % 4 == 0) {
      return Form.REPEATED;
    }
    return inner.divide() == 1 && inner.modulo() % 4 == 0 ? Form.RUN : Form.ANY;
  }

  /// From the last positions to the first; the last group may reach to the end.
  private static List<Group> groups(final Shape shape, final List<Integer> repeated) {
    final var groups = new ArrayList<Group>();
    boolean open = false;
    int size = 1;
    for (int i = shape.rank() - 1; i >= 0; i--) {
      final int dim = shape.dim(i);
      if (dim == 1) {
        continue;
      }
      if (repeated.contains(i + 1)) {
        open = false;
      } else if (open) {
        final var group = groups.removeLast();
        groups.add(new Group(group.divide(), group.modulo() * dim));
      } else {
        groups.add(new Group(size, dim));
        open = true;
      }
      size *= dim;
    }
    final boolean rows = shape.isBatched() && !repeated.contains(0);
    if (rows && !open) {
      groups.add(new Group(size, 0));
    } else if (open && (rows || !shape.isBatched())) {
      groups.add(new Group(groups.removeLast().divide(), 0));
    }
    return groups;
  }

  /// A leaf whose address or number stands in a column of a table.
  Leaf inColumn(final int column) {
    return new Leaf(source, form, column, outer, inner);
  }

  @SuppressWarnings("EnumOrdinal") // the kernel's codes are the order of the enum
  void put(final long[] fields, final int at) {
    fields[at] = source.field();
    fields[at + 1] = pair(form.ordinal(), step0);
    fields[at + 2] = pair(outer.divide(), outer.modulo());
    fields[at + 3] = pair(inner.divide(), inner.modulo());
  }

  private static long pair(final int low, final int high) {
    return Integer.toUnsignedLong(low) | (long) high << 32;
  }
}
