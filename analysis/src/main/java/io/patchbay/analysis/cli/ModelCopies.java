package io.patchbay.analysis.cli;

import io.patchbay.analysis.patch.Subject;
import io.patchbay.engine.Backend;
import io.patchbay.vae.train.TrainedVae;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The model of a run on each of some devices. Closing it closes the devices too.
final class ModelCopies implements AutoCloseable {
  private final List<Backend> devices;
  private final List<TrainedVae> models = new ArrayList<>();

  private ModelCopies(final List<Backend> devices) {
    this.devices = devices;
  }

  /// @param run a run folder
  /// @param devices at least one; closed when the model cannot be opened
  static ModelCopies open(final Path run, final List<Backend> devices) {
    final var copies = new ModelCopies(devices);
    try {
      devices.forEach(device -> copies.models.add(TrainedVae.open(run, device)));
      return copies;
    } catch (final RuntimeException e) {
      copies.close();
      throw e;
    }
  }

  TrainedVae first() {
    return models.getFirst();
  }

  /// One for each device, in their order.
  List<Subject> subjects() {
    return models.stream()
        .map(model -> new Subject(model.backend(), model.vae(), model.weights()))
        .toList();
  }

  @Override
  public void close() {
    models.forEach(TrainedVae::close);
    devices.forEach(Backend::close);
  }
}
