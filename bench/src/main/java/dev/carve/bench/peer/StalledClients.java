package dev.carve.bench.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Clients of a service that answers nothing: each asks again a little after it was told that there
 * is no answer. Without the pause they would ask for refusals alone, some ten thousand times a
 * second, and the load would be that of another service, not of one that stalls. They come and ask
 * again at times of their own, not all at once.
 *
 * <p>Thread: the {@link PacedLoop}'s, so that they take no core from anyone but the generator.
 */
final class StalledClients {

    private static final long SEED = 20_261_122;
    private static final int PAUSE_MAX_NANOS = 100_000_000;
    private static final int COMING_NANOS = 1_000_000_000;
    private static final Pattern LENGTH = Pattern.compile("(?i)\ncontent-length: (\\d+)");

    private final Random random = new Random(SEED);
    private final PriorityQueue<One> due =
            new PriorityQueue<>(Comparator.comparingLong((One one) -> one.atNanos));
    private final List<One> all = new ArrayList<>();
    private final ByteBuffer request;
    private final long beganNanos = System.nanoTime();

    private long refused;
    private long unexpected;

    /** Connects {@code count} clients that ask for {@code path}; none has asked yet. */
    StalledClients(Selector selector, int port, int count, String path) throws IOException {
        byte[] bytes =
                ("GET " + path + " HTTP/1.1\r\nHost: bench.test\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        request = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        for (int i = 0; i < count; i++) {
            SocketChannel channel =
                    SocketChannel.open(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            One one = new One(channel);
            channel.register(selector, SelectionKey.OP_READ, one);
            all.add(one);
            one.askAfter(random.nextInt(COMING_NANOS));
        }
    }

    /** Sends what is due, {@code most} at a time. */
    void sendDue(int most) {
        long now = System.nanoTime() - beganNanos;
        for (int i = 0; i < most; i++) {
            One first = due.peek();
            if (first == null || first.atNanos > now) {
                return;
            }
            due.poll();
            first.ask();
        }
    }

    /** Closes them. Says how often one was told that there is no answer, and anything else. */
    String end() throws IOException {
        for (One one : all) {
            one.channel.close();
        }
        return "refused=%d unexpected=%d".formatted(refused, unexpected);
    }

    /** One of them. */
    final class One {
        private final SocketChannel channel;
        private final ByteBuffer in = ByteBuffer.allocate(4 * 1024);
        private long atNanos;

        private One(SocketChannel channel) {
            this.channel = channel;
        }

        private void askAfter(int pauseNanos) {
            atNanos = System.nanoTime() - beganNanos + pauseNanos;
            due.add(this);
        }

        private void ask() {
            try {
                channel.write(request.duplicate());
            } catch (IOException _) {
                lost();
            }
        }

        void ready() throws IOException {
            if (channel.read(in) < 0) {
                throw new IOException("closed by the gateway");
            }
            String answer = new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
            int head = answer.indexOf("\r\n\r\n");
            if (head < 0) {
                return;
            }
            Matcher length = LENGTH.matcher(answer);
            int body = length.find() ? Integer.parseInt(length.group(1)) : 0;
            if (answer.length() < head + 4 + body) {
                return;
            }
            in.clear();
            if (answer.startsWith("503", 9) || answer.startsWith("504", 9)) {
                refused++;
            } else {
                unexpected++;
            }
            askAfter(random.nextInt(PAUSE_MAX_NANOS));
        }

        /** It does not come back. */
        void lost() {
            unexpected++;
        }
    }
}
