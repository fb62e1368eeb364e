package io.patchbay.analysis.sweep.route;

import java.util.EnumSet;

/// Kinds of work that the cells of a sweep are made of, each with a rate of its own on a machine.
public enum Work {
  /// A multiply-add of a whole layer with kernel 4, stride 2 and padding 1, between features whose
  /// channels come in sixteens.
  WIDE(true),
  /// The same of a layer with an image on one side, with what its pixels take.
  IMAGE(true),
  /// A multiply-add of a linear layer.
  LINEAR(true),
  /// A multiply-add of any other convolution.
  OTHER(true),
  /// An element of a value that is patched; one that is compared with the base counts as some.
  ELEMENT(false),
  /// A multiply-add of a convolution up that a change alone is carried through.
  CARRIED(true),
  /// A weight that is fetched there: once for some neighbouring pixels.
  WEIGHT(false),
  /// A multiply-add of a convolution down that a change is carried through.
  DOWN(true),
  /// A weight that is fetched there.
  DOWN_WEIGHT(false),
  /// A multiply-add of a linear layer that a change is carried through, whether its input changes
  /// or not.
  CARRIED_LINEAR(true),
  /// The same as the four above with operands below float32.
  ROUNDED(true),
  ROUNDED_WEIGHT(false),
  ROUNDED_DOWN(true),
  ROUNDED_DOWN_WEIGHT(false),
  /// An element of a clean value that a carried change is added to.
  CHANGED(false),
  /// A multiply-add of a change that is carried onto an image.
  CARRIED_IMAGE(true),
  /// A pixel of an image that a change is carried onto, with its sigmoids and its share of the
  /// effect.
  CARRIED_PIXEL(false),
  /// An element that a patch of several channels changes, where the change is carried.
  PATCHED(false),
  /// An element that an op of one's own changes, without what its program does.
  OWN(false),
  /// An instruction of such a program on an element.
  INSTRUCTION(false),
  /// One of those that take a polynomial: exp, log, tanh and sigmoid.
  FUNCTION(false),
  /// A random number that such a program reads.
  RANDOM(false),
  /// A layer of a cell that a change is carried through, whatever its size.
  LAYER(false),
  /// A cell, whatever its size.
  CELL(false),
  /// An element that is handed to a program.
  MOVED(false);

  private final boolean multiplies;

  Work(final boolean multiplies) {
    this.multiplies = multiplies;
  }

  /// What there is below float32 alone.
  static EnumSet<Work> rounded() {
    return EnumSet.of(ROUNDED, ROUNDED_WEIGHT, ROUNDED_DOWN, ROUNDED_DOWN_WEIGHT);
  }

  /// Whether its unit is a multiply-add.
  boolean multiplies() {
    return multiplies;
  }
}
