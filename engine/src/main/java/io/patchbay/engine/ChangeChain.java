package io.patchbay.engine;

import io.patchbay.engine.Op.BinaryKind;
import io.patchbay.engine.Op.Propagate;
import io.patchbay.engine.Op.Propagate.Activation;
import io.patchbay.engine.Op.Propagate.End;
import io.patchbay.engine.Op.Propagate.Kind;
import io.patchbay.engine.Op.Propagate.Layer;
import io.patchbay.engine.Op.Propagate.Own;
import io.patchbay.engine.Op.UnaryKind;
import io.patchbay.engine.expression.PatchOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The layers on the only way from a value to another one, as far as [Propagate] can carry a change
/// through them: linear layers, convolutions to features whose channels come in sixteens, and at
/// the end one to an image.
///
/// @param site where the change begins
/// @param rectifies whether a rectifier comes before the first layer
public record ChangeChain(Node site, boolean rectifies, List<Link> links) {
  private static final int KERNEL = 4;
  private static final int STRIDE = 2;
  private static final int PADDING = 1;

  /// Channels of features come in sixteens, as a vector holds them.
  private static final int LANES = 16;

  /// Channels of an image, at the end.
  private static final List<Integer> IMAGES = List.of(1, 3);

  public ChangeChain {
    links = List.copyOf(links);
  }

  /// One layer.
  ///
  /// @param weights as the layer has them
  /// @param clean its value before the activation, bias and all
  /// @param value its value
  /// @param taken the sizes of what it takes
  @SuppressWarnings("ArrayRecordComponent") // sizes, which nobody changes
  public record Link(Layer layer, Node weights, Node clean, Node value, int[] taken) {}

  /// The chain from a value towards `target`; empty where no layer of the kind follows it alone.
  public static Optional<ChangeChain> of(final Node site, final Node target) {
    final var readers = readers(target);
    Node at = site;
    boolean rectifies = false;
    final var links = new ArrayList<Link>();
    for (Node next = only(readers, at, target);
        next != null && (is(next, UnaryKind.RELU) || next.op() instanceof Op.Reshape);
        next = only(readers, at, target)) {
      rectifies |= is(next, UnaryKind.RELU);
      at = next;
    }
    while (true) {
      final var link = link(readers, at, target);
      if (link.isEmpty() || !joins(links, link.get())) {
        break;
      }
      links.add(link.get());
      at = reshaped(readers, link.get().value(), target);
      if (link.get().layer().activation() == Activation.SIGMOID) {
        break;
      }
    }
    return links.isEmpty()
        ? Optional.empty()
        : Optional.of(new ChangeChain(site, rectifies, links));
  }

  /// Who reads what, among the values that the target is made of.
  private static Map<Node, Set<Node>> readers(final Node target) {
    final var readers = new HashMap<Node, Set<Node>>();
    final var needed = new HashSet<Node>();
    needed.add(target);
    for (final var node : target.graph().nodes().reversed()) {
      if (needed.contains(node)) {
        for (final var input : node.inputs()) {
          needed.add(input);
          readers.computeIfAbsent(input, _ -> new HashSet<>()).add(node);
        }
      }
    }
    return readers;
  }

  private static @Nullable Node only(
      final Map<Node, Set<Node>> readers, final Node node, final Node target) {
    final var of = readers.getOrDefault(node, Set.of());
    return of.size() == 1 && !node.equals(target) ? of.iterator().next() : null;
  }

  /// The value under the other sizes that its only reader may give it.
  private static Node reshaped(
      final Map<Node, Set<Node>> readers, final Node value, final Node target) {
    Node at = value;
    for (Node next = only(readers, at, target);
        next != null && next.op() instanceof Op.Reshape;
        next = only(readers, at, target)) {
      at = next;
    }
    return at;
  }

  /// A convolution takes channels in sixteens from a linear layer too.
  private static boolean joins(final List<Link> before, final Link next) {
    return before.isEmpty() || next.layer().kind() == Kind.LINEAR || next.taken()[0] % LANES == 0;
  }

  private static Optional<Link> link(
      final Map<Node, Set<Node>> readers, final Node at, final Node target) {
    final var core = only(readers, at, target);
    if (core == null || !core.input(0).equals(at)) {
      return Optional.empty();
    }
    final Kind kind;
    switch (core.op()) {
      case final Op.Conv2d c when c.stride() == STRIDE && c.padding() == PADDING ->
          kind = Kind.DOWN;
      case final Op.ConvInputGrad c when c.stride() == STRIDE && c.padding() == PADDING ->
          kind = Kind.UP;
      case final Op.MatMul m
          when !m.transposeA() && m.transposeB() && core.input(1).op() instanceof Op.State ->
          kind = Kind.LINEAR;
      default -> {
        return Optional.empty();
      }
    }
    final var weights = core.input(1);
    final boolean up = kind == Kind.UP;
    if (kind != Kind.LINEAR) {
      final int[] large = (up ? core : at).shape().dims();
      final int[] small = (up ? at : core).shape().dims();
      final boolean halves = large[1] == 2 * small[1] && large[2] == 2 * small[2];
      final boolean kernel = weights.shape().dim(2) == KERNEL && weights.shape().dim(3) == KERNEL;
      if (!halves || !kernel) {
        return Optional.empty();
      }
    }
    final var sum = only(readers, core, target);
    final var clean = sum != null && isBias(sum, core) ? sum : core;
    final var next = only(readers, clean, target);
    final var activation =
        next == null
            ? Activation.NONE
            : is(next, UnaryKind.RELU)
                ? Activation.RELU
                : is(next, UnaryKind.SIGMOID) ? Activation.SIGMOID : Activation.NONE;
    final var value = next == null || activation == Activation.NONE ? clean : next;
    final int channels = clean.shape().dim(0);
    final boolean image = up && IMAGES.contains(channels);
    if (activation == Activation.SIGMOID
        ? !image || !value.equals(target)
        : kind != Kind.LINEAR && channels % LANES != 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Link(new Layer(kind, activation), weights, clean, value, at.shape().dims()));
  }

  private static boolean isBias(final Node sum, final Node core) {
    return sum.op() instanceof final Op.Binary b
        && b.kind() == BinaryKind.ADD
        && sum.input(0).equals(core)
        && sum.input(1).op() instanceof Op.Broadcast;
  }

  private static boolean is(final Node node, final UnaryKind kind) {
    return node.op() instanceof final Op.Unary u && u.kind() == kind;
  }

  /// The value that the last of the first `count` layers makes.
  public Node end(final int count) {
    return links.get(count - 1).value();
  }

  /// The sizes of the clean value of layer `index` of the first `count`, as [Propagate] takes it:
  /// what a linear layer makes in those in which the layer after it does.
  public int[] sizes(final int index, final int count) {
    final var link = links.get(index);
    return link.layer().kind() == Kind.LINEAR && index + 1 < count
        ? links.get(index + 1).taken()
        : link.clean().shape().dims();
  }

  /// The op for the first `count` layers.
  ///
  /// @param own what a unit becomes, where the five numbers do not say it
  public Propagate op(
      final int count,
      final End end,
      final boolean eliminates,
      final Precision precision,
      final Optional<PatchOp> own) {
    return new Propagate(
        rectifies,
        links.subList(0, count).stream().map(Link::layer).toList(),
        end,
        eliminates,
        precision,
        own.map(op -> Own.at(op, site.shape())));
  }
}
