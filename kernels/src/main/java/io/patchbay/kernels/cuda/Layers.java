package io.patchbay.kernels.cuda;

import io.patchbay.engine.Precision;
import io.patchbay.ffi.cuda.Device;
import io.patchbay.ffi.cuda.Kernel;
import io.patchbay.ffi.cuda.Launch;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The layers of a network on a device: linear ones, convolutions, transposed convolutions, and
/// their gradients, each with what follows its sums. Every method asks the device at once, and
/// takes addresses of float32 values in logical order.
///
/// A row of a result has the same bits whatever the number of rows and whichever others there are.
final class Layers {
  static final int THREADS = 256;

  /// Rows and columns of a tile of a product, `product.cuh`.
  static final int TILE = 64;

  private static final int THIN = 16;
  static final int SHARED = 4 * 16 * 2 * (TILE + 4);

  /// Inner indices of a part of a sum over rows.
  private static final int CHUNK = 256;

  private final Kernel linear;
  private final Kernel linearThin;
  private final Kernel linearPart;
  private final Kernel linearJoin;
  private final Kernel down;
  private final Kernel downThin;
  private final Kernel up;
  private final Kernel upThin;
  private final WeightGradients weightGradients;
  private final @Nullable HalvingForms forms;
  private final @Nullable DisjointForms disjoint;
  private final @Nullable LinearForms linearForms;

  /// @param special whether the forms for usual shapes are used too
  Layers(final Device device, final boolean special) {
    this(device, special, Precision.FP32);
  }

  /// @param special whether the forms for usual shapes are used too
  /// @param precision of the operands of usual layers; others are in float32
  Layers(final Device device, final boolean special, final Precision precision) {
    linear = device.kernel("linear", "linear");
    linearThin = device.kernel("linear", "linear_thin");
    linearPart = device.kernel("linear", "linear_part");
    linearJoin = device.kernel("linear", "linear_join");
    down = device.kernel("conv_generic", "conv_generic_down");
    downThin = device.kernel("conv_generic", "conv_generic_down_thin");
    up = device.kernel("conv_generic", "conv_generic_up");
    upThin = device.kernel("conv_generic", "conv_generic_up_thin");
    forms = special ? new HalvingForms(device, precision) : null;
    disjoint = special ? new DisjointForms(device, precision) : null;
    weightGradients = new WeightGradients(device, this::weightForm);
    linearForms = special ? new LinearForms(device, precision) : null;
  }

  /// `y (rows; outer)` from `x (rows; inner)` and weights `w` (outer, inner), or (inner, outer).
  ///
  /// @param asStored whether the weights stand as (outer, inner)
  /// @param one the address of an integer 1
  void linear(
      final int inner,
      final int outer,
      final boolean asStored,
      final long x,
      final long w,
      final long y,
      final Finish finish,
      final Rows rows,
      final long one) {
    final int step = asStored ? 1 : outer;
    final int column = asStored ? inner : 1;
    final var s = new Product(rows, 1, new Rows(one, 1), inner, outer, inner, 1, step, column);
    if (linearForms == null) {
      product(s, x, w, y, finish);
    } else {
      linearForms.layer(s, x, w, y, finish);
    }
  }

  /// A product in one pass.
  void product(final Product s, final long a, final long b, final long y, final Finish finish) {
    final boolean thin = s.columns() <= THIN;
    final int tiles = tiles(s.mostRows(), TILE) * tiles(s.columns(), thin ? THIN : TILE);
    (thin ? linearThin : linear)
        .launch(new Launch(tiles, 1, THREADS, SHARED), fields(s, a, b, y, 0, finish));
  }

  /// Floats of scratch that [#sums] needs.
  int sumsScratch(final Product s) {
    if (linearForms != null) {
      return 0;
    }
    final int parts = tiles(s.mostInner(), CHUNK);
    return parts == 1 ? 0 : Math.multiplyExact(parts, s.mostRows() * s.columns());
  }

  /// A product that sums over rows, in chunks of a fixed number, which are added in their order.
  void sums(
      final Product s,
      final long a,
      final long b,
      final long y,
      final long scratch,
      final Finish finish) {
    if (linearForms != null) {
      linearForms.sums(s, a, b, y, finish);
      return;
    }
    final int parts = tiles(s.mostInner(), CHUNK);
    if (parts == 1) {
      product(s, a, b, y, finish);
      return;
    }
    final int tiles = tiles(s.mostRows(), TILE) * tiles(s.columns(), TILE);
    linearPart.launch(
        new Launch(tiles, parts, THREADS, SHARED), fields(s, a, b, scratch, CHUNK, Finish.NONE));
    linearJoin.launch(
        Launch.of(tiles(s.mostRows() * s.columns(), THREADS), THREADS),
        finish.after(
            scratch, y, s.inner().count(), s.perInner(), CHUNK, s.mostRows(), s.columns()));
  }

