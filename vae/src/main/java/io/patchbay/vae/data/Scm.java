package io.patchbay.vae.data;

import io.patchbay.vae.io.BadInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A causal world that a user states: a structural causal model (Pearl, *Causality*, 2009, ch. 7)
/// with a picture of its variables. Each variable is a cause with given values, or
/// `expression(parents) + noise`; the rows are the grid of the causes, each combination with as
/// many pictures as `samples` says. From a file (`scm:FILE.yaml` in the catalogue;
/// `vae/docs/lamp.yaml` is an example with every key explained) or from Java:
///
/// ```java
/// var world =
///     new ScmDescription(
///         "lamp",
///         ScmPicture.rgb(64, 20, "navy"),
///         List.of(
///             ScmVariable.range("lamp", 1, 6, 11),
///             ScmVariable.range("stick", 2, 5, 7),
///             ScmVariable.mechanism(
///                 "shadow",
///                 "stick * (9 - lamp) / (12 - stick)",
///                 new Noise.Uniform(-0.3, 0.3),
///                 "lamp",
///                 "stick")),
///         List.of(
///             new Circle(new Point("lamp", "13"), "1", Paint.of("gold")),
///             new Rectangle(new Point("9", "1 + stick / 2"), "0.6", "stick", "0", Paint.of("white")),
///             new Line(
///                 new Point("9", "1"), new Point("9 + shadow", "1"), "0.8", Paint.of("black"))));
/// try (var data = new Scm(world)) {
///   double[] longer = data.counterfactual(5, Map.of("stick", 4.5)); // the shadow follows
///   float[] image = new float[data.shape().elements()];
///   data.render(longer, image, 0);
/// }
/// ```
///
/// A description that states no world is refused when it is opened, with the place of the mistake.
public final class Scm implements GenerativeDataset {
  private static final int LOOKED_AT = 64;

  private final ScmDescription description;
  private final String text;
  private final Optional<Path> file;
  private final ScmGraph graph;
  private final ScmScene scene;

  /// A world from Java.
  ///
  /// @throws BadInputException naming the place of what is wrong, as in `factors.light.values`
  public Scm(ScmDescription description) {
    this(description.name(), description, ScmText.of(description), Optional.empty());
  }

  private Scm(String source, ScmDescription description, String text, Optional<Path> file) {
    this.description = description;
    this.text = text;
    this.file = file;
    if (!description.name().matches("[A-Za-z0-9_.-]+")) {
      throw new BadInputException(
          source, "name", "'" + description.name() + "'", "letters, digits, '_', '.' and '-'");
    }
    graph = new ScmGraph(source, description);
    scene =
        new ScmScene(source, description, graph.variables().stream().map(Variable::name).toList());
    checkPictures(source);
  }

  /// A world from a YAML file.
  ///
  /// @throws BadInputException naming the file and the place of what is wrong
  public static Scm open(Path file) {
    final ScmFile read = ScmFile.read(file);
    return new Scm(file.toString(), read.description(), read.text(), Optional.of(file));
  }

  /// A world by its name in the catalogue.
  ///
  /// @throws BadInputException also where the file has not the content that the reference names
  public static Scm open(ScmReference reference) {
    final ScmFile read = ScmFile.read(reference.file());
    if (reference.sha256().isPresent() && !reference.sha256().get().equals(sha256(read.text()))) {
      throw new BadInputException(
          reference.file(),
          "sha256",
          sha256(read.text()),
          reference.sha256().get() + ", that of the file when it was used before");
    }
    return new Scm(
        reference.file().toString(),
        read.description(),
        read.text(),
        Optional.of(reference.file()));
  }

  private void checkPictures(String source) {
    final float[] image = new float[shape().elements()];
    final boolean[] drawn = {false};
    ScmRanges.rows(graph.grid(), LOOKED_AT)
        .forEach(row -> {
          final double[] values = variablesOf(row);
          try {
            scene.draw(values, image, 0);
          } catch (ScmScene.NotANumberException e) {
            throw new BadInputException(
                source,
                e.place(),
                e.value() + " at " + graph.shown(values),
                "a number of at most " + ScmScene.MOST,
                e);
          }
          drawn[0] |= !flat(image);
        });
    if (!drawn[0]) {
      throw new BadInputException(
          source,
          "shapes",
          "nothing but background in the pictures looked at",
          "shapes that lie within the picture and differ from the background");
    }
  }

  private boolean flat(float[] image) {
    final int area = shape().height() * shape().width();
    for (int i = 0; i < image.length; i++) {
      if (image[i] != image[i / area * area]) {
        return false;
      }
    }
    return true;
  }

  /// What it was made from.
  public ScmDescription description() {
    return description;
  }

  /// The text of its file, or where it was made in Java, of a file that describes the same.
  public String text() {
    return text;
  }

  /// SHA-256 of [#text] in hexadecimal.
  public String sha256() {
    return sha256(text);
  }

  /// How the catalogue opens this world and no other, as long as its file is where it was.
  public ScmReference reference() {
    return new ScmReference(
        file.orElse(Path.of(description.name() + ".yaml")), Optional.of(sha256()));
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public String name() {
    return description.name();
  }

  @Override
  public ImageShape shape() {
    return description.picture().shape();
  }

  @Override
  public List<Factor> factors() {
    return graph.factors();
  }

  @Override
  public long size() {
    return graph.grid().rows();
  }

  @Override
  public void image(long row, float[] target, int offset) {
    render(variablesOf(row), target, offset);
  }

  @Override
  public int[] factorsOf(long row) {
    return graph.grid().indicesOf(row);
  }

  @Override
  public long rowOf(int[] factorIndices) {
    return graph.grid().rowOf(factorIndices);
  }

  @Override
  public List<Variable> variables() {
    return graph.variables();
  }

  @Override
  public double[] variablesOf(long row) {
    return graph.solve(row, Map.of());
  }

  /// What noise adds to each variable at a row, in the order of [#variables]; 0 where a variable
  /// has none.
  public double[] noiseOf(long row) {
    graph.grid().indicesOf(row); // refuses a row that there is not
    return graph.noiseOf(row);
  }

  /// What a row would have been, had some variables had these values: the row's causes and its
  /// noise are kept (abduction), the mechanisms of the set variables are replaced (action), and all
  /// others are computed anew (prediction). With nothing set, [#variablesOf] bit for bit.
  ///
  /// @throws IllegalArgumentException on an unknown name or a value out of the variable's range
  public double[] counterfactual(long row, Map<String, Double> set) {
    Interventions.apply(variables(), variablesOf(row), set);
    return graph.solve(row, set);
  }

  /// As in [GenerativeDataset#intervene]. With `propagate`, a descendant without noise takes what
  /// its mechanism gives; one with noise keeps the noise that explains its value, so that setting
  /// causes to the values that they have changes nothing, bit for bit.
  @Override
  public double[] intervene(double[] variables, Map<String, Double> set, boolean propagate) {
    final double[] result = Interventions.apply(variables(), variables, set);
    if (propagate) {
      graph.follow(variables, result, set);
    }
    return result;
  }

  /// @throws IllegalArgumentException also where the picture has no finite numbers for these values
  @Override
  public void render(double[] variables, float[] target, int offset) {
    Interventions.check(variables(), variables);
    shape().checkRoom(target, offset);
    scene.draw(variables, target, offset);
  }

  @Override
  public void close() {}
}
