package io.patchbay.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What a launch says of a kernel's shared memory is what the kernel's header says, where an
/// assertion of the compiler holds it to the layout.
class SharedSizesTest {
  private static final Pattern SIZE = Pattern.compile("constexpr int k(\\w+) = (\\d+);");

  /// The numbers of a header, by name without the `k`.
  private static Map<String, Integer> sizes(final String header) throws IOException {
    try (var in = SharedSizesTest.class.getResourceAsStream("sources/" + header)) {
      assertNotNull(in, header);
      final var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      final var sizes = new HashMap<String, Integer>();
      SIZE.matcher(text)
          .results()
          .forEach(found -> sizes.put(found.group(1), Integer.parseInt(found.group(2))));
      return sizes;
    }
  }

  @Test
  void tails() throws IOException {
    assertEquals(
        Map.of(
            "TailStreamedShared",
            DecoderPath.TAIL_STREAMED_SHARED,
            "TailColorsShared",
            DecoderPath.TAIL_COLORS_SHARED,
            "TailExactShared",
            DecoderPath.TAIL_EXACT_SHARED,
            "TailExactColorsShared",
            DecoderPath.TAIL_EXACT_COLORS_SHARED,
            "TailChannelShared",
            ChannelPath.TAIL_CHANNEL_SHARED),
        sizes("tail_shared.cuh"));
  }

  @Test
  void squares() throws IOException {
    final var sizes = sizes("squares_room.cuh");
    assertEquals(sizes.get("SquareRing"), SquaresPath.ROOM);
    assertEquals(sizes.get("SquareStage"), SquaresPath.STAGE);
    assertEquals(sizes.get("SquareStages"), SquaresPath.STAGES);
    assertEquals(sizes.get("SquareSide"), SquaresPath.SIDE);
  }
}
