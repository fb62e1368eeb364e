package io.patchbay.bench.peers;

import io.patchbay.bench.Conv4Weights;
import io.patchbay.bench.NaiveBatches;
import io.patchbay.bench.NaiveBatches.Batch;
import io.patchbay.bench.NaiveBatches.Group;
import io.patchbay.bench.NetSite;
import io.patchbay.bench.PairEffects;
import io.patchbay.bench.SweepContestant;
import io.patchbay.bench.SweepTask;
import io.patchbay.bench.SweepWorkload.Outcome;
import io.patchbay.bench.UnitBox;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// A sweep in libtorch as TransformerLens and pyvene do it: every intervention is a whole forward
/// with a hook that changes one activation in place, encoder and decoder (encoder alone where the
/// means are measured), and the effects are brought to the host. The activations of the sources and
/// the unpatched outputs are kept from runs before the clock starts.
final class LibtorchNaiveSweep implements SweepContestant {
  private static final int CLEAN_ROWS = 64;

  private final SweepTask task;
  private final NaiveBatches batches;
  private final LibtorchNet net;
  private final String form;
  private final int rows;
  private final Outcome outcome;
  private final Tensor images;
  private final Tensor outputs;
  private final Map<NetSite, Tensor> tables = new EnumMap<>(NetSite.class);
  private final float[] effects;
  private int[] cells = {};

  LibtorchNaiveSweep(
      SweepTask task, Conv4Weights weights, NaiveBatches batches, boolean channelsLast) {
    this.task = task;
    this.batches = batches;
    this.net = new LibtorchNet(weights, channelsLast, false);
    this.rows = batches.cells(batches.batch(0)).length;
    this.form = (channelsLast ? "channels_last" : "contiguous") + ", batch " + rows;
    this.outcome = task.workload().outcome();
    this.effects = new float[rows * outcome.width()];
    this.images = LibtorchNet.tensor(task.images(), task.inputs(), 1, 64, 64);
    final int size = outcome == Outcome.MU ? Conv4Weights.LATENTS : Conv4Weights.PIXELS;
    this.outputs =
        outcome == Outcome.MU
            ? LibtorchNet.tensor(clean(null, size), task.inputs(), size)
            : LibtorchNet.tensor(clean(null, size), task.inputs(), 1, 64, 64);
    for (NetSite site : task.workload().sites()) {
      switch (task.workload().change()) {
        case GRID, ZERO, GREY -> {}
        case MEAN -> {
          final Tensor all = table(site).narrow(0, 0, task.bases());
          final float[] mean = LibtorchNet.values(torch.mean(all, 0));
          tables.put(site, LibtorchNet.tensor(mean, 1, site.channels(), site.side(), site.side()));
        }
        case SOURCE -> tables.put(site, table(site));
      }
    }
  }

  private Tensor table(NetSite site) {
    return LibtorchNet.tensor(
        clean(site, site.size()), task.inputs(), site.channels(), site.side(), site.side());
  }

  /// The unpatched values of all inputs at a site, or of the output.
  ///
  /// @param site null for the output
  private float[] clean(@Nullable NetSite site, int size) {
    final float[] all = new float[task.inputs() * size];
    for (int from = 0; from < task.inputs(); from += CLEAN_ROWS) {
      final int count = Math.min(CLEAN_ROWS, task.inputs() - from);
      final int at = from * size;
      try (PointerScope _ = new PointerScope();
          InferenceMode _ = new InferenceMode()) {
        final Tensor output =
            forward(
                images.narrow(0, from, count).clone(),
                (place, value) -> {
                  if (place == site) {
                    copy(value, all, at);
                  }
                });
        if (site == null) {
          copy(output, all, at);
        }
      }
    }
    return all;
  }

  private static void copy(Tensor value, float[] target, int at) {
    final float[] values = LibtorchNet.values(value);
    System.arraycopy(values, 0, target, at, values.length);
  }

