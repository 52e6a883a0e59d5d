package dev.carve.bench.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Client connections that each have had one answer and stay open, doing nothing. */
public final class KeptAlive implements AutoCloseable {

    private final List<SocketChannel> clients = new ArrayList<>();
    private final byte[] request;

    private KeptAlive(String path) {
        request =
                ("GET " + path + " HTTP/1.1\r\nHost: bench.test\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
    }

    public static KeptAlive open(int port, String path, int connections) throws IOException {
        KeptAlive kept = new KeptAlive(path);
        try {
            InetSocketAddress address =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            for (int i = 0; i < connections; i++) {
                SocketChannel client = SocketChannel.open(address);
                kept.clients.add(client);
                kept.ask(client, i);
            }
        } catch (IOException e) {
            kept.close();
            throw e;
        }
        return kept;
    }

    public void askFirstAgain() throws IOException {
        ask(clients.getFirst(), 0);
    }

    private void ask(SocketChannel client, int number) throws IOException {
        client.write(ByteBuffer.wrap(request));
        ByteBuffer in = ByteBuffer.allocate(4096);
        // The answer fits one buffer; whole once its body, the last 150 bytes, has come.
        String wanted = NginxBackend.JSON;
        String got = "";
        while (!got.endsWith(wanted)) {
            if (client.read(in) < 0 || !in.hasRemaining()) {
                throw new IOException(
                        "idle connection " + number + " was closed or misused: " + got);
            }
            got = new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
        }
    }

    @Override
    public void close() {
        for (SocketChannel client : clients) {
            try {
                client.close();
            } catch (IOException _) {
                // It was to be closed anyway.
            }
        }
    }
}
