package io.patchbay.analysis.reproduction;

import java.util.Locale;

/// What became of a finding here.
enum Status {
  /// The whole 95 % interval, or a p-value of at most 5 %, speaks for it.
  HELD,
  /// The whole 95 % interval, or a p-value of at most 5 %, speaks against it.
  NOT_HELD,
  /// Neither: too few seeds, or no difference that shows.
  UNDECIDED,
  /// What it is about was not trained or not measured.
  NOT_TESTED;

  /// Its name in files.
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Its name in a sentence.
  String words() {
    return id().replace('_', ' ');
  }
}
