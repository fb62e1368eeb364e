package io.patchbay.analysis.metric;

import io.patchbay.analysis.statistics.Finite;
import java.util.List;

/// The outcomes Y of one pair of a base input x and a source x', with mediators m.
///
/// @param input the base input: pairs that share it have their signs flipped together
/// @param base Y(x)
/// @param source Y(x')
/// @param sourceHeld Y(x' with m held at m(x))
/// @param baseSet Y(x with m set to m(x'))
/// @param controlled one per level of the mediators, the same levels for every pair
public record MediationPair(
    int input,
    double base,
    double source,
    double sourceHeld,
    double baseSet,
    List<Controlled> controlled) {
  /// Both outcomes with the mediators at one level m0: Y(x, m0) and Y(x', m0).
  public record Controlled(double base, double source) {
    public Controlled {
      Finite.require("outcome Y(x, m0)", base);
      Finite.require("outcome Y(x', m0)", source);
    }
  }

  public MediationPair {
    Finite.require("outcome Y(x), input " + input, base);
    Finite.require("outcome Y(x'), input " + input, source);
    Finite.require("outcome Y(x', m(x)), input " + input, sourceHeld);
    Finite.require("outcome Y(x, m(x')), input " + input, baseSet);
    controlled = List.copyOf(controlled);
  }

  /// TE = Y(x') - Y(x).
  public double total() {
    return source - base;
  }

  /// NDE = Y(x' with m held at m(x)) - Y(x).
  public double naturalDirect() {
    return sourceHeld - base;
  }

  /// NIE = Y(x with m set to m(x')) - Y(x).
  public double naturalIndirect() {
    return baseSet - base;
  }

  /// TIE = Y(x') - Y(x' with m held at m(x)).
  public double totalIndirect() {
    return source - sourceHeld;
  }

  /// TE - NDE - NIE.
  public double interaction() {
    return total() - naturalDirect() - naturalIndirect();
  }
}
