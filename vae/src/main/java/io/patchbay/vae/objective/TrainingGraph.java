package io.patchbay.vae.objective;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Gradients;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Op;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Optimizer.Adam;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.vae.model.Vae;
import io.patchbay.vae.model.VaeGraph;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One training step as a graph: the sampled autoencoder, the terms of its objective, and the
/// updates of each group of parameters by the gradient of that group's own loss. No gradient
/// reaches a parameter of another group, so there is nothing to detach.
///
/// Beside the model's sites it names `loss.reconstruction`, `loss.kl`, the discriminator's layers
/// and `gradient.NAME` of each parameter, so that a value that is not finite has a place.
public final class TrainingGraph {
  /// The batch.
  public static final Axis ROWS = new Axis("rows");

  /// The second batch of [FactorVae.Convention#TWO_BATCHES].
  public static final Axis SECOND = new Axis("second");

  private static final double EPSILON = 1e-8;

  private final Objective objective;
  private final VaeGraph model;
  private final Node klPerLatent;
  private final Map<String, Node> terms = new LinkedHashMap<>();
  private final List<Group> groups = new ArrayList<>();
  private Optional<Node> capacity = Optional.empty();
  private Optional<Adversary> adversary = Optional.empty();

  /// Parameters that learn from one loss.
  ///
  /// @param rate input: the learning rate
  /// @param assigns the updates of the parameters and of their moments
  public record Group(
      String name,
      Node loss,
      Node rate,
      List<Node> parameters,
      List<Node> gradients,
      List<Node> assigns) {
    public Group {
      parameters = List.copyOf(parameters);
      gradients = List.copyOf(gradients);
      assigns = List.copyOf(assigns);
    }
  }

  /// The inputs of a [FactorVae].
  ///
  /// @param order for each row and latent, the row that the permuted code takes it from
  /// @param second the second batch, where there is one
  public record Adversary(Node order, Optional<Second> second) {}

  /// A second batch: images and their noise.
  public record Second(Node image, VaeGraph.Noise noise) {}

  private TrainingGraph(final Vae vae, final Objective objective) {
    this.objective = objective;
    model = VaeGraph.sampled(vae, ROWS);
    final var graph = model.graph();
    final var kl = model.latent().kl();
    klPerLatent = graph.site("loss.kl", Ops.meanRows(kl));
    final var negative = vae.likelihood().negativeLog(model.decoded(), model.image());
    final var reconstruction = graph.site("loss.reconstruction", Ops.meanRows(negative));
    final var divergence = Ops.sumRow(klPerLatent);
    final var bound = Ops.add(reconstruction, divergence);
    terms.put("loss", bound);
    terms.put("elbo", Ops.neg(bound));
    terms.put("reconstruction", reconstruction);
    terms.put("kl", divergence);
    final var loss =
        switch (objective) {
          case VaeObjective _ -> bound;
          case final BetaVae o -> Ops.add(reconstruction, Ops.mul(divergence, o.beta()));
          case final AnnealedVae o -> annealed(o, reconstruction, divergence);
          case final FactorVae o -> Ops.add(bound, Ops.mul(totalCorrelation(o), o.gamma()));
        };
    terms.put("loss", loss);
    final var parameters = vae.parameters().keySet().stream().map(this::state).toList();
    final var adam = new Adam("vae", 0.9, 0.999, EPSILON);
    // The autoencoder's group comes first; the discriminator's was made with its loss.
    groups.addFirst(group("vae", loss, parameters, adam));
  }

  /// The training step of a model.
  public static TrainingGraph of(final Vae vae, final Objective objective) {
    return new TrainingGraph(vae, objective);
  }

  private Node annealed(final AnnealedVae o, final Node reconstruction, final Node divergence) {
    final var target = model.graph().input("capacity", Shape.of());
    capacity = Optional.of(target);
    terms.put("capacity", Ops.add(target, 0));
    final var gap = Ops.abs(Ops.sub(divergence, target));
    return Ops.add(reconstruction, Ops.mul(gap, o.gamma()));
  }

