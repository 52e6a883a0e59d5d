package dev.carve.it.soak;

import dev.carve.testkit.Octets;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of clients, each with what one turn does. A turn opens what it needs and closes it
 * again; any unexpected answer or end is an exception. On the client's own thread.
 */
enum Traffic {
    /** Small requests one after the other on a kept connection. */
    SMALL(6) {
        @Override
        long turn(Target target) throws Exception {
            try (var client = RawClient.connect(target.port())) {
                for (int i = 0; i < 100; i++) {
                    client.send(get("/small"));
                    expect(client.read(), 200, "hello");
                    target.account(this).answered(1);
                    LockSupport.parkNanos(500_000);
                }
            }
            return 0;
        }
    },
    /** Ten requests sent at once, answered in order. */
    PIPELINED(2) {
        @Override
        long turn(Target target) throws Exception {
            try (var client = RawClient.connect(target.port())) {
                client.send((get("/small") + get("/head")).repeat(5));
                for (int i = 0; i < 5; i++) {
                    expect(client.read(), 200, "hello");
                    expect(client.read(), 200, null);
                }
            }
            return 10;
        }
    },
    /** A megabyte down. */
    DOWN(2) {
        @Override
        long turn(Target target) throws Exception {
            try (var client = RawClient.connect(target.port())) {
                client.send(get("/down?" + MEGABYTE));
                RawResponse response = client.read();
                expect(response, 200, null);
                if (response.body().byteCount() != MEGABYTE) {
                    throw new IOException("body of " + response.body().byteCount());
                }
            }
            return 1;
        }
    },
    /** A megabyte up in chunks; may not be sent twice. */
    UP(2) {
        @Override
        long turn(Target target) throws Exception {
            try (var client = RawClient.connect(target.port())) {
                client.send("POST /up HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
                for (int i = 0; i < MEGABYTE / CHUNK; i++) {
                    client.send(CHUNK_LINES);
                }
                client.send("0\r\n\r\n");
                expect(client.read("POST"), 200, MEGABYTE + " " + CHECKSUM);
            }
            return 1;
        }
    },
    /** A megabyte to a reader slower than the service. */
    SLOW(4) {
        @Override
        long turn(Target target) throws Exception {
            try (var socket = new Socket()) {
                socket.setReceiveBufferSize(16 * 1024);
                socket.setSoTimeout(20_000);
                socket.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), target.port()));
                send(socket, "GET /down?" + MEGABYTE + " HTTP/1.0\r\nHost: h\r\n\r\n");
                InputStream in = socket.getInputStream();
                byte[] piece = new byte[8 * 1024];
                String head = "";
                long read = 0;
                for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                    if (read == 0) {
                        head = new String(piece, 0, count, StandardCharsets.ISO_8859_1);
                    }
                    read += count;
                    LockSupport.parkNanos(4_000_000);
                }
                if (!head.startsWith("HTTP/1.1 200 ") || read < MEGABYTE) {
                    throw new IOException(read + " bytes after " + head.lines().findFirst());
                }
            }
            return 1;
        }
    },
    /** Clients that go away: within a head, a body, an answer. */
    ABORTING(2) {
        @Override
        long turn(Target target) throws Exception {
            try (var client = RawClient.connect(target.port())) {
                switch (ThreadLocalRandom.current().nextInt(4)) {
                    case 0 -> client.send("GET /small HTTP/1.1\r\nHos");
                    case 1 ->
                            client.send(
                                    "POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab");
                    case 2 -> {
                        client.send(get("/down?" + MEGABYTE));
                        client.readExactly(1000);
                    }
                    default -> client.send(get("/down?" + MEGABYTE));
                }
                LockSupport.parkNanos(2_000_000);
                client.reset();
            }
            return 1;
        }
    },
    /** Requests that must be refused and close their connection. */
    MALFORMED(1) {
        @Override
        long turn(Target target) throws Exception {
            for (String wrong :
                    new String[] {
                        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
                        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n",
                    }) {
                try (var client = RawClient.connect(target.port())) {
                    client.send(wrong);
                    expect(client.read(), 400, null);
                    client.awaitEnd();
                }
            }
            return 4;
        }
    },
    /** WebSockets that echo and close; by hand, since a client with a pool would keep some open. */
    TUNNEL(2) {
        @Override
        long turn(Target target) throws Exception {
            try (var client = RawClient.connect(target.port())) {
                client.send(
                        "GET /websocket HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"
                                + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
                expect(client.read(), 101, null);
                for (int i = 0; i < 50; i++) {
                    echo(client, TEXT_FRAME, "echo " + i);
                    LockSupport.parkNanos(1_000_000);
                }
                echo(client, CLOSE_FRAME, "");
                client.awaitEnd();
            }
            return 1;
        }
    };

    /**
     * What a turn needs.
     *
     * @param port of the gateway
     */
    record Target(int port, EnumMap<Traffic, Account> accounts) {
        Account account(Traffic kind) {
            return Objects.requireNonNull(accounts.get(kind));
        }
    }

    private static final char TEXT_FRAME = 0x81;
    private static final char CLOSE_FRAME = 0x88;
    private static final int MEGABYTE = 1 << 20;
    private static final int CHUNK = 2048;
    private static final Octets CHUNK_LINES =
            Octets.of(Integer.toHexString(CHUNK) + "\r\n" + "x".repeat(CHUNK) + "\r\n");
    private static final String CHECKSUM = checksum();

    private final int clients;

    Traffic(int clients) {
        this.clients = clients;
    }

    /** How many clients of this kind there are at once. */
    int clients() {
        return clients;
    }

    /** One turn; answers how many requests came to their right end and were not counted yet. */
    abstract long turn(Target target) throws Exception;

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n";
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends a frame under a mask of zeros (RFC 6455 section 5.2) and reads it back without. */
    private static void echo(RawClient client, char first, String text) throws IOException {
        client.send("" + first + (char) (128 | text.length()) + "\0\0\0\0" + text);
        String back = client.readExactly(2 + text.length()).text();
        if (!back.equals("" + first + (char) text.length() + text)) {
            throw new IOException("no echo of \"" + text + "\"");
        }
    }

    private static void expect(RawResponse response, int status, @Nullable String body)
            throws UnexpectedAnswerException {
        if (response.status() != status || (body != null && !response.bodyText().equals(body))) {
            throw new UnexpectedAnswerException(
                    response.status(), response.field("Carve-Error").orElse(""));
        }
    }

    private static String checksum() {
        var sum = new CRC32();
        sum.update("x".repeat(MEGABYTE).getBytes(StandardCharsets.ISO_8859_1));
        return Long.toHexString(sum.getValue());
    }
}
