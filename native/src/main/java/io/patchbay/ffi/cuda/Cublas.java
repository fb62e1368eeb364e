package io.patchbay.ffi.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F;
import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F_FAST_TF32;
import static org.bytedeco.cuda.global.cublas.CUBLAS_GEMM_DEFAULT;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_N;
import static org.bytedeco.cuda.global.cublas.CUBLAS_STATUS_SUCCESS;
import static org.bytedeco.cuda.global.cudart.CUDA_R_16BF;
import static org.bytedeco.cuda.global.cudart.CUDA_R_32F;

import io.patchbay.ffi.NativeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// Matrix products of NVIDIA's library, on the stream of a device: what own kernels are measured
/// beside. All of its functions that are used are looked up when it is opened.
public final class Cublas implements AutoCloseable {
  private static final String OWNER = "cuBLAS";

  private static final String LIBRARY = "libcublas.so.13";

  /// Which the other needs, and which may lie where the loader does not look.
  private static final String NEEDED = "libcublasLt.so.13";

  /// What the factors are, and what is multiplied. Products are float32, and so are their sums.
  public enum Precision {
    FP32(CUDA_R_32F, CUBLAS_COMPUTE_32F),
    /// Factors are float32, of which 10 bits of the fraction are multiplied.
    TF32(CUDA_R_32F, CUBLAS_COMPUTE_32F_FAST_TF32),
    BF16(CUDA_R_16BF, CUBLAS_COMPUTE_32F);

    private final int factors;
    private final int compute;

    Precision(final int factors, final int compute) {
      this.factors = factors;
      this.compute = compute;
    }
  }

  private final CudaContext context;
  private final MethodHandle gemm;
  private final MethodHandle destroy;
  private final MemorySegment one;
  private final MemorySegment zero;
  private final long handle;
  private boolean closed;

  Cublas(final SymbolLookup library, final CudaDevice device) {
    context = device.context();
    context.enterOutside("cuBLAS");
    gemm = CudaSymbols.bind(library, OWNER, "cublasGemmEx", "LIIIIILLIILIILLIIII");
    destroy = CudaSymbols.bind(library, OWNER, "cublasDestroy_v2", "L");
    final var create = CudaSymbols.bind(library, OWNER, "cublasCreate_v2", "L");
    final var setStream = CudaSymbols.bind(library, OWNER, "cublasSetStream_v2", "LL");
    one = context.arena().allocateFrom(JAVA_FLOAT, 1);
    zero = context.arena().allocateFrom(JAVA_FLOAT, 0);
    try (var arena = Arena.ofConfined()) {
      final var cell = arena.allocate(JAVA_LONG);
      check("cublasCreate", (int) create.invokeExact(cell.address()));
      handle = cell.get(JAVA_LONG, 0);
      check("cublasSetStream", (int) setStream.invokeExact(handle, device.stream().handle()));
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(OWNER, e);
    }
  }

  /// @throws CudaUnavailableException when the library is not there
  public static Cublas open(final CudaDevice device) {
    final var libraries = CudaLibraries.standard();
    if (libraries.load(NEEDED).isEmpty()) {
      throw new CudaUnavailableException(libraries.absence(NEEDED));
    }
    final var library =
        libraries
            .load(LIBRARY)
            .orElseThrow(() -> new CudaUnavailableException(libraries.absence(LIBRARY)));
    return new Cublas(library, device);
  }

  /// `c = a b`, all row after row: `a` (rows, inner), `b` (inner, columns), `c` (rows, columns).
  /// The library counts columns first: it is asked for the transposed product.
  ///
  /// @param a address of the factors, of bf16 or float32 as `precision` says
  /// @param c address of the float32 product
  public void product(
      final Precision precision,
      final long a,
      final long b,
      final long c,
      final int rows,
      final int inner,
      final int columns) {
    context.enter();
    if (rows < 1 || inner < 1 || columns < 1) {
      throw new IllegalArgumentException(
          "no such product: rows=" + rows + ", inner=" + inner + ", columns=" + columns);
    }
    final int status;
    try {
      status =
          (int)
              gemm.invokeExact(
                  handle,
                  CUBLAS_OP_N,
                  CUBLAS_OP_N,
                  columns,
                  rows,
                  inner,
                  one.address(),
                  b,
                  precision.factors,
                  columns,
                  a,
                  precision.factors,
                  inner,
                  zero.address(),
                  c,
                  CUDA_R_32F,
                  columns,
                  precision.compute,
                  CUBLAS_GEMM_DEFAULT);
    } catch (final Throwable e) {
      throw CudaSymbols.unexpected(OWNER, e);
    }
    if (status != CUBLAS_STATUS_SUCCESS) {
      throw failure(
          "cublasGemmEx",
          status,
          ", " + precision + ", rows=" + rows + ", inner=" + inner + ", columns=" + columns);
    }
  }

  private static void check(final String call, final int status) {
    if (status != CUBLAS_STATUS_SUCCESS) {
      throw failure(call, status, "");
    }
  }

  private static NativeException failure(final String call, final int status, final String detail) {
    return new NativeException("cuBLAS call failed: call=" + call + ", code=" + status + detail);
  }

  /// Before the device is closed.
  @Override
  public void close() {
    if (!closed && !context.gone()) {
      context.enterOutside("the end of cuBLAS");
      try {
        check("cublasDestroy", (int) destroy.invokeExact(handle));
      } catch (final Throwable e) {
        throw CudaSymbols.unexpected(OWNER, e);
      }
    }
    closed = true;
  }
}
