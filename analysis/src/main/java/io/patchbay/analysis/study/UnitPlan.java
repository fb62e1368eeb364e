package io.patchbay.analysis.study;

import io.patchbay.analysis.patch.FactorProbe;
import io.patchbay.vae.train.TrainedVae;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What the parts of a study of units depend on: thresholds and permutations are not among it.
final class UnitPlan {
  private UnitPlan() {}

  static Map<String, Object> of(
      final Scene scene, final UnitQuestion question, final ReadFactors factors) {
    final var map = new LinkedHashMap<String, Object>();
    map.put("sites", question.sites());
    map.put("factors", factors.names());
    map.put("inputs", question.inputs());
    map.put("pairs_per_input", question.pairs());
    map.put("oracle_inputs", question.oracleInputs());
    map.put("estimator", question.estimator().name().toLowerCase(Locale.ROOT));
    map.put("data", scene.data().name());
    map.put("data_size", scene.data().size());
    map.put("seed", scene.seed());
    map.put("sha256_of_model", digest(scene.model()));
    map.put("probes", factors.used().stream().map(FactorProbe::numbers).toList());
    map.put("device", scene.model().backend().device());
    map.put("instructions", scene.model().backend().instructions());
    return map;
  }

  private static String digest(final TrainedVae model) {
    try {
      final var digest = MessageDigest.getInstance("SHA-256");
      new TreeMap<>(model.values())
          .forEach((_, values) -> {
            final var bytes = ByteBuffer.allocate(values.length * Float.BYTES);
            for (final float value : values) {
              bytes.putFloat(value);
            }
            digest.update(bytes.array());
          });
      return HexFormat.of().formatHex(digest.digest());
    } catch (final NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
