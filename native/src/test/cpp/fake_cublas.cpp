// The product of cuBLAS, done at once on the host, to test what calls it: columns first, as the
// library counts. fake_compute() tells what the last product was asked to be computed as.
#include <cstring>

namespace {

int compute = 0;
void *stream_of_handle = nullptr;
char object;

float element(const void *matrix, int type, long index) {
  if (type == 0) return static_cast<const float *>(matrix)[index];
  const unsigned int bits = static_cast<unsigned int>(static_cast<const unsigned short *>(matrix)[index]) << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace

extern "C" {

int fake_compute() { return compute; }

int cublasCreate_v2(void **handle) { *handle = &object; return 0; }

int cublasDestroy_v2(void *handle) { return handle == &object ? 0 : 1; }

int cublasSetStream_v2(void *handle, void *stream) {
  stream_of_handle = stream;
  return handle == &object && stream != nullptr ? 0 : 1;
}

int cublasGemmEx(void *handle, int transa, int transb, int m, int n, int k, const void *alpha, const void *a,
                 int atype, int lda, const void *b, int btype, int ldb, const void *beta, void *c, int ctype,
                 int ldc, int compute_type, int algorithm) {
  if (handle != &object || stream_of_handle == nullptr) return 1;
  if (transa != 0 || transb != 0 || algorithm != -1 || atype != btype || (atype != 0 && atype != 14) || ctype != 0) return 7;
  if (lda < m || ldb < k || ldc < m) return 7;
  compute = compute_type;
  const float by = *static_cast<const float *>(alpha), keep = *static_cast<const float *>(beta);
  auto *out = static_cast<float *>(c);
  for (int j = 0; j < n; j++) {
    for (int i = 0; i < m; i++) {
      float sum = 0;
      for (int p = 0; p < k; p++) {
        sum += element(a, atype, i + static_cast<long>(p) * lda) * element(b, btype, p + static_cast<long>(j) * ldb);
      }
      float &to = out[i + static_cast<long>(j) * ldc];
      to = by * sum + (keep == 0 ? 0 : keep * to);
    }
  }
  return 0;
}

}  // extern "C"
