package io.patchbay.bench.peers;

import io.patchbay.bench.Affine;
import io.patchbay.bench.Contestant;
import io.patchbay.bench.Layer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.deconvolution_forward;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.primitive_desc;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;

/// One layer as an oneDNN primitive for forward inference. The pool is reordered into the
/// primitive's layout once, when built.
final class OneDnnLayer implements Contestant {
  /// Which of the library's implementations; each brings its own layouts.
  enum Choice {
    /// The library's first choice.
    FIRST,
    /// The library's next best; for convolutions its direct kernel on blocks of 16 channels.
    SECOND
  }

  private static final long[] STRIDE = {2, 2};
  private static final long[] PADDING = {1, 1};

  private final Layer layer;
  private final int batch;
  private final String implementation;
  private final engine device = new engine(engine.kind.cpu, 0);
  private final stream queue = new stream(device);
  private final primitive kernel;
  private final memory output;
  private final List<IntMemoryMap> arguments = new ArrayList<>();

  OneDnnLayer(Layer layer, Affine affine, float[] pool, int batch, Choice choice) {
    this.layer = layer;
    this.batch = batch;
    final long[] inputDims = {batch, layer.inputChannels(), layer.inputSide(), layer.inputSide()};
    final long[] weightDims = {layer.outputChannels(), layer.inputChannels(), 4, 4};
    final long[] biasDims = {layer.outputChannels()};
    final memory.desc wantedInput = desc(inputDims, memory.format_tag.any);
    final memory.desc wantedWeight = desc(weightDims, memory.format_tag.any);
    final memory.desc wantedOutput = desc(outputDims(), memory.format_tag.any);
    final memory.desc biasDesc = desc(biasDims, memory.format_tag.x);
    final memory.desc inputDesc;
    final memory.desc weightDesc;
    final memory.format_tag weightTag;
    if (layer.down()) {
      final convolution_forward.primitive_desc found =
          new convolution_forward.primitive_desc(
              device,
              prop_kind.forward_inference,
              algorithm.convolution_direct,
              wantedInput,
              wantedWeight,
              biasDesc,
              wantedOutput,
              STRIDE,
              PADDING,
              PADDING,
              attributes(),
              false);
      advance(found, choice);
      kernel = new convolution_forward(found);
      inputDesc = found.src_desc();
      weightDesc = found.weights_desc();
      weightTag = memory.format_tag.oihw;
      output = new memory(found.dst_desc(), device);
      implementation = found.impl_info_str().getString();
    } else {
      final deconvolution_forward.primitive_desc found =
          new deconvolution_forward.primitive_desc(
              device,
              prop_kind.forward_inference,
              algorithm.deconvolution_direct,
              wantedInput,
              wantedWeight,
              biasDesc,
              wantedOutput,
              STRIDE,
              PADDING,
              PADDING,
              attributes(),
              false);
      advance(found, choice);
      kernel = new deconvolution_forward(found);
      inputDesc = found.src_desc();
      weightDesc = found.weights_desc();
      // PyTorch stores a transposed weight as (in, out, 4, 4): the first two dims swapped.
      weightTag = memory.format_tag.iohw;
      output = new memory(found.dst_desc(), device);
      implementation = found.impl_info_str().getString();
    }
    final memory weight = reordered(affine.weight(), weightDims, weightTag, weightDesc);
    final memory bias = reordered(affine.bias(), biasDims, memory.format_tag.x, biasDesc);
    final int size = batch * layer.inputSize();
    for (int from = 0; from + size <= pool.length; from += size) {
      final float[] values = Arrays.copyOfRange(pool, from, from + size);
      final memory input = reordered(values, inputDims, memory.format_tag.nchw, inputDesc);
      arguments.add(
          new IntMemoryMap()
              .put(dnnl.DNNL_ARG_SRC, input)
              .put(dnnl.DNNL_ARG_WEIGHTS, weight)
              .put(dnnl.DNNL_ARG_BIAS, bias)
              .put(dnnl.DNNL_ARG_DST, output));
    }
  }

  @Override
  public String form() {
    return implementation + ", batch " + batch;
  }

  @Override
  public int batch() {
    return batch;
  }

  @Override
  public void run(int turn) {
    kernel.execute(queue, arguments.get(Math.floorMod(turn, arguments.size())));
    queue._wait();
  }

  @Override
  public float[] result() {
    final memory plain = new memory(desc(outputDims(), memory.format_tag.nchw), device);
    new reorder(output, plain).execute(queue, output, plain);
    queue._wait();
    final float[] values = new float[batch * layer.outputSize()];
    new FloatPointer(plain.get_data_handle()).get(values);
    return values;
  }

  @Override
  public Output output() {
    return Output.ACTIVATIONS;
  }

  @Override
  public void close() {
    kernel.close();
  }

  private primitive_attr attributes() {
    final primitive_attr attributes = new primitive_attr();
    if (layer.relu()) {
      final post_ops fused = new post_ops();
      fused.append_eltwise(algorithm.eltwise_relu, 0.0f, 0.0f);
      attributes.set_post_ops(fused);
    }
    return attributes;
  }

  private memory reordered(float[] values, long[] dims, memory.format_tag tag, memory.desc wanted) {
    final memory plain = new memory(desc(dims, tag), device);
    new FloatPointer(plain.get_data_handle()).put(values);
    final memory target = new memory(wanted, device);
    new reorder(plain, target).execute(queue, plain, target);
    queue._wait();
    return target;
  }

  private long[] outputDims() {
    return new long[] {batch, layer.outputChannels(), layer.outputSide(), layer.outputSide()};
  }

  private static void advance(primitive_desc found, Choice choice) {
    if (choice == Choice.SECOND && !found.next_impl()) {
      throw new IllegalStateException("onednn: implementations=1, expected=2");
    }
  }

  private static memory.desc desc(long[] dims, memory.format_tag tag) {
    return new memory.desc(dims, memory.data_type.f32, tag);
  }
}
