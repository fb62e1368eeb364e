package io.patchbay.analysis.sweep.folder;

import io.patchbay.analysis.intervention.Operation;
import io.patchbay.analysis.intervention.Operation.Source;
import io.patchbay.analysis.intervention.Operations;
import io.patchbay.vae.io.BadInputException;
import java.util.LinkedHashMap;
import java.util.Map;

/// What an intervention does at one of its sites.
///
/// @param units see [io.patchbay.analysis.intervention.UnitSelection]
/// @param op one of [Operations]
public record Place(String site, String units, String op) {
  /// @throws BadInputException when there is no such operation, or not at this site
  public Place {
    final var operation = Operations.named(op);
    if (operation.source() == Source.POSTERIOR
        && !site.equals("latent.z")
        && !site.equals("encoder.mu")) {
      throw new BadInputException("--op", op, "site " + site, "latent.z or encoder.mu");
    }
    if (operation.onInput() && !site.equals("input")) {
      throw new BadInputException("--op", op, "site " + site, "the site input");
    }
  }

  public Operation operation() {
    return Operations.named(op);
  }

  /// For `plan.json`.
  Map<String, Object> toMap() {
    final var map = new LinkedHashMap<String, Object>();
    map.put("site", site);
    map.put("units", units);
    map.put("op", op);
    return map;
  }
}
