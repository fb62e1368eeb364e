package io.patchbay.engine;

/// A NaN or an infinity, with the first place where it appeared.
public final class NonFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NonFiniteException(final Node node, final long element, final float value) {
    super(
        "value is not finite: site="
            + node.graph().siteOf(node)
            + ", node="
            + node
            + ", element="
            + element
            + ", value="
            + value);
  }
}
