package dev.carve.bench.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Both ends of the gateway in one busy loop: the clients that send at intended times and the
 * backend that answers. On a machine with two cores a generator and a backend that are programs of
 * their own take turns on one core, and the tail measured is then the scheduler's; one loop that
 * never sleeps while it drives has no turns to wait for.
 *
 * <p>Poisson arrivals with the same seed for everybody. An arrival takes an idle connection or
 * waits for one, and its latency counts from the intended time. A second of warm-up stays out. Told
 * what to do by {@code GET /drive?…} on the backend's own port, answered with the tally when it is
 * done; {@code GET /count} tells how many other requests arrived; {@code GET /clients?…} and {@code
 * GET /clients-end} let the clients of a stalled service come and go, whose path, which begins with
 * "st", is never answered, nor counted.
 *
 * <p>Thread: main, alone.
 */
final class PacedLoop {

    static final String DRIVE = "/drive";
    static final String STALL = "/clients";
    static final String STALL_END = "/clients-end";

    /** In lower case, with the bit set that tells letters apart by their case. */
    private static final byte[] COPY = "carve-mirror".getBytes(StandardCharsets.US_ASCII);

    private static final long SEED = 20_261_121;
    private static final long WARM_UP_NANOS = 1_000_000_000;
    private static final long IDLE_MILLIS = 50;
    private static final long DRAIN_NANOS = 2_000_000_000;

    /** Arrivals handled before the sockets get their turn again. */
    private static final int BURST = 16;

    private final Selector selector = Selector.open();
    private final ByteBuffer json = direct(answer("application/json", NginxBackend.JSON));
    private final ByteBuffer document = direct(answer("application/json", Documents.DOCUMENT));
    private final ByteBuffer shuffled = direct(answer("application/json", Documents.SHUFFLED));

    private long served;
    private @Nullable Drive drive;
    private @Nullable StalledClients stalled;

    private PacedLoop() throws IOException {}

    public static void main(String[] args) throws IOException {
        new PacedLoop().run(Integer.parseInt(args[0]));
    }

