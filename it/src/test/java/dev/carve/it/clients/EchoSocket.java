package dev.carve.it.clients;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Java's own WebSocket client at an {@link Origin}'s echo. One test thread. */
public final class EchoSocket implements WebSocket.Listener, AutoCloseable {

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>(1000);
    private final StringBuilder part = new StringBuilder();
    private final WebSocket socket;
    private int binary;

    private EchoSocket(HttpClient client, int port) {
        socket =
                client.newWebSocketBuilder()
                        .connectTimeout(Duration.ofSeconds(10))
                        .buildAsync(URI.create("ws://127.0.0.1:" + port + "/websocket"), this)
                        .join();
    }

    /** Opens one at that port of loopback. */
    public static EchoSocket open(HttpClient client, int port) {
        return new EchoSocket(client, port);
    }

    /** Sends a text and waits for what comes back; null if nothing does in 10 seconds. */
    public @Nullable String echo(String text) throws InterruptedException {
        socket.sendText(text, true).join();
        return received.poll(10, TimeUnit.SECONDS);
    }

    /** Sends bytes and waits for what comes back, as a count. */
    public @Nullable String echo(byte[] bytes) throws InterruptedException {
        socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
        return received.poll(10, TimeUnit.SECONDS);
    }

    /** Sends a ping and waits for the pong's payload. */
    public @Nullable String ping(String payload) throws InterruptedException {
        socket.sendPing(ByteBuffer.wrap(payload.getBytes(StandardCharsets.UTF_8))).join();
        return received.poll(10, TimeUnit.SECONDS);
    }

    /** Whether neither side has closed. */
    public boolean isOpen() {
        return !socket.isInputClosed() && !socket.isOutputClosed();
    }

    /** Closes in both directions and says how the other side did. */
    public @Nullable String finish() throws InterruptedException {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "done").join();
        return received.poll(10, TimeUnit.SECONDS);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
        part.append(text);
        if (last) {
            received.add(part.toString());
            part.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer bytes, boolean last) {
        binary += bytes.remaining();
        if (last) {
            received.add(binary + " bytes");
            binary = 0;
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer payload) {
        received.add("pong " + StandardCharsets.UTF_8.decode(payload));
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        received.add("closed " + status + " " + reason);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        received.add("failed " + error);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
