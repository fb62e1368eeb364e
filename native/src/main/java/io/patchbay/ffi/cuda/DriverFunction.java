package io.patchbay.ffi.cuda;

/// The functions of the CUDA driver that are used: all of them, and no others. Each is looked up
/// when the driver is opened. Names are those of the library, of which `cuda.h` makes the plain
/// ones by macros.
enum DriverFunction {
  INIT("cuInit", "I"),
  DRIVER_GET_VERSION("cuDriverGetVersion", "L"),
  GET_ERROR_NAME("cuGetErrorName", "IL"),
  GET_ERROR_STRING("cuGetErrorString", "IL"),
  DEVICE_GET_COUNT("cuDeviceGetCount", "L"),
  DEVICE_GET("cuDeviceGet", "LI"),
  DEVICE_GET_NAME("cuDeviceGetName", "LII"),
  DEVICE_GET_ATTRIBUTE("cuDeviceGetAttribute", "LII"),
  DEVICE_TOTAL_MEM("cuDeviceTotalMem_v2", "LI"),
  PRIMARY_CTX_RETAIN("cuDevicePrimaryCtxRetain", "LI"),
  PRIMARY_CTX_RELEASE("cuDevicePrimaryCtxRelease_v2", "I"),
  CTX_SET_CURRENT("cuCtxSetCurrent", "L"),
  MEM_GET_INFO("cuMemGetInfo_v2", "LL"),
  MEM_ALLOC("cuMemAlloc_v2", "LL"),
  MEM_FREE("cuMemFree_v2", "L"),
  MEM_HOST_ALLOC("cuMemHostAlloc", "LLI"),
  MEM_FREE_HOST("cuMemFreeHost", "L"),
  MEMCPY_HTOD_ASYNC("cuMemcpyHtoDAsync_v2", "LLLL"),
  MEMCPY_DTOH_ASYNC("cuMemcpyDtoHAsync_v2", "LLLL"),
  MEMCPY_DTOD_ASYNC("cuMemcpyDtoDAsync_v2", "LLLL"),
  MEMSET_D32_ASYNC("cuMemsetD32Async", "LILL"),
  STREAM_CREATE("cuStreamCreate", "LI"),
  STREAM_CREATE_WITH_PRIORITY("cuStreamCreateWithPriority", "LII"),
  STREAM_DESTROY("cuStreamDestroy_v2", "L"),
  STREAM_SYNCHRONIZE("cuStreamSynchronize", "L"),
  STREAM_WAIT_EVENT("cuStreamWaitEvent", "LLI"),
  STREAM_BEGIN_CAPTURE("cuStreamBeginCapture_v2", "LI"),
  STREAM_END_CAPTURE("cuStreamEndCapture", "LL"),
  GRAPH_INSTANTIATE("cuGraphInstantiateWithFlags", "LLL"),
  GRAPH_LAUNCH("cuGraphLaunch", "LL"),
  GRAPH_EXEC_DESTROY("cuGraphExecDestroy", "L"),
  GRAPH_DESTROY("cuGraphDestroy", "L"),
  EVENT_CREATE("cuEventCreate", "LI"),
  EVENT_RECORD("cuEventRecord", "LL"),
  EVENT_SYNCHRONIZE("cuEventSynchronize", "L"),
  EVENT_ELAPSED_TIME("cuEventElapsedTime_v2", "LLL"),
  EVENT_DESTROY("cuEventDestroy_v2", "L"),
  MODULE_LOAD_DATA("cuModuleLoadDataEx", "LLILL"),
  MODULE_UNLOAD("cuModuleUnload", "L"),
  MODULE_GET_FUNCTION("cuModuleGetFunction", "LLL"),
  FUNC_SET_ATTRIBUTE("cuFuncSetAttribute", "LII"),
  FUNC_GET_PARAM_INFO("cuFuncGetParamInfo", "LLLL"),
  LAUNCH_KERNEL("cuLaunchKernel", "LIIIIIIILLL"),
  LAUNCH_KERNEL_EX("cuLaunchKernelEx", "LLLL");

  private final String symbol;
  private final String shape;

  DriverFunction(final String symbol, final String shape) {
    this.symbol = symbol;
    this.shape = shape;
  }

  String symbol() {
    return symbol;
  }

  /// One letter for each argument: `I` for 32 bits, `L` for 64 (addresses, handles and sizes).
  String shape() {
    return shape;
  }
}
