package io.patchbay.bench.gpu;

import io.patchbay.engine.Axis;
import io.patchbay.engine.Graph;
import io.patchbay.engine.Node;
import io.patchbay.engine.Ops;
import io.patchbay.engine.Plan;
import io.patchbay.engine.Precision;
import io.patchbay.engine.Program;
import io.patchbay.engine.Shape;
import io.patchbay.engine.Sizes;
import io.patchbay.engine.Weights;
import io.patchbay.ffi.cuda.Cublas;
import io.patchbay.ffi.cuda.CudaDevice;
import io.patchbay.ffi.cuda.CudaUnavailableException;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.DeviceMemory;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/// Products of matrices as the net's linear layers have them, by this project's kernels and by
/// cuBLAS where it is installed; and a large one by cuBLAS, which is the ceiling of all products.
///
/// Plans do not take cuBLAS's products: its sums of a row change with the number of rows, and it
/// wants that number on the host, where one recording serves all numbers.
final class Products implements Section {
  private static final int SECONDS = 30;
  private static final double MILLIS = 150;

  /// Rows and columns of the large one.
  private static final int LARGE = 8192;

  /// How far results of a chain may be apart, of their largest element.
  private static final double FP32 = 1e-4;

  private static final double TF32 = 2e-2;

  private static final Axis ROWS = new Axis("rows");

  Products() {}

  @Override
  public String name() {
    return "products";
  }

  @Override
  public int seconds() {
    return SECONDS;
  }

  @Override
  public Map<String, Object> run(final Bench bench) {
    final var rows = new TimedRows(bench);
    final var chain = Chain.of(bench);
    try (var open = bench.open();
        var library = Library.of(open)) {
      rows.say("library", library.what());
      rows.say("large_product_flops", large(bench, open, library));
      for (final int batch : bench.options().tiny() ? List.of(3) : List.of(4096, 1024, 64)) {
        for (final var precision : open.backend().planPrecisions().stream().sorted().toList()) {
          final var names = new LinkedHashMap<String, Object>();
          names.put("case", chain.label());
          names.put("precision", precision.label());
          names.put("batch", batch);
          rows.add(names, row -> time(row, bench, open, library, chain, batch, precision));
        }
      }
    }
    return rows.result();
  }

  /// Products by turns from some numbers a row to more and back.
  ///
  /// @param count of products: so many that starting them costs nothing
  private record Chain(int narrow, int wide, int count) {
    static Chain of(final Bench bench) {
      return new Chain(bench.size(256, 20), bench.size(1024, 36), bench.size(32, 2));
    }

    String label() {
      return count + " products, " + narrow + " to " + wide + " and back";
    }

    double operations(final int batch) {
      return 2.0 * batch * narrow * wide * count;
    }

    /// Numbers of a size that the products neither blow up nor lose.
    float[] random(final int count, final long seed) {
      final double most = Math.sqrt(3 / Math.sqrt((double) narrow * wide));
      return Products.random(count, seed, most);
    }
  }

  /// cuBLAS on a device, or why there is none.
  private record Library(List<Cublas> opened, List<Device> devices, String what)
      implements AutoCloseable {
    static Library of(final OpenDevice open) {
      if (!(open.device().orElse(null) instanceof final CudaDevice device)) {
        return new Library(List.of(), List.of(), "no cuBLAS: not a GPU");
      }
      try {
        return new Library(List.of(Cublas.open(device)), List.of(device), "cuBLAS");
      } catch (final CudaUnavailableException e) {
        return new Library(List.of(), List.of(), "no cuBLAS: " + e.getMessage());
      }
    }

    @Override
    public void close() {
      opened.forEach(Cublas::close);
    }
  }

  /// FLOP/s of the library in each of its precisions.
  private static Map<String, Object> large(
      final Bench bench, final OpenDevice open, final Library library) {
    final var found = new LinkedHashMap<String, Object>();
    for (final var cublas : library.opened()) {
      final var device = library.devices().getFirst();
      final long bytes = 4L * LARGE * LARGE;
      try (var a = device.allocate("a", bytes);
          var b = device.allocate("b", bytes);
          var c = device.allocate("c", bytes)) {
        final var numbers = random(LARGE * LARGE, 7, 1);
        for (final var precision : Cublas.Precision.values()) {
          upload(device, a, numbers, precision);
          upload(device, b, numbers, precision);
          final var time =
              new Stopwatch(open, bench.size((int) MILLIS, 1))
                  .time(
                      _ ->
                          cublas.product(
                              precision,
                              a.address(),
                              b.address(),
                              c.address(),
                              LARGE,
                              LARGE,
                              LARGE),
                      3);
          found.put(
              precision.name().toLowerCase(Locale.ROOT),
              2.0 * LARGE * LARGE * LARGE / (time.median() * 1e-3));
        }
      }
    }
    return found;
  }

