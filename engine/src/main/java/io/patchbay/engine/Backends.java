package io.patchbay.engine;

import io.patchbay.engine.BackendProvider.Settings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Chooses a backend once, by name or the best one present, and keeps the reason.
public final class Backends {
  private static final Pattern NUMBERED = Pattern.compile("([a-z]+):(\\d{1,4})");

  private static final String ALL = ":all";

  private Backends() {}

  /// A backend and why it was chosen, one line.
  public record Choice(Backend backend, String reason) {}

  /// Every provider on the class path, the preferred ones first.
  public static List<BackendProvider> providers() {
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(BackendProvider::preference).reversed())
        .toList();
  }

  /// @param device a provider's name, with a number behind it where it has several (`cuda:1`), or
  ///   `auto` for the best one that can run here
  /// @throws DeviceMissingException when that backend cannot run here
  public static Choice open(final String device, final Settings settings) {
    final var providers = providers();
    if (device.equals("auto")) {
      for (final var provider : providers) {
        if (provider.unavailable().isEmpty()) {
          final var backend = provider.open(settings);
          return new Choice(backend, backend.device() + why(providers, provider));
        }
      }
    }
    final var parts = NUMBERED.matcher(device);
    for (final var provider : providers) {
      final boolean numbered =
          provider.isNumbered() && parts.matches() && parts.group(1).equals(provider.name());
      if (provider.name().equals(device) || numbered) {
        provider
            .unavailable()
            .ifPresent(reason -> {
              throw new DeviceMissingException(device, reason);
            });
        final int number = numbered ? Integer.parseInt(parts.group(2)) : settings.number();
        final var backend =
            provider.open(new Settings(settings.threads(), settings.hostMemory(), number));
        return new Choice(backend, backend.device() + " (asked for)");
      }
    }
    final var known =
        providers.stream().map(BackendProvider::name).collect(Collectors.joining(", "));
    throw new DeviceMissingException(device, "no such backend, expected one of auto, " + known);
  }

  /// Several devices, or one.
  ///
  /// @param devices as of [#open], with commas between several; `cuda:all` for all that a provider
  ///   has
  /// @throws BadSettingException when one is named twice
  /// @throws DeviceMissingException when one of them cannot run here; none stays open then
  public static List<Choice> openAll(final String devices, final Settings settings) {
    if (!isSeveral(devices)) {
      return List.of(open(devices, settings));
    }
    final var names = new ArrayList<String>();
    for (final var name : devices.split(",", -1)) {
      names.addAll(each(name.strip()));
    }
    if (Set.copyOf(names).size() < names.size()) {
      throw new BadSettingException("--device", devices, "each device once");
    }
    final var opened = new ArrayList<Choice>();
    try {
      names.forEach(name -> opened.add(open(name, settings)));
    } catch (final RuntimeException e) {
      opened.forEach(choice -> choice.backend().close());
      throw e;
    }
    return opened;
  }

  /// Whether a name may stand for several devices.
  public static boolean isSeveral(final String devices) {
    return devices.contains(",") || devices.endsWith(ALL);
  }

  /// The devices of a name that may stand for all of a provider, each by the same form of name.
  private static List<String> each(final String name) {
    for (final var provider : providers()) {
      if (provider.isNumbered() && name.equals(provider.name() + ALL)) {
        provider
            .unavailable()
            .ifPresent(reason -> {
              throw new DeviceMissingException(name, reason);
            });
        return IntStream.range(0, provider.devices())
            .mapToObj(number -> provider.name() + ":" + number)
            .toList();
      }
      if (provider.isNumbered() && name.equals(provider.name())) {
        return List.of(name + ":0");
      }
    }
    return List.of(name);
  }

  private static String why(final List<BackendProvider> all, final BackendProvider chosen) {
    final var refused =
        all.stream()
            .filter(p -> p.preference() > chosen.preference())
            .map(p -> p.name() + ": " + p.unavailable().orElse(""))
            .collect(Collectors.joining("; "));
    return refused.isEmpty() ? " (best present)" : " (" + refused + ")";
  }
}
