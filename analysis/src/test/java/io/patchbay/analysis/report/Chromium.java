package io.patchbay.analysis.report;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A headless Chromium with one page, driven over the DevTools protocol through a pipe: no port, no
/// network.
final class Chromium implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 240;

  private final JsonMapper json = JsonMapper.builder().build();
  private final Process process;
  private final OutputStream out;
  private final BlockingQueue<JsonNode> inbox = new LinkedBlockingQueue<>();
  private final List<JsonNode> events = new ArrayList<>();
  private String session = "";
  private int calls;

  private Chromium(Process process) {
    this.process = process;
    this.out = process.getOutputStream();
    InputStream in = new BufferedInputStream(process.getInputStream());
    Thread.ofPlatform().daemon().name("chromium").start(() -> receive(in));
  }

  /// The browser on the search path. Without one the tests are left out, or fail where
  /// `-Drequire=chromium` asks for it.
  private static Path binary() {
    final var names = List.of("chromium", "chromium-browser", "google-chrome");
    for (final var name : names) {
      for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
        Path candidate = Path.of(folder, name);
        if (!folder.isEmpty() && Files.isExecutable(candidate)) {
          return candidate;
        }
      }
    }
    final var reason = "no browser on PATH: names=" + names;
    final var required = List.of(System.getProperty("require", "").split(","));
    assertFalse(required.contains("chromium"), reason);
    return Assumptions.abort(reason);
  }

  /// @param profile an empty folder
  static Chromium start(Path profile) throws IOException {
    // The protocol's pipe is on descriptors 3 and 4, which a shell can make of 0 and 1.
    List<String> command =
        List.of(
            "sh",
            "-c",
            "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null",
            binary().toString(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            "--hide-scrollbars",
            "--user-data-dir=" + profile,
            "--remote-debugging-pipe",
            "about:blank");
    Chromium browser = new Chromium(new ProcessBuilder(command).start());
    String target =
        browser
            .call("Target.createTarget", Map.of("url", "about:blank"))
            .get("targetId")
            .asString();
    browser.session =
        browser
            .call("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .get("sessionId")
            .asString();
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      browser.call(domain + ".enable", Map.of());
    }
    return browser;
  }

  /// Opens a page in a window of that size and waits until it is loaded.
  void open(String address, int width, int height, boolean dark) {
    String scheme = dark ? "dark" : "light";
    resize(width, height, width < 600);
    call(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    events.clear();
    JsonNode answer = call("Page.navigate", Map.of("url", address));
    if (answer.has("errorText")) {
      throw new IllegalStateException("open: " + address + ", " + answer.get("errorText"));
    }
    while (events.stream().noneMatch(event -> method(event).equals("Page.loadEventFired"))) {
      events.add(next());
    }
  }

  void resize(int width, int height, boolean mobile) {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", mobile));
  }

  /// The value of an expression; a promise is awaited.
  JsonNode evaluate(String expression) {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException("evaluate: " + answer.get("exceptionDetails"));
    }
    JsonNode value = answer.get("result").get("value");
    return value == null ? json.nullNode() : value;
  }

  void movePointer(double x, double y) {
    call("Input.dispatchMouseEvent", Map.of("type", "mouseMoved", "x", x, "y", y));
  }

  byte[] print() {
    JsonNode answer = call("Page.printToPDF", Map.of("printBackground", true));
    return Base64.getDecoder().decode(answer.get("data").asString());
  }

  byte[] screenshot(int left, int top, int width, int height) {
    Map<String, Object> clip =
        Map.of("x", left, "y", top, "width", width, "height", height, "scale", 1);
    JsonNode answer =
        call("Page.captureScreenshot", Map.of("clip", clip, "captureBeyondViewport", true));
    return Base64.getDecoder().decode(answer.get("data").asString());
  }

  /// Everything the page complained of since it was opened: exceptions, the console, the log.
  List<String> complaints() {
    evaluate("0"); // events before this answer have arrived with it
    return events.stream()
        .filter(event ->
            List.of("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
                .contains(method(event)))
        .map(JsonNode::toString)
        .toList();
  }

  /// The addresses of everything the page asked for since it was opened.
  List<String> requests() {
    evaluate("0");
    return events.stream()
        .filter(event -> method(event).equals("Network.requestWillBeSent"))
        .map(event -> event.get("params").get("request").get("url").asString())
        .toList();
  }

  private static String method(JsonNode message) {
    return message.has("method") ? message.get("method").asString() : "";
  }

  private JsonNode call(String method, Map<String, ?> parameters) {
    int id = ++calls;
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("id", id);
    message.put("method", method);
    message.put("params", parameters);
    if (!session.isEmpty()) {
      message.put("sessionId", session);
    }
    try {
      out.write(json.writeValueAsBytes(message));
      out.write(0);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("chromium: call=" + method, e);
    }
    while (true) {
      JsonNode answer = next();
      if (!answer.has("id")) {
        events.add(answer);
      } else if (answer.get("id").asInt() == id) {
        if (answer.has("error")) {
          throw new IllegalStateException("chromium: call=" + method + ", " + answer.get("error"));
        }
        return answer.get("result");
      }
    }
  }

  private JsonNode next() {
    try {
      JsonNode message = inbox.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new IllegalStateException(
            "chromium: silent for seconds=" + PATIENCE_SECONDS + ", alive=" + process.isAlive());
      }
      return message;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("chromium: interrupted", e);
    }
  }

  private void receive(InputStream in) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    try (in) {
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (next != 0) {
          message.write(next);
        } else {
          inbox.add(json.readTree(message.toString(StandardCharsets.UTF_8)));
          message.reset();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("chromium: pipe", e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      call("Browser.close", Map.of());
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      out.close();
    }
  }
}
