// What a kernel found wrong while it ran, for whoever waits for the run's end.
#pragma once

#include "patchbay.cuh"

// A number for what may go wrong here, and where it is written if it does; the largest one stays.
struct Fault {
  int *at;
  long long code;
};

PB_DEVICE void raise(Fault fault) { atomicMax(fault.at, static_cast<int>(fault.code)); }
