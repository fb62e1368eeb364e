package io.patchbay.vae.data;

import java.util.List;

/// What a causal world is, as a user states it: variables with their mechanisms, and the shapes of
/// the picture, drawn in this order. [Scm] checks it.
///
/// @param name short name of the data set
/// @param seed of the noise
/// @param samples pictures of each combination of the causes' values, each with noise of its own
public record ScmDescription(
    String name,
    ScmPicture picture,
    long seed,
    int samples,
    List<ScmVariable> variables,
    List<ScmShape> shapes) {
  public ScmDescription {
    variables = List.copyOf(variables);
    shapes = List.copyOf(shapes);
  }

  /// With one picture of each combination.
  public ScmDescription(
      String name, ScmPicture picture, List<ScmVariable> variables, List<ScmShape> shapes) {
    this(name, picture, 0, 1, variables, shapes);
  }
}