    private void run(int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 4096);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT, listener);
        while (true) {
            Drive now = drive;
            StalledClients beside = stalled;
            if (now == null && beside == null) {
                selector.select(this::ready, IDLE_MILLIS);
                continue;
            }
            if (beside != null) {
                beside.sendDue(BURST);
            }
            if (now != null) {
                now.sendDue();
            }
            selector.selectNow(this::ready);
            if (now != null && now.isOver()) {
                drive = null;
                now.end();
            }
        }
    }

    private void ready(SelectionKey key) {
        try {
            switch (key.attachment()) {
                case ServerSocketChannel listener -> accept(listener);
                case Served connection -> connection.ready();
                case Client client -> client.ready();
                case StalledClients.One client -> client.ready();
                default -> throw new IllegalStateException("an unknown key");
            }
        } catch (IOException _) {
            key.cancel();
            if (key.attachment() instanceof Client client) {
                client.lost();
            } else if (key.attachment() instanceof StalledClients.One client) {
                client.lost();
            }
            closeQuietly(key);
        }
    }

    private void accept(ServerSocketChannel listener) throws IOException {
        for (SocketChannel channel = listener.accept();
                channel != null;
                channel = listener.accept()) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.register(selector, SelectionKey.OP_READ, new Served(channel));
        }
    }

    private static void closeQuietly(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException _) {
            // Nothing is left to be told.
        }
    }

    private static ByteBuffer direct(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static String answer(String type, String body) {
        return "HTTP/1.1 200 OK\r\nServer: paced\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(type, body.length(), body);
    }

    /** Writes all of a small message; the other side reads at once, so that it fits. */
    private static void write(SocketChannel channel, ByteBuffer message) throws IOException {
        ByteBuffer out = message.duplicate();
        channel.write(out);
        if (out.hasRemaining()) {
            throw new IOException("a small message did not fit into the socket");
        }
    }

    /** Where the empty line that ends a head stops, from {@code start}; -1 if it is not there. */
    private static int headEnd(ByteBuffer in, int start, int end) {
        for (int i = start + 3; i < end; i++) {
            if (in.get(i) == '\n' && in.get(i - 2) == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    /** A connection from a gateway. */
    private final class Served {
        private final SocketChannel channel;
        private final ByteBuffer in = ByteBuffer.allocateDirect(16 * 1024);

        private Served(SocketChannel channel) {
            this.channel = channel;
        }

        void ready() throws IOException {
            if (channel.read(in) < 0) {
                throw new IOException("closed by the gateway");
            }
            int start = 0;
            for (int end = headEnd(in, start, in.position());
                    end >= 0;
                    end = headEnd(in, start, in.position())) {
                request(start, end);
                start = end;
            }
            in.flip().position(start);
            in.compact();
        }

        private void request(int start, int end) throws IOException {
            // Only the harness itself asks for a path that begins so.
            if (in.get(start + 5) == 'c' || in.get(start + 5) == 'd') {
                byte[] head = new byte[end - start];
                in.get(start, head);
                told(new String(head, StandardCharsets.US_ASCII));
                return;
            }
            if (in.get(start + 5) == 's' && in.get(start + 6) == 't') {
                return;
            }
            served++;
            ByteBuffer answer = answerTo(start, end);
            if (answer != null) {
                write(channel, answer);
            }
        }

        /** By the path; null for a copy that is left hanging. */
        private @Nullable ByteBuffer answerTo(int start, int end) {
            return switch (in.get(start + 5)) {
                case 's' -> in.get(start + 6) == 'h' && isCopy(start, end) ? shuffled : document;
                case 'h' -> isCopy(start, end) ? null : document;
                default -> json;
            };
        }

        /** Whether the gateway says that this request is a copy of its own. */
        private boolean isCopy(int start, int end) {
            int last = end - COPY.length;
            for (int i = start; i < last; i++) {
                if (in.get(i) == '\n' && isCopyAt(i + 1)) {
                    return true;
                }
            }
            return false;
        }

        private boolean isCopyAt(int at) {
            for (int i = 0; i < COPY.length; i++) {
                if ((in.get(at + i) | 0x20) != COPY[i]) {
                    return false;
                }
            }
            return true;
        }

        private void told(String head) throws IOException {
            String target = head.substring(4, head.indexOf(' ', 4));
            if (target.equals(JvmBackend.COUNT)) {
                reply(Long.toString(served));
            } else if (target.startsWith(DRIVE + "?")) {
                drive = new Drive(this, target.substring(DRIVE.length() + 1).split(",", -1));
            } else if (target.startsWith(STALL + "?")) {
                String[] asked = target.substring(STALL.length() + 1).split(",", -1);
                stalled =
                        new StalledClients(
                                selector,
                                Integer.parseInt(asked[0]),
                                Integer.parseInt(asked[1]),
                                asked[2]);
                reply("come");
            } else if (target.equals(STALL_END) && stalled != null) {
                String told = stalled.end();
                stalled = null;
                reply(told);
            } else {
                throw new IOException("asked for " + target);
            }
        }

        void reply(String body) throws IOException {
            write(channel, direct(answer("text/plain", body)));
            channel.close();
        }
    }

    /** A client's connection; at most one request under way. */
    private static final class Client {
        private final Drive of;
        private final SocketChannel channel;
        private final ByteBuffer in = ByteBuffer.allocateDirect(16 * 1024);
        private long intendedNanos;
        private boolean busy;

        private Client(Drive of, SocketChannel channel) {
            this.of = of;
            this.channel = channel;
        }

        void send(long intended) {
            busy = true;
            intendedNanos = intended;
            try {
                write(channel, of.request);
            } catch (IOException _) {
                lost();
            }
        }

        void ready() throws IOException {
            int read = channel.read(in);
            if (read < 0) {
                throw new IOException("closed by the gateway");
            }
            int head = headEnd(in, 0, in.position());
            if (head < 0 || in.position() < head + of.answerBytes) {
                return;
            }
            boolean good =
                    in.position() == head + of.answerBytes
                            && in.get(9) == '2'
                            && in.get(in.position() - 1) == '}';
            of.answered(this, intendedNanos, in.position(), good);
            in.clear();
        }

        void lost() {
            of.lost(busy);
        }
    }

    /** One load: its schedule, its connections, and what they saw. */
    private final class Drive {
        private final Served asker;
        private final ByteBuffer request;
        private final int answerBytes;
        private final long startNanos;
        private final long lastingNanos;
        private final double meanGapNanos;
        private final Random random = new Random(SEED);
        private final ArrayDeque<Client> idle = new ArrayDeque<>();
        private final ArrayDeque<Client> all = new ArrayDeque<>();
        private final ArrayDeque<Long> waiting = new ArrayDeque<>();
        private final Histogram latency = new Histogram(3);
        private final Histogram lateness = new Histogram(3);
        private double nextOffset;
        private long sent;
        private long answered;
        private long bytes;
        private long bad;
        private long errors;
        private long lastNanos;

        /** Port, connections, seconds, requests a second, path, bytes of its answer. */
        private Drive(Served asker, String[] asked) throws IOException {
            this.asker = asker;
            int port = Integer.parseInt(asked[0]);
            request =
                    direct(
                            "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"
                                    .formatted(asked[4], port));
            answerBytes = Integer.parseInt(asked[5]);
            int connections = Integer.parseInt(asked[1]);
            lastingNanos = Long.parseLong(asked[2]) * 1_000_000_000 + WARM_UP_NANOS;
            meanGapNanos = 1e9 / Double.parseDouble(asked[3]);
            for (int i = 0; i < connections; i++) {
                SocketChannel channel =
                        SocketChannel.open(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                Client client = new Client(this, channel);
                channel.register(selector, SelectionKey.OP_READ, client);
                idle.add(client);
                all.add(client);
            }
            startNanos = System.nanoTime();
            lastNanos = startNanos;
            next();
        }

        private void next() {
            nextOffset -= Math.log(1 - random.nextDouble()) * meanGapNanos;
        }

        private boolean sending() {
            return nextOffset < lastingNanos;
        }

        void sendDue() {
            long now = System.nanoTime();
            for (int i = 0; i < BURST && sending() && nextOffset <= now - startNanos; i++) {
                long intended = startNanos + (long) nextOffset;
                if (nextOffset > WARM_UP_NANOS) {
                    lateness.recordValue(Math.max(0, now - intended));
                }
                Client free = idle.pollLast();
                sent++;
                if (free == null) {
                    waiting.add(intended);
                } else {
                    free.send(intended);
                }
                next();
                now = System.nanoTime();
            }
        }

        void answered(Client client, long intended, int length, boolean good) {
            long now = System.nanoTime();
            lastNanos = now;
            answered++;
            bytes += length;
            bad += good ? 0 : 1;
            if (intended - startNanos > WARM_UP_NANOS) {
                latency.recordValue(now - intended);
            }
            Long first = waiting.poll();
            if (first == null) {
                client.busy = false;
                idle.addLast(client);
            } else {
                client.send(first);
            }
        }

        void lost(boolean busy) {
            errors++;
            answered += busy ? 1 : 0;
        }

        boolean isOver() {
            return !sending()
                    && (answered >= sent
                            || System.nanoTime() - startNanos > lastingNanos + DRAIN_NANOS);
        }

        void end() throws IOException {
            for (Client client : all) {
                client.channel.close();
            }
            selector.selectNow();
            asker.reply(
                    "tally requests=%d bytes=%d micros=%d errors=%d bad=%d p50=%.1f p99=%.1f late=%.1f"
                            .formatted(
                                    answered - errors,
                                    bytes,
                                    (lastNanos - startNanos) / 1000,
                                    errors + (sent - answered),
                                    bad,
                                    latency.getValueAtPercentile(50) / 1e3,
                                    latency.getValueAtPercentile(99) / 1e3,
                                    lateness.getValueAtPercentile(99) / 1e3));
        }
    }
}