  private static void upload(
      final Device device,
      final DeviceMemory to,
      final float[] numbers,
      final Cublas.Precision precision) {
    switch (precision) {
      case FP32, TF32 -> device.upload(to.address(), MemorySegment.ofArray(numbers));
      case BF16 -> {
        final var halves = new short[numbers.length];
        for (int i = 0; i < halves.length; i++) {
          halves[i] = (short) (Float.floatToRawIntBits(numbers[i]) >>> Short.SIZE);
        }
        device.upload(to.address(), MemorySegment.ofArray(halves));
      }
    }
  }

  private static void time(
      final Map<String, Object> row,
      final Bench bench,
      final OpenDevice open,
      final Library library,
      final Chain chain,
      final int batch,
      final Precision precision) {
    final var watch = new Stopwatch(open, bench.size((int) MILLIS, 1));
    final var x = chain.random(batch * chain.narrow(), 1);
    final var up = chain.random(chain.narrow() * chain.wide(), 2);
    final var down = chain.random(chain.wide() * chain.narrow(), 3);
    final float[] ours;
    final double millis;
    try (var own = new Own(open, chain, x, up, down, batch, precision)) {
      final var time = watch.time(_ -> own.run(), 3);
      ours = own.result();
      millis = time.median();
      row.putAll(time.json());
      row.put("tflops", chain.operations(batch) / (millis * 1e-3) * 1e-12);
    }
    for (final var cublas : library.opened()) {
      final var device = library.devices().getFirst();
      final var how = precision == Precision.TF32 ? Cublas.Precision.TF32 : Cublas.Precision.FP32;
      try (var source = device.allocate("source", 4L * x.length);
          var narrow = device.allocate("narrow", 4L * x.length);
          var first = device.allocate("first", 4L * up.length);
          var second = device.allocate("second", 4L * down.length);
          var wide = device.allocate("wide", 4L * batch * chain.wide())) {
        device.upload(source.address(), MemorySegment.ofArray(x));
        device.upload(first.address(), MemorySegment.ofArray(up));
        device.upload(second.address(), MemorySegment.ofArray(down));
        final Runnable all =
            () -> {
              for (int i = 0; i < chain.count() / 2; i++) {
                final long from = i == 0 ? source.address() : narrow.address();
                final long over = wide.address();
                final int few = chain.narrow();
                final int many = chain.wide();
                cublas.product(how, from, first.address(), over, batch, few, many);
                cublas.product(how, over, second.address(), narrow.address(), batch, many, few);
              }
            };
        all.run();
        final var theirs = new float[x.length];
        device.download(MemorySegment.ofArray(theirs), narrow.address());
        final double apart = Apart.of(ours, theirs);
        final double most = precision == Precision.TF32 ? TF32 : FP32;
        row.put("apart", apart);
        if (!(apart <= most)) {
          throw new IllegalStateException(
              "result differs from the library's: apart=" + apart + ", tolerance=" + most);
        }
        final double theirMillis = watch.time(_ -> all.run(), 3).median();
        row.put("library_ms", theirMillis);
        row.put("beside_library", theirMillis / millis);
      }
    }
  }

  private static float[] random(final int count, final long seed, final double most) {
    final var random = new SplittableRandom(seed);
    final var numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextDouble(-most, most);
    }
    return numbers;
  }

  /// The chain as a program.
  private static final class Own implements AutoCloseable {
    private final Sizes sizes;
    private final Weights weights;
    private final Program program;
    private final Node output;

    Own(
        final OpenDevice open,
        final Chain chain,
        final float[] x,
        final float[] up,
        final float[] down,
        final int batch,
        final Precision precision) {
      this.sizes = Sizes.of(ROWS, batch);
      final var graph = new Graph();
      final var input = graph.input("input", Shape.batched(ROWS, chain.narrow()));
      final var first = graph.state("first", Shape.of(chain.narrow(), chain.wide()));
      final var second = graph.state("second", Shape.of(chain.wide(), chain.narrow()));
      Node at = input;
      for (int i = 0; i < chain.count() / 2; i++) {
        at = Ops.matMul(Ops.matMul(at, first, false, false), second, false, false);
      }
      this.output = at;
      this.weights = open.backend().weights(List.of(first, second));
      weights.write("first", up);
      weights.write("second", down);
      final var plan = Plan.of(graph, List.of(output), sizes).in(precision);
      this.program = open.backend().load(plan, weights);
      program.write(input, x);
    }

    void run() {
      program.run(sizes);
    }

    float[] result() {
      return program.read(output);
    }

    @Override
    public void close() {
      program.close();
      weights.close();
    }
  }
}
