package io.patchbay.analysis.reproduction;

import java.util.List;

/// A figure of a run, and as a mean over seeds of a model. A new one is a line of [#ALL], and of
/// the step that finds it.
///
/// @param id its name in files
/// @param title its name in tables
/// @param meaning one line for a reader who does not know it
/// @param tabled whether the table on a terminal has it; files and pages have all
public record Measure(String id, String title, String meaning, Group group, boolean tabled) {
  static final String STRENGTH = "ces";
  static final String UNTRAINED = "ces_untrained";
  static final String DISENTANGLEMENT = "dci_disentanglement";
  static final String GAP = "mig";
  static final String USED = "active";
  static final String MONOSEMANTIC = "monosemantic";
  static final String POLYSEMANTIC = "polysemantic";
  static final String UNDECIDED = "undecided";
  static final String STABLE = "labels_stable";
  static final String CIRCUIT_EDGES = "circuit_edges";
  static final String ALL_EDGES = "circuit_all_edges";
  static final String CIRCUIT_SHARE = "circuit_share";
  static final String FAITHFULNESS = "circuit_faithfulness";
  static final String COMPLETENESS = "circuit_completeness";
  static final String IDLE = "circuit_idle";
  static final String DISTANCE = "graph_shd";
  static final String CHANCE = "graph_shd_chance";
  static final String AREA = "graph_auc";
  static final String DISTANCE_P = "graph_shd_p";
  static final String NAMES_P = "graph_shd_names_p";

  /// What figures are about.
  public enum Group {
    INTERVENTIONS("Interventions on latents"),
    SCORES("Disentanglement scores"),
    UNITS("What latents mean"),
    MECHANISMS("Attribution, circuits and motifs"),
    PROFILE("Layer profile"),
    GRAPH("Causal graph of the factors");

    private final String title;