  /// `y (rows; o, oh, ow)`, the convolution of `x (rows; c, h, w)`.
  void convDown(
      final Conv s,
      final long x,
      final long w,
      final long y,
      final Finish finish,
      final Rows rows) {
    final var form = forms == null ? null : forms.down(s, rows.most(), finish).orElse(null);
    if (form != null) {
      form.kernel().launch(form.launch(), finish.after(x, w, y, rows.count(), s.c(), s.o()));
      return;
    }
    final var apart = disjoint == null ? null : disjoint.down(s, rows.most(), finish).orElse(null);
    if (apart != null) {
      launch(apart, s, x, w, y, finish, rows);
      return;
    }
    final boolean thin = s.o() <= THIN;
    final int pixels = Math.multiplyExact(rows.most(), s.oh() * s.ow());
    (thin ? downThin : down)
        .launch(
            new Launch(tiles(pixels, TILE), tiles(s.o(), thin ? THIN : TILE), THREADS, SHARED),
            fields(s, x, w, 0, y, 0, finish, rows));
  }

  /// `y (rows; c, h, w)`, the transposed convolution of `g (rows; o, oh, ow)`.
  void convUp(
      final Conv s,
      final long g,
      final long w,
      final long y,
      final Finish finish,
      final Rows rows) {
    final var form = forms == null ? null : forms.up(s, rows.most(), finish).orElse(null);
    if (form != null) {
      form.kernel().launch(form.launch(), finish.after(g, w, y, rows.count(), s.c(), s.o()));
      return;
    }
    final var apart = disjoint == null ? null : disjoint.up(s, rows.most(), finish).orElse(null);
    if (apart != null) {
      launch(apart, s, g, w, y, finish, rows);
      return;
    }
    final boolean thin = s.c() <= THIN;
    final int places =
        Math.ceilDiv(s.h() + s.padding(), s.stride())
            * Math.ceilDiv(s.w() + s.padding(), s.stride());
    final int tiles =
        tiles(Math.multiplyExact(rows.most(), places), TILE) * s.stride() * s.stride();
    (thin ? upThin : up)
        .launch(
            new Launch(tiles, tiles(s.c(), thin ? THIN : TILE), THREADS, SHARED),
            fields(s, 0, w, g, y, 0, finish, rows));
  }

  /// A kernel of [DisjointForms].
  private static void launch(
      final Call call,
      final Conv s,
      final long x,
      final long w,
      final long y,
      final Finish finish,
      final Rows rows) {
    call.kernel()
        .launch(call.launch(), finish.after(x, w, y, rows.count(), s.c(), s.o(), s.oh(), s.ow()));
  }

  private Optional<WeightCall> weightForm(final Conv s) {
    return forms == null || disjoint == null
        ? Optional.empty()
        : forms.weightGrad(s).or(() -> disjoint.weightGrad(s));
  }

  /// The gradients of weights of convolutions.
  WeightGradients weightGradients() {
    return weightGradients;
  }

  static int tiles(final int count, final int size) {
    return Math.ceilDiv(Math.max(count, 1), size);
  }

  private static long[] fields(
      final Product s,
      final long a,
      final long b,
      final long y,
      final int chunk,
      final Finish finish) {
    return finish.after(
        a,
        b,
        y,
        s.rows().count(),
        s.perRow(),
        s.inner().count(),
        s.perInner(),
        s.columns(),
        s.aRow(),
        s.aInner(),
        s.bInner(),
        s.bColumn(),
        chunk);
  }

  static long[] fields(
      final Conv s,
      final long x,
      final long w,
      final long g,
      final long y,
      final int chunk,
      final Finish finish,
      final Rows rows) {
    return finish.after(
        x,
        w,
        g,
        y,
        rows.count(),
        s.c(),
        s.h(),
        s.w(),
        s.o(),
        s.oh(),
        s.ow(),
        s.kh(),
        s.kw(),
        s.stride(),
        s.padding(),
        chunk);
  }
}
