package io.patchbay.engine;

/// An environment variable, or an option, is not what it must be. The message is one line, `NAME:
/// found WHAT, expected WHAT`, fit to be shown to a user as it is.
public final class BadSettingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BadSettingException(final String name, final String found, final String expected) {
    super(name + ": found " + found + ", expected " + expected);
  }
}