    Group(final String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /// Every figure, in the order of the tables.
  public static final List<Measure> ALL =
      List.of(
          tabled(
              Group.INTERVENTIONS,
              STRENGTH,
              "CES",
              "causal effect strength: mean L2 change of the image under do(z_i = v), over"
                  + " latents"),
          tabled(Group.INTERVENTIONS, UNTRAINED, "CES untrained", "the same before the first step"),
          tabled(
              Group.INTERVENTIONS,
              "specificity_spatial",
              "S spatial",
              "1 = one pixel moves, 0 = all alike; mean over active latents"),
          tabled(
              Group.INTERVENTIONS,
              "specificity_semantic",
              "S semantic",
              "1 = one factor moves, 0 = all alike; mean over active latents"),
          tabled(
              Group.INTERVENTIONS,
              "circuit_modularity",
              "circuit modularity",
              "1 = separate circuits, 0 = the same"),
          tabled(Group.INTERVENTIONS, USED, "active", "latents whose KL is at least 0.1 nats"),
          tabled(Group.INTERVENTIONS, "elbo", "ELBO", "nats per image"),
          more(
              Group.INTERVENTIONS,
              "controls",
              "control rows",
              "control rows beside the interventions"),
          tabled(Group.SCORES, DISENTANGLEMENT, "DCI D", "disentanglement of DCI, 0 to 1"),
          tabled(Group.SCORES, GAP, "MIG", "mutual information gap, 0 to 1"),
          tabled(Group.SCORES, "dci_completeness", "DCI C", "completeness of DCI, 0 to 1"),
          tabled(
              Group.SCORES,
              "dci_informativeness",
              "DCI I",
              "accuracy of DCI's classifiers on samples held out, mean over factors"),
          tabled(Group.SCORES, "beta_vae", "beta-VAE score", "accuracy on new draws, 0 to 1"),
          tabled(Group.SCORES, "factor_vae", "FactorVAE score", "accuracy on new draws, 0 to 1"),
          tabled(Group.SCORES, "sap", "SAP", "separated attribute predictability, 0 to 1"),
          tabled(
              Group.SCORES,
              "modularity",
              "modularity",
              "of Ridgeway and Mozer: 1 = each code tells of one factor alone"),
          tabled(
              Group.SCORES,
              "explicitness",
              "explicitness",
              "area under the ROC curve of linear classifiers of factors; chance is 0.5"),
          tabled(Group.SCORES, "irs", "IRS", "interventional robustness score, 0 to 1"),
          tabled(
              Group.SCORES,
              "udr_lasso",
              "UDR",
              "unsupervised disentanglement ranking among the seeds of a model, by lasso"),
          more(
              Group.SCORES,
              "udr_spearman",
              "UDR, Spearman",
              "the same by absolute rank correlation"),
          more(
              Group.SCORES,
              "dci_informativeness_train",
              "DCI I, train",
              "accuracy on the samples that were learnt from"),
          more(
              Group.SCORES,
              "beta_vae_train",
              "beta-VAE score, train",
              "accuracy on the draws learnt from"),
          more(
              Group.SCORES,
              "factor_vae_train",
              "FactorVAE score, train",
              "accuracy on the draws learnt from"),
          more(
              Group.SCORES,
              "factor_vae_active",
              "FactorVAE active",
              "codes with a standard deviation of at least 0.05"),
          more(
              Group.SCORES,
              "posterior_mig",
              "MIG of samples",
              "mutual information gap of sampled codes"),
          more(Group.SCORES, "posterior_aam", "AAM of samples", "axis alignment of sampled codes"),
          more(
              Group.SCORES,
              "sap_continuous",
              "SAP, continuous",
              "SAP of factor values taken as numbers"),
          more(
              Group.SCORES,
              "explicitness_train",
              "explicitness, train",
              "on the samples learnt from"),
          more(Group.SCORES, "irs_active", "IRS active", "codes that are not constant"),
          more(
              Group.SCORES,
              "gaussian_total_correlation",
              "Gaussian TC",
              "total correlation of Gaussian codes, nats; smaller is better"),
          more(
              Group.SCORES,
              "wasserstein_correlation",
              "Wasserstein correlation",
              "of Gaussian codes; smaller is better"),
          more(
              Group.SCORES,
              "wasserstein_correlation_norm",
              "Wasserstein, share",
              "the same as a share of the variance"),
          more(
              Group.SCORES,
              "mutual_information",
              "code MI",
              "mutual information of codes, nats, mean over pairs; smaller is better"),
          tabled(
              Group.UNITS,
              MONOSEMANTIC,
              "mono",
              "latents that carry exactly one factor: 0.1 sd of its read-out, 5 % false"
                  + " discoveries"),
          tabled(Group.UNITS, POLYSEMANTIC, "poly", "latents that carry two factors or more"),
          tabled(
              Group.UNITS,
              UNDECIDED,
              "undecided",
              "latents with KL from 0.01 that carry no factor by that rule"),
          tabled(
              Group.UNITS,
              STABLE,
              "stable",
              "share of the latents with a factor whose label is the same by half the inputs"),
          more(
              Group.MECHANISMS,
              "attribution_missed",
              "missed mass",
              "share of the effect of all units of all sites that lies outside those that"
                  + " attribution patching keeps"),
          more(
              Group.MECHANISMS,
              CIRCUIT_EDGES,
              "edges",
              "edges of a circuit in the encoder, of the factor that is read best"),
          more(Group.MECHANISMS, ALL_EDGES, "of edges", "edges that it could have"),
          tabled(
              Group.MECHANISMS,
              CIRCUIT_SHARE,
              "circuit's share",
              "share of the encoder's edges that the circuit of the factor read best has"),
          tabled(
              Group.MECHANISMS,
              FAITHFULNESS,
              "faithfulness",
              "share of the read-out's change that the circuit alone brings, on pairs held out"),
          tabled(
              Group.MECHANISMS,
              COMPLETENESS,
              "completeness",
              "share that all other edges bring; 0 is best"),
          tabled(
              Group.MECHANISMS,
              IDLE,
              "idle",
              "share of the circuit's edges that bring less than 0.005 each"),
          more(
              Group.MECHANISMS,
              "circuit_overlap",
              "overlap",
              "edges that the circuits of two factors share, by all of both; mean over pairs"),
          more(
              Group.MECHANISMS,
              "motif_parallel_z",
              "parallel paths, z",
              "of their number in the circuit among random graphs of its degrees"),
          more(
              Group.MECHANISMS,
              "motif_parallel_p",
              "parallel paths, p",
              "share of these with as many"),
          more(
              Group.MECHANISMS,
              "newman_q",
              "Newman's Q",
              "Newman's modularity of the circuit, its edges weighted by their effect"),
          more(
              Group.MECHANISMS,
              "newman_p",
              "Newman's Q, p",
              "share of random graphs of its degrees with as much"),
          more(
              Group.PROFILE,
              "readable_input",
              "R\u00b2, input",
              "of a linear probe on the image, held out, mean over factors"),
          more(
              Group.PROFILE,
              "readable_code",
              "R\u00b2, code",
              "the same on the means of the latents"),
          more(
              Group.PROFILE,
              "readable_output",
              "R\u00b2, output",
              "the same on the reconstruction"),
          more(
              Group.GRAPH,
              DISTANCE,
              "SHD",
              "structural Hamming distance of the learned graph of factors to the true one"),
          more(
              Group.GRAPH,
              CHANCE,
              "SHD by chance",
              "mean distance of graphs learned with other latents for each factor"),
          more(Group.GRAPH, "graph_precision", "precision", "share of its arrows that are true"),
          more(Group.GRAPH, "graph_recall", "recall", "share of the true arrows that it has"),
          more(
              Group.GRAPH,
              AREA,
              "AUC",
              "chance that an effect with a true arrow is larger than one without"),
          more(
              Group.GRAPH,
              DISTANCE_P,
              "p of SHD",
              "of so small a distance with other latents for each factor"),
          more(
              Group.GRAPH,
              "graph_auc_p",
              "p of AUC",
              "of so large an AUC with other latents for each factor"),
          more(
              Group.GRAPH,
              NAMES_P,
              "p of SHD, names",
              "of so small a distance with the factors' names shuffled"),
          more(
              Group.GRAPH,
              "graph_auc_names_p",
              "p of AUC, names",
              "of so large an AUC with the factors' names shuffled"));

  private static final List<String> IDS = ALL.stream().map(Measure::id).toList();

  private static Measure tabled(
      final Group group, final String id, final String title, final String meaning) {
    return new Measure(id, title, meaning, group, true);
  }

  private static Measure more(
      final Group group, final String id, final String title, final String meaning) {
    return new Measure(id, title, meaning, group, false);
  }

  /// The measure of that id.
  static Measure named(final String id) {
    return ALL.stream().filter(m -> m.id().equals(id)).findFirst().orElseThrow();
  }

  /// The ids of [#ALL].
  static List<String> ids() {
    return IDS;
  }
}
