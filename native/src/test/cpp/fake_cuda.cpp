// A driver without a device, to test what calls it: it does what it is asked for on the host,
// as late as a device may, and refuses what a device would refuse.
//
// - Work of the stream waits in a queue until someone waits for it. What is copied from host
//   memory is read then, so that a buffer which was written again too early shows.
// - A context is current in one thread; a call without one fails.
// - A module is text: name:bytes of each kernel, then its parameter's size. The kernels compute
//   nothing but `scale` {x, y, count, factor}: y = factor x, where that is memory.
// - After fake_early(1) streams but the first do their work as soon as they are asked, as a device
//   may too, unless they wait for another.
// - Devices have compute capability 9.0, or those of FAKE_CAPABILITIES="75 90" in the environment;
//   fake_capability(device, 75) has one say 7.5.
// - fake_fail(name, n, code) has the n-th call from now on of that function (of any, when it is
//   empty) return the code. Sticky codes stay, as they do.
// - fake_log() tells every call in order; fake_live() counts what was made and not given back.
//
// Compiled against cuda.h where there is one, so that the compiler compares every signature.
#if __has_include(<cuda.h>)
#include <cuda.h>
#else
#include "cuda_types.h"
#endif

#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

using Work = std::function<void()>;

struct Context { int device; int retained; };
// A stream that waits for an event of a recording joins it, and the one that began it must wait for
// all that the others were asked for.
struct Stream {
  bool first = false;
  std::deque<Work> queue;
  long done = 0, asked = 0;
  Stream *recorder = nullptr;  // this one or another
  std::vector<Work> captured;
  long noted = 0;                  // of this stream in the recording
  std::map<Stream *, long> heard;  // how much of the others' the recorder waits for
};
// Destroyed ones, which recordings and events may still name.
std::vector<Stream *> gone;
struct Event { long at = 0; Stream *stream = nullptr; Stream *recorder = nullptr; bool timed = true; };
struct Graph { std::vector<Work> work; };
struct Function { std::string name; size_t bytes; int shared = 48 * 1024; };
struct Module { std::map<std::string, Function *> functions; };

constexpr int DEVICES = 2;
constexpr size_t MEMORY = 64u << 20;

Context contexts[DEVICES];
thread_local Context *current = nullptr;
std::map<void *, size_t> allocations;
std::set<void *> pinned;
size_t used = 0;
int live = 0, sticky = 0, launches = 0, streams = 0, early = 0;
std::string fail_name, text;
int fail_after = 0, fail_code = 0;
int capabilities[DEVICES];

bool read_capabilities() {
  const char *given = getenv("FAKE_CAPABILITIES");
  std::istringstream in(given == nullptr ? "90 90" : given);
  for (int &capability : capabilities) in >> capability;
  return true;
}
const bool first_capabilities = read_capabilities();

template <class... A> void tell(A... parts) {
  std::ostringstream line;
  ((line << parts << ' '), ...);
  text += line.str();
  text.back() = '\n';
}

// What every call does first: it may have been told to fail.
int enter(const char *name, bool needs_context = true) {
  if (fail_after > 0 && (fail_name.empty() || fail_name == name) && --fail_after == 0) {
    if (fail_code >= 700 && fail_code < 800) sticky = fail_code;
    return fail_code;
  }
  if (!needs_context) return 0;
  if (sticky != 0) return sticky;
  return current == nullptr ? CUDA_ERROR_INVALID_CONTEXT : 0;
}