  /// The estimate of the total correlation, the mean of log D / (1 - D), and on the way the
  /// discriminator's loss: half the cross-entropy of each class.
  private Node totalCorrelation(final FactorVae o) {
    final var graph = model.graph();
    final int latents = model.vae().latent();
    final var real = o.discriminator().evidence(graph, model.z(), true);
    final var second =
        switch (o.convention()) {
          case ONE_BATCH -> Optional.<Second>empty();
          case TWO_BATCHES -> Optional.of(second(graph));
        };
    final var source = second.map(s -> codes(graph, s)).orElse(model.z());
    final var axis = second.isPresent() ? SECOND : ROWS;
    final var order = graph.input("order", Shape.batched(axis, latents).integers());
    final var permuted = o.discriminator().evidence(graph, Ops.gather(source, order), false);
    adversary = Optional.of(new Adversary(order, second));
    final var tc = Ops.meanRows(real);
    final var cross =
        Ops.add(Ops.meanRows(Ops.softplus(Ops.neg(real))), Ops.meanRows(Ops.softplus(permuted)));
    final var loss = Ops.mul(cross, 0.5);
    final var right =
        Ops.add(Ops.meanRows(Ops.step(real)), Ops.meanRows(Ops.step(Ops.neg(permuted))));
    terms.put("tc", tc);
    terms.put("discriminator_loss", loss);
    terms.put("discriminator_accuracy", Ops.mul(right, 0.5));
    final var parameters =
        o.discriminator().parameters(latents).keySet().stream().map(this::state).toList();
    final var adam = new Adam("discriminator", 0.5, 0.9, EPSILON);
    groups.add(group("discriminator", loss, parameters, adam));
    return tc;
  }

  private Second second(final Graph graph) {
    final var image = graph.input("second.image", model.vae().imageShape(SECOND));
    return new Second(image, VaeGraph.noise(graph, SECOND, model.vae().latent(), "second."));
  }

  private Node codes(final Graph graph, final Second second) {
    final var latent = model.vae().encodeAgain(graph, second.image());
    return Ops.reparameterise(latent.mu(), latent.logvar(), second.noise().eps());
  }

  private Group group(
      final String name, final Node loss, final List<Node> parameters, final Adam adam) {
    final var graph = model.graph();
    final var gradients = Gradients.of(loss, parameters);
    for (int i = 0; i < parameters.size(); i++) {
      graph.site("gradient." + ((Op.State) parameters.get(i).op()).name(), gradients.get(i));
    }
    final var rate = graph.input(name + ".rate", Shape.of());
    return new Group(
        name, loss, rate, parameters, gradients, adam.update(parameters, gradients, rate));
  }

  private Node state(final String name) {
    final var node = model.graph().states().get(name);
    if (node == null) {
      throw new IllegalStateException("a parameter that no part uses: name=" + name);
    }
    return node;
  }

  public Objective objective() {
    return objective;
  }

  /// The autoencoder, with the inputs of its noise.
  public VaeGraph model() {
    return model;
  }

  /// The terms by name, each a scalar, a mean over the batch: `loss`, `elbo` (nats per image,
  /// larger is better), `reconstruction`, `kl`; `capacity`; `tc`, `discriminator_loss`,
  /// `discriminator_accuracy`.
  public Map<String, Node> terms() {
    return Collections.unmodifiableMap(terms);
  }

  /// The divergence of each latent in nats, a mean over the batch: (d).
  public Node klPerLatent() {
    return klPerLatent;
  }

  /// The groups of parameters; the autoencoder's is the first.
  public List<Group> groups() {
    return Collections.unmodifiableList(groups);
  }

  /// The input that takes [AnnealedVae#capacityAt] of the step.
  public Optional<Node> capacity() {
    return capacity;
  }

  public Optional<Adversary> adversary() {
    return adversary;
  }

  /// The initial values of all parameters; what is not named starts at zero.
  public Map<String, float[]> initial(final long seed) {
    final var values = new LinkedHashMap<>(model.vae().initial(seed));
    switch (objective) {
      case VaeObjective _, BetaVae _, AnnealedVae _ -> {}
      case final FactorVae o ->
          values.putAll(o.discriminator().initial(model.vae().latent(), seed));
    }
    return values;
  }

  /// The lengths of a run on batches of `rows`.
  public Sizes sizes(final int rows) {
    final var sizes = Sizes.of(ROWS, rows);
    return adversary.flatMap(Adversary::second).isPresent() ? sizes.and(SECOND, rows) : sizes;
  }

  /// The plan of a step: every term and every update.
  public Plan plan(final int rows) {
    final var outputs = new ArrayList<>(terms.values());
    outputs.add(klPerLatent);
    groups.forEach(group -> outputs.addAll(group.assigns()));
    return Plan.of(model.graph(), outputs, sizes(rows));
  }
}
