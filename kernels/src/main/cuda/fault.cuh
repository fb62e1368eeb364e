// What a kernel found wrong while it ran, for whoever waits for the run's end.
#pragma once

#include "patchbay.cuh"

// Every thread that raises a fault writes the same.
PB_DEVICE void raise(int *fault) { *fault = 1; }
