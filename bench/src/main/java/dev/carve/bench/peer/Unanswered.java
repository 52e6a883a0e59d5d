package dev.carve.bench.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Clients that have each sent one request and wait for an answer that does not come. */
public final class Unanswered implements AutoCloseable {

    private final List<SocketChannel> clients = new ArrayList<>();

    private Unanswered() {}

    public static Unanswered open(int port, String path, int count) throws IOException {
        Unanswered all = new Unanswered();
        byte[] request =
                ("GET " + path + " HTTP/1.1\r\nHost: bench.test\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        try {
            for (int i = 0; i < count; i++) {
                SocketChannel client =
                        SocketChannel.open(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                all.clients.add(client);
                client.write(ByteBuffer.wrap(request));
                client.configureBlocking(false);
            }
        } catch (IOException e) {
            all.close();
            throw e;
        }
        return all;
    }

    /** How many have heard anything, be it the end of their connection. */
    public int heard() throws IOException {
        int heard = 0;
        ByteBuffer in = ByteBuffer.allocate(16);
        for (SocketChannel client : clients) {
            heard += client.read(in.clear()) == 0 ? 0 : 1;
        }
        return heard;
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