#define ENTER(name, ...) \
  tell(name, ##__VA_ARGS__); \
  if (const int status = enter(name)) return static_cast<CUresult>(status)
#define ENTER_ANYWHERE(name, ...) \
  tell(name, ##__VA_ARGS__); \
  if (const int status = enter(name, false)) return static_cast<CUresult>(status)

Stream *stream_of(CUstream s) { return reinterpret_cast<Stream *>(s); }

void drain(Stream *stream, long until) {
  while (stream->done < until) {
    Work work = std::move(stream->queue.front());
    stream->queue.pop_front();
    stream->done++;
    work();
  }
}

void ask(CUstream s, Work work) {
  Stream *stream = stream_of(s);
  if (stream->recorder != nullptr) {
    stream->recorder->captured.push_back(std::move(work));
    stream->noted++;
  } else {
    stream->queue.push_back(std::move(work));
    stream->asked++;
    if (early != 0 && !stream->first) drain(stream, stream->asked);
  }
}

bool within(CUdeviceptr address, size_t bytes) {
  for (const auto &[start, size] : allocations) {
    const auto from = reinterpret_cast<CUdeviceptr>(start);
    if (address >= from && address + bytes <= from + size) return true;
  }
  return false;
}

// Memory that is gone when the device comes to it is an illegal address.
void move_bytes(void *to, const void *from, size_t bytes, CUdeviceptr device) {
  if (within(device, bytes)) memcpy(to, from, bytes); else sticky = CUDA_ERROR_ILLEGAL_ADDRESS;
}

void run(const std::string &name, const std::vector<long long> &fields) {
  launches++;
  if (name != "scale") return;
  const auto bytes = sizeof(float) * static_cast<size_t>(fields[2]);
  if (!within(static_cast<CUdeviceptr>(fields[0]), bytes) || !within(static_cast<CUdeviceptr>(fields[1]), bytes)) {
    sticky = CUDA_ERROR_ILLEGAL_ADDRESS;
    return;
  }
  const auto *x = reinterpret_cast<const float *>(fields[0]);
  auto *y = reinterpret_cast<float *>(fields[1]);
  double factor;
  memcpy(&factor, &fields[3], sizeof factor);
  for (long long i = 0; i < fields[2]; i++) y[i] = static_cast<float>(factor * x[i]);
}

}  // namespace

extern "C" {

const char *fake_log() { return text.c_str(); }
int fake_live() { return live; }
int fake_retained() { return contexts[0].retained + contexts[1].retained; }
int fake_launches() { return launches; }
void fake_fail(const char *name, int nth, int code) { fail_name = name; fail_after = nth; fail_code = code; }
void fake_early(int now) { early = now; }
void fake_capability(int device, int capability) { capabilities[device] = capability; }
void fake_clear() { text.clear(); }
void fake_reset() {
  for (auto &[start, size] : allocations) free(start);
  allocations.clear();
  for (Stream *stream : gone) delete stream;
  gone.clear();
  pinned.clear();
  used = 0;
  live = sticky = launches = fail_after = streams = early = 0;
  text.clear();
  current = nullptr;
  read_capabilities();
  for (auto &context : contexts) context.retained = 0;
}

CUresult CUDAAPI cuInit(unsigned int flags) { ENTER_ANYWHERE("cuInit", flags); return CUDA_SUCCESS; }

CUresult CUDAAPI cuDriverGetVersion(int *version) {
  ENTER_ANYWHERE("cuDriverGetVersion");
  *version = 13020;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGetErrorName(CUresult error, const char **out) {
  const int code = static_cast<int>(error);
  *out = code == 1 ? "CUDA_ERROR_INVALID_VALUE" : code == 2 ? "CUDA_ERROR_OUT_OF_MEMORY"
       : code == 700 ? "CUDA_ERROR_ILLEGAL_ADDRESS" : code == 719 ? "CUDA_ERROR_LAUNCH_FAILED"
       : code == 218 ? "CUDA_ERROR_INVALID_PTX" : code == 803 ? "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH" : nullptr;
  return *out ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult CUDAAPI cuGetErrorString(CUresult error, const char **out) {
  const int code = static_cast<int>(error);
  *out = code == 1 ? "invalid argument" : code == 2 ? "out of memory"
       : code == 700 ? "an illegal memory access was encountered" : code == 719 ? "unspecified launch failure"
       : code == 218 ? "a PTX JIT compilation failed" : code == 803 ? "system has unsupported display driver" : nullptr;
  return *out ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult CUDAAPI cuDeviceGetCount(int *count) { ENTER_ANYWHERE("cuDeviceGetCount"); *count = DEVICES; return CUDA_SUCCESS; }

CUresult CUDAAPI cuDeviceGet(CUdevice *device, int ordinal) {
  ENTER_ANYWHERE("cuDeviceGet", ordinal);
  if (ordinal < 0 || ordinal >= DEVICES) return CUDA_ERROR_INVALID_DEVICE;
  *device = ordinal;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGetName(char *name, int length, CUdevice device) {
  ENTER_ANYWHERE("cuDeviceGetName", length, device);
  strncpy(name, device == 0 ? "Fake A" : "Fake B", length);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGetAttribute(int *out, CUdevice_attribute attribute, CUdevice device) {
  ENTER_ANYWHERE("cuDeviceGetAttribute", static_cast<int>(attribute), device);
  switch (static_cast<int>(attribute)) {
    case 16: *out = 132; break;             // multiprocessors
    case 38: *out = 50 << 20; break;        // second-level cache
    case 75: *out = capabilities[device] / 10; break;
    case 76: *out = capabilities[device] % 10; break;
    case 81: *out = 228 * 1024; break;      // shared memory of a multiprocessor
    case 97: *out = 227 * 1024; break;      // that a block may ask for
    case 111: *out = 1024; break;           // that a block takes beside its own
    default: return CUDA_ERROR_INVALID_VALUE;
  }
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceTotalMem(size_t *bytes, CUdevice device) {
  ENTER_ANYWHERE("cuDeviceTotalMem", device);
  *bytes = MEMORY;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
  ENTER_ANYWHERE("cuDevicePrimaryCtxRetain", device);
  contexts[device].device = device;
  contexts[device].retained++;
  live++;
  *context = reinterpret_cast<CUcontext>(&contexts[device]);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDevicePrimaryCtxRelease(CUdevice device) {
  ENTER_ANYWHERE("cuDevicePrimaryCtxRelease", device);
  contexts[device].retained--;
  live--;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuCtxSetCurrent(CUcontext context) {
  ENTER_ANYWHERE("cuCtxSetCurrent", context == reinterpret_cast<CUcontext>(&contexts[0]) ? 0 : 1);
  current = reinterpret_cast<Context *>(context);
  return current->retained > 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
}

CUresult CUDAAPI cuMemGetInfo(size_t *free_bytes, size_t *total) {
  ENTER("cuMemGetInfo");
  *free_bytes = MEMORY - used;
  *total = MEMORY;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemAlloc(CUdeviceptr *address, size_t bytes) {
  ENTER("cuMemAlloc", bytes);
  if (bytes == 0) return CUDA_ERROR_INVALID_VALUE;
  if (bytes > MEMORY - used) return CUDA_ERROR_OUT_OF_MEMORY;
  void *memory = aligned_alloc(256, (bytes + 255) / 256 * 256);
  memset(memory, 0xa5, bytes);
  allocations[memory] = bytes;
  used += bytes;
  live++;
  *address = reinterpret_cast<CUdeviceptr>(memory);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemFree(CUdeviceptr address) {
  ENTER("cuMemFree");
  const auto found = allocations.find(reinterpret_cast<void *>(address));
  if (found == allocations.end()) return CUDA_ERROR_INVALID_VALUE;
  used -= found->second;
  free(found->first);
  allocations.erase(found);
  live--;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemHostAlloc(void **address, size_t bytes, unsigned int flags) {
  ENTER("cuMemHostAlloc", bytes, flags);
  *address = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
  pinned.insert(*address);
  live++;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemFreeHost(void *address) {
  ENTER("cuMemFreeHost");
  if (pinned.erase(address) == 0) return CUDA_ERROR_INVALID_VALUE;
  free(address);
  live--;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemcpyHtoDAsync(CUdeviceptr to, const void *from, size_t bytes, CUstream stream) {
  ENTER("cuMemcpyHtoDAsync", bytes);
  if (stream_of(stream)->recorder != nullptr) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  if (!within(to, bytes)) return CUDA_ERROR_INVALID_VALUE;
  ask(stream, [=] { move_bytes(reinterpret_cast<void *>(to), from, bytes, to); });
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemcpyDtoHAsync(void *to, CUdeviceptr from, size_t bytes, CUstream stream) {
  ENTER("cuMemcpyDtoHAsync", bytes);
  if (stream_of(stream)->recorder != nullptr) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  if (!within(from, bytes)) return CUDA_ERROR_INVALID_VALUE;
  ask(stream, [=] { move_bytes(to, reinterpret_cast<void *>(from), bytes, from); });
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemcpyDtoDAsync(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
  ENTER("cuMemcpyDtoDAsync", bytes);
  if (!within(to, bytes) || !within(from, bytes)) return CUDA_ERROR_INVALID_VALUE;
  ask(stream, [=] { move_bytes(reinterpret_cast<void *>(to), reinterpret_cast<void *>(from), bytes, to); });
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemsetD32Async(CUdeviceptr to, unsigned int word, size_t count, CUstream stream) {
  ENTER("cuMemsetD32Async", word, count);
  if (!within(to, 4 * count)) return CUDA_ERROR_INVALID_VALUE;
  ask(stream, [=] { for (size_t i = 0; i < count; i++) reinterpret_cast<unsigned int *>(to)[i] = word; });
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamCreate(CUstream *stream, unsigned int flags) {
  ENTER("cuStreamCreate", flags);
  auto *made = new Stream;
  made->first = streams++ == 0;
  *stream = reinterpret_cast<CUstream>(made);
  live++;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamCreateWithPriority(CUstream *stream, unsigned int flags, int priority) {
  ENTER("cuStreamCreateWithPriority", flags, priority);
  auto *made = new Stream;
  made->first = streams++ == 0;
  *stream = reinterpret_cast<CUstream>(made);
  live++;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamDestroy(CUstream stream) {
  ENTER("cuStreamDestroy");
  gone.push_back(stream_of(stream));
  live--;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamSynchronize(CUstream stream) {
  ENTER("cuStreamSynchronize");
  if (stream_of(stream)->recorder != nullptr) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  drain(stream_of(stream), stream_of(stream)->asked);
  return static_cast<CUresult>(sticky);
}

CUresult CUDAAPI cuStreamBeginCapture(CUstream stream, CUstreamCaptureMode mode) {
  ENTER("cuStreamBeginCapture", static_cast<int>(mode));
  if (stream_of(stream)->recorder != nullptr) return CUDA_ERROR_ILLEGAL_STATE;
  stream_of(stream)->recorder = stream_of(stream);
  stream_of(stream)->captured.clear();
  stream_of(stream)->heard.clear();
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamEndCapture(CUstream stream, CUgraph *graph) {
  ENTER("cuStreamEndCapture");
  Stream *own = stream_of(stream);
  if (own->recorder != own) return CUDA_ERROR_ILLEGAL_STATE;
  own->recorder = nullptr;
  bool whole = true;
  for (auto &[other, until] : own->heard) {
    whole = whole && until == other->noted;
    other->recorder = nullptr;
    other->noted = 0;
  }
  if (!whole) return CUDA_ERROR_STREAM_CAPTURE_UNJOINED;
  *graph = reinterpret_cast<CUgraph>(new Graph{stream_of(stream)->captured});
  live++;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphInstantiate(CUgraphExec *out, CUgraph graph, unsigned long long flags) {
  ENTER("cuGraphInstantiate", flags);
  *out = reinterpret_cast<CUgraphExec>(new Graph(*reinterpret_cast<Graph *>(graph)));
  live++;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphLaunch(CUgraphExec graph, CUstream stream) {
  ENTER("cuGraphLaunch");
  for (const auto &work : reinterpret_cast<Graph *>(graph)->work) ask(stream, work);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphExecDestroy(CUgraphExec graph) {
  ENTER("cuGraphExecDestroy");
  delete reinterpret_cast<Graph *>(graph);
  live--;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphDestroy(CUgraph graph) {
  ENTER("cuGraphDestroy");
  delete reinterpret_cast<Graph *>(graph);
  live--;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuEventCreate(CUevent *event, unsigned int flags) {
  ENTER("cuEventCreate", flags);
  auto *made = new Event;
  made->timed = (flags & 2) == 0;
  *event = reinterpret_cast<CUevent>(made);
  live++;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuEventRecord(CUevent event, CUstream stream) {
  ENTER("cuEventRecord");
  auto *e = reinterpret_cast<Event *>(event);
  e->stream = stream_of(stream);
  e->recorder = e->stream->recorder;
  e->at = e->recorder != nullptr ? e->stream->noted : e->stream->asked;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamWaitEvent(CUstream stream, CUevent event, unsigned int flags) {
  ENTER("cuStreamWaitEvent", flags);
  auto *own = stream_of(stream);
  const auto *e = reinterpret_cast<Event *>(event);
  if (e->recorder == nullptr) {
    if (own->recorder != nullptr) return CUDA_ERROR_STREAM_CAPTURE_ISOLATION;
    if (e->stream != nullptr) ask(stream, [other = e->stream, at = e->at] { drain(other, at); });
    return CUDA_SUCCESS;
  }
  if (own->recorder == nullptr) {
    own->recorder = e->recorder;
    own->noted = 0;
    e->recorder->heard[own] = 0;
  }
  if (own->recorder != e->recorder) return CUDA_ERROR_STREAM_CAPTURE_MERGE;
  if (own == own->recorder && e->stream != own) own->heard[e->stream] = e->at;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuEventSynchronize(CUevent event) {
  ENTER("cuEventSynchronize");
  const auto *e = reinterpret_cast<Event *>(event);
  if (e->recorder != nullptr) return CUDA_ERROR_CAPTURED_EVENT;
  if (e->stream != nullptr) drain(e->stream, e->at);
  return static_cast<CUresult>(sticky);
}

// Half a millisecond for each piece of work between.
CUresult CUDAAPI cuEventElapsedTime(float *milliseconds, CUevent start, CUevent end) {
  ENTER("cuEventElapsedTime");
  const auto *a = reinterpret_cast<Event *>(start), *b = reinterpret_cast<Event *>(end);
  if (!a->timed || !b->timed || a->stream == nullptr || b->stream->done < b->at) return CUDA_ERROR_NOT_READY;
  *milliseconds = 0.5f * static_cast<float>(b->at - a->at);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuEventDestroy(CUevent event) {
  ENTER("cuEventDestroy");
  delete reinterpret_cast<Event *>(event);
  live--;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned int count, CUjit_option *options, void **values) {
  ENTER("cuModuleLoadDataEx", count);
  std::istringstream in(static_cast<const char *>(image));
  auto *made = new Module;
  std::string part;
  while (in >> part) {
    const auto colon = part.find(':');
    if (colon == std::string::npos) {
      for (unsigned int i = 0; i + 1 < count; i++) {
        if (static_cast<int>(options[i]) == 5 && static_cast<int>(options[i + 1]) == 6) {
          snprintf(static_cast<char *>(values[i]), reinterpret_cast<size_t>(values[i + 1]),
                   "ptxas fatal: syntax error\nnear '%s'", part.c_str());
        }
      }
      delete made;
      return CUDA_ERROR_INVALID_PTX;
    }
    const auto name = part.substr(0, colon);
    made->functions[name] = new Function{name, std::stoul(part.substr(colon + 1))};
  }
  *module = reinterpret_cast<CUmodule>(made);
  live++;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuModuleUnload(CUmodule module) {
  ENTER("cuModuleUnload");
  delete reinterpret_cast<Module *>(module);
  live--;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name) {
  ENTER("cuModuleGetFunction", name);
  const auto &functions = reinterpret_cast<Module *>(module)->functions;
  const auto found = functions.find(name);
  if (found == functions.end()) return CUDA_ERROR_NOT_FOUND;
  *function = reinterpret_cast<CUfunction>(found->second);
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute, int value) {
  auto *f = reinterpret_cast<Function *>(function);
  ENTER("cuFuncSetAttribute", f->name, static_cast<int>(attribute), value);
  if (static_cast<int>(attribute) != 8 || value > 227 * 1024) return CUDA_ERROR_INVALID_VALUE;
  f->shared = value;
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuFuncGetParamInfo(CUfunction function, size_t index, size_t *offset, size_t *size) {
  const auto *f = reinterpret_cast<Function *>(function);
  ENTER("cuFuncGetParamInfo", f->name, index);
  if (index > 0) return CUDA_ERROR_INVALID_VALUE;
  *offset = 0;
  *size = f->bytes;
  return CUDA_SUCCESS;
}

static CUresult launch(const char *call, CUfunction function, const CUlaunchConfig &as, void **parameters,
                       void **extra) {
  const auto *f = reinterpret_cast<Function *>(function);
  std::vector<long long> fields(f->bytes / 8);
  if (!fields.empty()) memcpy(fields.data(), parameters[0], f->bytes);
  std::ostringstream plain;
  for (const auto field : fields) plain << (plain.str().empty() ? "" : ",") << field;
  for (unsigned i = 0; i < as.numAttrs; i++) {
    plain << " " << static_cast<int>(as.attrs[i].id) << "=" << as.attrs[i].value.programmaticStreamSerializationAllowed;
  }
  ENTER(call, f->name, as.gridDimX, as.gridDimY, as.gridDimZ, as.blockDimX, as.blockDimY, as.blockDimZ,
        as.sharedMemBytes, plain.str(), extra == nullptr ? "-" : "extra");
  if (static_cast<int>(as.sharedMemBytes) > f->shared) return CUDA_ERROR_INVALID_VALUE;
  ask(as.hStream, [name = f->name, fields] { run(name, fields); });
  return CUDA_SUCCESS;
}

CUresult CUDAAPI cuLaunchKernel(CUfunction function, unsigned int gx, unsigned int gy, unsigned int gz,
                                unsigned int bx, unsigned int by, unsigned int bz, unsigned int shared,
                                CUstream stream, void **parameters, void **extra) {
  return launch("cuLaunchKernel", function, {gx, gy, gz, bx, by, bz, shared, stream, nullptr, 0}, parameters, extra);
}

CUresult CUDAAPI cuLaunchKernelEx(const CUlaunchConfig *as, CUfunction function, void **parameters, void **extra) {
  return launch("cuLaunchKernelEx", function, *as, parameters, extra);
}

}  // extern "C"
