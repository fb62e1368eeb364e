package io.patchbay.bench;

import tools.jackson.databind.json.JsonMapper;

/// JSON text of maps and lists.
final class BenchJson {
  private BenchJson() {}

  static String write(final Object value) {
    return JsonMapper.shared().writeValueAsString(value);
  }
}
