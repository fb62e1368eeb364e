package io.patchbay.analysis.statistics;

/// Multinomial logistic regression: minimises |W|^2 / 2 + C sum of cross-entropies of softmax(W x +
/// b), with free intercepts, by L-BFGS from zero. Two classes are no special case: each has its own
/// weights.
public final class LogisticRegression {
  private static final int ITERATIONS = 1000;
  private static final double TOLERANCE = 1e-8;

  private final double[] parameters;
  private final int classes;
  private final int features;
  private final boolean converged;

  private LogisticRegression(double[] parameters, int classes, int features, boolean converged) {
    this.parameters = parameters;
    this.classes = classes;
    this.features = features;
    this.converged = converged;
  }

  /// @param x `[observation][feature]`
  /// @param labels one class per observation, 0 to classes - 1
  /// @param inversePenalty C above
  /// @throws IllegalArgumentException when sizes differ or a label is out of range
  public static LogisticRegression fit(Matrix x, int[] labels, int classes, double inversePenalty) {
    if (x.rows() != labels.length || labels.length == 0 || classes < 1 || !(inversePenalty > 0)) {
      throw new IllegalArgumentException(
          "logistic regression: observations="
              + x.rows()
              + ", labels="
              + labels.length
              + ", classes="
              + classes
              + ", C="
              + inversePenalty);
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            "label: observation=" + i + ", label=" + labels[i] + ", classes=" + classes);
      }
    }
    int features = x.columns();
    double[] parameters = new double[Math.multiplyExact(classes, features + 1)];
    double[][] rows = new double[x.rows()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = x.row(i);
    }
    double penalty = 1 / (inversePenalty * rows.length);
    boolean converged =
        Lbfgs.minimise(
            (point, gradient) -> loss(rows, labels, classes, penalty, point, gradient),
            parameters,
            ITERATIONS,
            TOLERANCE);
    return new LogisticRegression(parameters, classes, features, converged);
  }

  /// Whether the mean loss has no gradient entry above 1e-8, or no further descent was possible.
  public boolean converged() {
    return converged;
  }

  public double weight(int label, int feature) {
    return parameters[label * (features + 1) + feature];
  }

  public double intercept(int label) {
    return parameters[label * (features + 1) + features];
  }

  /// `[observation][class]`, rows sum to one.
  public Matrix probabilities(Matrix x) {
    if (x.columns() != features) {
      throw new IllegalArgumentException(
          "logistic features: given=" + x.columns() + ", fitted=" + features);
    }
    double[][] result = new double[x.rows()][classes];
    for (int i = 0; i < result.length; i++) {
      softmax(x.row(i), parameters, result[i]);
    }
    return Matrix.ofRows(result);
  }

  /// The most probable class of each observation, the first of equals.
  public int[] predict(Matrix x) {
    Matrix probabilities = probabilities(x);
    int[] result = new int[x.rows()];
    for (int i = 0; i < result.length; i++) {
      for (int c = 1; c < classes; c++) {
        if (probabilities.at(i, c) > probabilities.at(i, result[i])) {
          result[i] = c;
        }
      }
    }
    return result;
  }

  // Mean cross-entropy plus penalty / 2 |W|^2.
  private static double loss(
      double[][] rows,
      int[] labels,
      int classes,
      double penalty,
      double[] point,
      double[] gradient) {
    int width = point.length / classes;
    double squares = 0;
    for (int i = 0; i < point.length; i++) {
      boolean intercept = i % width == width - 1;
      gradient[i] = intercept ? 0 : penalty * point[i];
      squares += intercept ? 0 : point[i] * point[i];
    }
    double sum = 0;
    double[] probabilities = new double[classes];
    for (int r = 0; r < rows.length; r++) {
      sum += softmax(rows[r], point, probabilities) - logit(rows[r], point, labels[r], width);
      for (int c = 0; c < classes; c++) {
        double error = (probabilities[c] - (c == labels[r] ? 1 : 0)) / rows.length;
        int start = c * width;
        for (int f = 0; f < width - 1; f++) {
          gradient[start + f] += error * rows[r][f];
        }
        gradient[start + width - 1] += error;
      }
    }
    return sum / rows.length + penalty * squares / 2;
  }

  // Fills the probabilities; returns the log of the sum of exponentials.
  private static double softmax(double[] row, double[] parameters, double[] probabilities) {
    int width = row.length + 1;
    double largest = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < probabilities.length; c++) {
      probabilities[c] = logit(row, parameters, c, width);
      largest = Math.max(largest, probabilities[c]);
    }
    double sum = 0;
    for (int c = 0; c < probabilities.length; c++) {
      probabilities[c] = Math.exp(probabilities[c] - largest);
      sum += probabilities[c];
    }
    for (int c = 0; c < probabilities.length; c++) {
      probabilities[c] /= sum;
    }
    return largest + Math.log(sum);
  }

  private static double logit(double[] row, double[] parameters, int label, int width) {
    int start = label * width;
    return parameters[start + width - 1] + Matrix.dot(row, 0, parameters, start, row.length);
  }
}
