package io.patchbay.bench;

/// The places of the reference net `conv4` at which the sweeps intervene, each of `channels` x
/// `side` x `side` elements; a dense one has one element a channel.
public enum NetSite {
  INPUT("input", true, 0, 1, 64),
  E1("encoder.conv1", true, 1, 32, 32),
  E2("encoder.conv2", true, 2, 32, 16),
  E3("encoder.conv3", true, 3, 64, 8),
  E4("encoder.conv4", true, 4, 64, 4),
  Z("latent.z", false, 0, 10, 1),
  FLAT("decoder.fc2", false, 2, 64, 4),
  D1("decoder.convt1", false, 3, 64, 8),
  D2("decoder.convt2", false, 4, 32, 16),
  D3("decoder.convt3", false, 5, 32, 32);

  private final String label;
  private final boolean encoder;
  private final int depth;
  private final int channels;
  private final int side;

  NetSite(String label, boolean encoder, int depth, int channels, int side) {
    this.label = label;
    this.encoder = encoder;
    this.depth = depth;
    this.channels = channels;
    this.side = side;
  }

  /// The site's name in the project.
  public String label() {
    return label;
  }

  /// True in the encoder (the input counts to it), false in the decoder.
  public boolean encoder() {
    return encoder;
  }

  /// How many layers of its half of the net, dense ones counted, come before it.
  public int depth() {
    return depth;
  }

  public int channels() {
    return channels;
  }

  public int side() {
    return side;
  }

  /// Elements of one sample.
  public int size() {
    return channels * side * side;
  }
}
