package io.patchbay.bench;

import io.patchbay.engine.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What a row of the sweeps' table times: the interventions on each base input, and what is
/// measured of them.
public enum SweepWorkload {
  /// do(z_i = v): 10 latents, 7 values from -3 to 3.
  Z_GRID(Units.CHANNELS, Change.GRID, 0, 256, Outcome.IMAGE),
  /// The same, ours with the change carried in bf16.
  Z_GRID_BF16(Units.CHANNELS, Change.GRID, 0, 256, Outcome.IMAGE),
  /// The same, ours with the change carried in TF32.
  Z_GRID_TF32(Units.CHANNELS, Change.GRID, 0, 256, Outcome.IMAGE),
  /// Every channel at 16 x 16 x 32 of the decoder, from 16 sources a base.
  CHANNELS_16(Units.CHANNELS, Change.SOURCE, 16, 256, Outcome.IMAGE),
  /// Every channel at 32 x 32 x 32 of the decoder, from 16 sources a base.
  CHANNELS_32(Units.CHANNELS, Change.SOURCE, 16, 256, Outcome.IMAGE),
  /// Every channel at 32 x 32 x 32 of the decoder, to zero.
  ABLATE_32(Units.CHANNELS, Change.ZERO, 0, 256, Outcome.IMAGE),
  /// Every unit of the four inputs of the decoder's convolutions, to its mean over the bases.
  UNITS_ALL(Units.ELEMENTS, Change.MEAN, 0, 8, Outcome.IMAGE),
  /// Squares of 8 x 8 pixels, 4 apart, to grey.
  OCCLUSION_MU(Units.SQUARES, Change.GREY, 0, 256, Outcome.MU),
  /// Every channel of the encoder's convolutions, from 4 sources a base.
  ENCODER_CHANNELS_MU(Units.CHANNELS, Change.SOURCE, 4, 256, Outcome.MU),
  /// Mediation through each channel at 16 x 16 x 32 of the decoder, 64 x 64 pairs.
  MEDIATION_16(Units.CHANNELS, Change.SOURCE, 64, 64, Outcome.PAIR),
  /// Mediation through each channel at 4 x 4 x 64 of the decoder, 64 x 64 pairs.
  MEDIATION_4(Units.CHANNELS, Change.SOURCE, 64, 64, Outcome.PAIR);

  private static final int SQUARE = 8;
  private static final int STEP = 4;

  private final Units shapes;
  private final Change change;
  private final int sources;
  private final int bases;
  private final Outcome outcome;

  /// What the units of a site are.
  private enum Units {
    CHANNELS,
    ELEMENTS,
    SQUARES
  }

  /// What the elements of a unit become.
  public enum Change {
    /// Each of seven values.
    GRID,
    ZERO,
    GREY,
    /// Their means over the base inputs.
    MEAN,
    /// Those of a source input.
    SOURCE;

    /// The values, for a change to values.
    public List<Double> constants() {
      return switch (this) {
        case GRID -> List.of(-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0);
        case ZERO -> List.of(0.0);
        case GREY -> List.of(0.5);
        case MEAN, SOURCE -> List.of();
      };
    }
  }

  /// What is measured of an intervened run.
  public enum Outcome {
    /// The Euclidean norm of the change of the image.
    IMAGE,
    /// The Euclidean norm of the change of the posterior mean; only the encoder runs.
    MU,
    /// TE, NDE, NIE and TIE of a base and a source, from two intervened runs; Y is the projection
    /// of the image on the change that the source brings: 0 at the base, 1 at the source.
    PAIR;

    /// Numbers of one cell.
    public int width() {
      return this == PAIR ? 4 : 1;
    }
  }

  SweepWorkload(Units shapes, Change change, int sources, int bases, Outcome outcome) {
    this.shapes = shapes;
    this.change = change;
    this.sources = sources;
    this.bases = bases;
    this.outcome = outcome;
  }

  /// The names of all rows.
  static List<String> labels() {
    return Arrays.stream(values()).map(SweepWorkload::label).toList();
  }

  /// The row's name: `z-grid`, `channels-16`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Where it intervenes, one place at a time.
  public List<NetSite> sites() {
    return switch (this) {
      case Z_GRID, Z_GRID_BF16, Z_GRID_TF32 -> List.of(NetSite.Z);
      case CHANNELS_16, MEDIATION_16 -> List.of(NetSite.D2);
      case CHANNELS_32, ABLATE_32 -> List.of(NetSite.D3);
      case UNITS_ALL -> List.of(NetSite.FLAT, NetSite.D1, NetSite.D2, NetSite.D3);
      case OCCLUSION_MU -> List.of(NetSite.INPUT);
      case ENCODER_CHANNELS_MU -> List.of(NetSite.E1, NetSite.E2, NetSite.E3, NetSite.E4);
      case MEDIATION_4 -> List.of(NetSite.FLAT);
    };
  }

  public Change change() {
    return change;
  }

  /// Of the operands of what carries our change.
  Precision precision() {
    return switch (this) {
      case Z_GRID_BF16 -> Precision.BF16;
      case Z_GRID_TF32 -> Precision.TF32;
      case Z_GRID,
          CHANNELS_16,
          CHANNELS_32,
          ABLATE_32,
          UNITS_ALL,
          OCCLUSION_MU,
          ENCODER_CHANNELS_MU,
          MEDIATION_16,
          MEDIATION_4 ->
          Precision.FP32;
    };
  }

  /// The largest error that ours may have, as [SweepVerifier] takes it.
  double bound() {
    return switch (precision()) {
      case FP32 -> SweepVerifier.BOUND;
      case TF32 -> SweepVerifier.TF32;
      case BF16 -> SweepVerifier.BF16;
    };
  }

  /// Sources of each base; 0 where there are none.
  int sources() {
    return sources;
  }

  /// Base inputs of the whole sweep.
  int bases() {
    return bases;
  }

  public Outcome outcome() {
    return outcome;
  }

  /// The units of all sites, one site after the other.
  List<UnitBox> units() {
    return sites().stream().flatMap(site -> units(site).stream()).toList();
  }

  private List<UnitBox> units(final NetSite site) {
    final var units = new ArrayList<UnitBox>();
    for (int c = 0; c < site.channels(); c++) {
      switch (shapes) {
        case CHANNELS -> units.add(UnitBox.channel(site, c));
        case ELEMENTS -> {
          for (int i = 0; i < site.side() * site.side(); i++) {
            units.add(UnitBox.element(site, c, i / site.side(), i % site.side()));
          }
        }
        case SQUARES -> {
          for (int y = 0; y + SQUARE <= site.side(); y += STEP) {
            for (int x = 0; x + SQUARE <= site.side(); x += STEP) {
              units.add(new UnitBox(site, c, y, x, SQUARE, SQUARE));
            }
          }
        }
      }
    }
    return units;
  }
}