  /// Images to the means, or to decoded images.
  private Tensor forward(Tensor input, LibtorchNet.Hook hook) {
    final Tensor means = net.encode(input, hook).narrow(1, 0, Conv4Weights.LATENTS);
    if (outcome == Outcome.MU) {
      return means;
    }
    hook.at(NetSite.Z, means);
    return net.decode(means, hook).sigmoid_();
  }

  @Override
  public String form() {
    return form;
  }

  @Override
  public int batch() {
    return rows;
  }

  @Override
  public void run(int turn) {
    final Batch batch = batches.batch(turn);
    cells = batches.cells(batch);
    final int[] bases = batches.bases(batch);
    final int[] taken = batches.tableRows(batch);
    try (PointerScope _ = new PointerScope();
        InferenceMode _ = new InferenceMode()) {
      final Tensor start = select(outputs, bases);
      if (outcome == Outcome.PAIR) {
        final Tensor direction = select(outputs, taken).sub(start);
        final Tensor length = sum(direction.square());
        final float[] mixed = along(patched(batch, bases, taken), start, direction, length);
        final float[] held = along(patched(batch, taken, bases), start, direction, length);
        for (int i = 0; i < rows; i++) {
          PairEffects.write(mixed[i], held[i], effects, i);
        }
      } else {
        final Tensor change = patched(batch, bases, taken).sub_(start);
        copy(sum(change.square_()).sqrt_(), effects, 0);
      }
    }
  }

  private static float[] along(Tensor output, Tensor start, Tensor direction, Tensor length) {
    return LibtorchNet.values(sum(output.sub_(start).mul_(direction)).div_(length));
  }

  private static Tensor sum(Tensor value) {
    return value.dim() == 2 ? torch.sum(value, 1) : torch.sum(value, 1, 2, 3);
  }

  /// The outputs of `inputs`, each with its cell's unit changed.
  private Tensor patched(Batch batch, int[] inputs, int[] taken) {
    return forward(
        select(images, inputs),
        (site, value) -> {
          if (site == batch.site()) {
            patch(value, batch, taken);
          }
        });
  }

  private void patch(Tensor value, Batch batch, int[] taken) {
    final int together = batches.together();
    for (int g = 0; g < batch.groups().size(); g++) {
      final Group group = batch.groups().get(g);
      final UnitBox unit = task.units().get(group.unit());
      final Tensor target = box(value.narrow(0, (long) g * together, together), unit);
      switch (task.workload().change()) {
        case GRID, ZERO, GREY -> {
          final double constant = task.workload().change().constants().get(taken[g * together]);
          target.fill_(new Scalar((float) constant));
        }
        case MEAN -> target.copy_(box(table(batch), unit));
        case SOURCE -> {
          final int[] sources = Arrays.copyOfRange(taken, g * together, (g + 1) * together);
          target.copy_(select(box(table(batch), unit), sources));
        }
      }
    }
  }

  private Tensor table(Batch batch) {
    final Tensor table = tables.get(batch.site());
    if (table == null) {
      throw new IllegalStateException("no table: site=" + batch.site());
    }
    return table;
  }

  /// A unit's elements in every row of a value of its site.
  private static Tensor box(Tensor value, UnitBox unit) {
    final Tensor channel = value.narrow(1, unit.channel(), 1);
    return value.dim() == 2
        ? channel
        : channel.narrow(2, unit.top(), unit.height()).narrow(3, unit.left(), unit.width());
  }

  /// Some rows, copied.
  private static Tensor select(Tensor rows, int[] which) {
    return rows.index_select(0, Tensor.create(which));
  }

  @Override
  public int[] cells() {
    return cells;
  }

  @Override
  public float[] effects() {
    return effects.clone();
  }

  @Override
  public void close() {
    images.close();
    outputs.close();
    tables.values().forEach(Tensor::close);
  }
}
