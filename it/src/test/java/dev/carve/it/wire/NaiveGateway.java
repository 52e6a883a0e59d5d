package dev.carve.it.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A gateway with the classic faults: it knows no bodies on GET, trusts Content-Length over
 * Transfer-Encoding, takes bare line feeds, and shares one upstream connection among all clients.
 * It exists to prove that the drivers see what such a gateway does. One client at a time.
 */
final class NaiveGateway implements GatewayUnderTest {

    private static final int READ_MILLIS_MAX = 300;

    private final ServerSocket server;
    private Socket upstream = new Socket();

    NaiveGateway() throws IOException {
        server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    }

    @Override
    public int start(int upstreamPort, Bounds bounds) {
        Thread.ofVirtual()
                .name("naive-gateway")
                .start(() -> {
                    while (!server.isClosed()) {
                        try (Socket client = server.accept()) {
                            client.setSoTimeout(READ_MILLIS_MAX);
                            serve(client, upstreamPort);
                        } catch (IOException e) {
                            // the client or the upstream went away; the next client is served
                        }
                    }
                });
        return server.getLocalPort();
    }

    private void serve(Socket client, int upstreamPort) throws IOException {
        InputStream in = client.getInputStream();
        while (true) {
            String head = head(in);
            if (head.isEmpty()) {
                return;
            }
            int length = head.startsWith("GET") ? 0 : length(head);
            byte[] body = in.readNBytes(length);
            if (upstream.isClosed() || !upstream.isConnected()) {
                upstream = new Socket(InetAddress.getLoopbackAddress(), upstreamPort);
                upstream.setSoTimeout(READ_MILLIS_MAX);
            }
            try {
                OutputStream out = upstream.getOutputStream();
                out.write(head.getBytes(StandardCharsets.ISO_8859_1));
                out.write(body);
                String answer = head(upstream.getInputStream());
                byte[] content = upstream.getInputStream().readNBytes(length(answer));
                client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                client.getOutputStream().write(content);
                if (answer.isEmpty()) {
                    upstream.close();
                    return;
                }
            } catch (SocketTimeoutException e) {
                return; // and leaves the connection to the next client
            }
        }
    }

    private static String head(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        int b = in.read();
        while (b >= 0) {
            head.write(b);
            String text = head.toString(StandardCharsets.ISO_8859_1);
            if (text.endsWith("\r\n\r\n") || text.endsWith("\n\n")) {
                return text;
            }
            b = in.read();
        }
        return "";
    }

    private static int length(String head) {
        for (String line : head.split("\r?\n", -1)) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                String value = line.substring("content-length:".length()).strip();
                return value.matches("[0-9]{1,6}") ? Integer.parseInt(value) : 0;
            }
        }
        return 0;
    }

    @Override
    public String metrics() {
        return "";
    }

    @Override
    public void close() {
        try {
            server.close();
            upstream.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the naive gateway cannot be closed", e);
        }
    }
}
