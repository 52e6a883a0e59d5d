package dev.carve.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A name server on loopback, over UDP and TCP, that answers each name as the test says and records
 * every question. Names that it was told nothing of do not exist. Any thread.
 */
public final class ScriptedDns implements AutoCloseable {

    private static final int TRIES = 50;
    private static final int PACKET_BYTES = 4096;
    private static final int HEADER_BYTES = 12;
    private static final int TYPE_A = 1;
    private static final int TYPE_CNAME = 5;
    private static final int TYPE_AAAA = 28;
    private static final int ANSWER = 0x8180;
    private static final int TRUNCATED = 0x0200;
    private static final int NAME_OF_QUESTION = 0xC00C;

    private final DatagramSocket datagrams;
    private final ServerSocket connections;
    private final Map<String, DnsReply> replies = new ConcurrentHashMap<>();
    private final List<String> questions = new CopyOnWriteArrayList<>();

    private ScriptedDns(DatagramSocket datagrams, ServerSocket connections) {
        this.datagrams = datagrams;
        this.connections = connections;
    }

    /** Starts on a port that is free for both. */
    public static ScriptedDns start() {
        for (int i = 0; i < TRIES; i++) {
            ScriptedDns made = tryStart();
            if (made != null) {
                Thread.ofPlatform().daemon().name("dns-udp").start(made::serveDatagrams);
                Thread.ofPlatform().daemon().name("dns-tcp").start(made::serveConnections);
                return made;
            }
        }
        throw new IllegalStateException("no port of loopback is free for UDP and TCP");
    }

    private static @Nullable ScriptedDns tryStart() {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try {
            DatagramSocket datagrams = new DatagramSocket(new InetSocketAddress(loopback, 0));
            try {
                return new ScriptedDns(
                        datagrams, new ServerSocket(datagrams.getLocalPort(), 50, loopback));
            } catch (IOException taken) {
                datagrams.close();
                return null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on loopback", e);
        }
    }

    /** Where it is asked. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), datagrams.getLocalPort());
    }

    /** The same as a file says it. */
    public String addressText() {
        return InetAddress.getLoopbackAddress().getHostAddress() + ":" + datagrams.getLocalPort();
    }

    /** From now on this name is answered so, whichever kind of address is asked for. */
    public ScriptedDns reply(String name, DnsReply reply) {
        replies.put(key("A", name), reply);
        replies.put(key("AAAA", name), reply);
        return this;
    }

    /** The same for {@code A} or {@code AAAA} only. */
    public ScriptedDns reply(String type, String name, DnsReply reply) {
        replies.put(key(type, name), reply);
        return this;
    }

    private static String key(String type, String name) {
        return type + " " + name.toLowerCase(Locale.ROOT);
    }

    /** Every question so far, as {@code A users.test}; those over TCP end with {@code tcp}. */
    public List<String> questions() {
        return List.copyOf(questions);
    }

    /** Waits up to 10 s for that many questions. */
    public void awaitQuestions(int count) {
        Await.until(count + " questions", () -> questions.size() >= count);
    }

    // Serving.

    private void serveDatagrams() {
        byte[] buffer = new byte[PACKET_BYTES];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                datagrams.receive(packet);
                Question question = Question.read(buffer);
                questions.add(question.text());
                byte[] answer = answer(question, replyTo(question));
                if (answer != null) {
                    datagrams.send(
                            new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serveConnections() {
        try {
            while (true) {
                serve(connections.accept());
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket accepted) {
        try (Socket socket = accepted) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] packet = new byte[in.readUnsignedShort()];
            in.readFully(packet);
            Question question = Question.read(packet);
            questions.add(question.text() + " tcp");
            DnsReply reply = replyTo(question);
            byte[] answer =
                    answer(
                            question,
                            reply instanceof DnsReply.Truncated(DnsReply whole) ? whole : reply);
            if (answer != null) {
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                out.writeShort(answer.length);
                out.write(answer);
                out.flush();
                socket.shutdownOutput();
                in.readAllBytes();
            }
        } catch (IOException gone) {
            // Whoever asked went away.
        }
    }

    private DnsReply replyTo(Question question) {
        return replies.getOrDefault(question.text(), DnsReply.NO_NAME);
    }

    private static byte @Nullable [] answer(Question question, DnsReply reply) throws IOException {
        return switch (reply) {
            case DnsReply.Silence() -> null;
            case DnsReply.Code(int code) -> packet(question, ANSWER | code, List.of());
            case DnsReply.Truncated _ -> packet(question, ANSWER | TRUNCATED, List.of());
            case DnsReply.Addresses addresses ->
                    packet(question, ANSWER, addressRecords(question.type(), null, addresses));
            case DnsReply.Stray(String owner, DnsReply.Addresses of) ->
                    packet(question, ANSWER, addressRecords(question.type(), owner, of));
            case DnsReply.Alias(int ttl, String target, DnsReply.Addresses of) -> {
                List<byte[]> records = new ArrayList<>();
                records.add(record(null, TYPE_CNAME, ttl, name(target)));
                records.addAll(addressRecords(question.type(), target, of));
                yield packet(question, ANSWER, records);
            }
        };
    }

    private static List<byte[]> addressRecords(
            int type, @Nullable String owner, DnsReply.Addresses addresses) throws IOException {
        List<byte[]> records = new ArrayList<>();
        for (String each : addresses.addresses()) {
            InetAddress address = InetAddress.ofLiteral(each);
            int its = address instanceof Inet4Address ? TYPE_A : TYPE_AAAA;
            if (its == type) {
                records.add(record(owner, type, addresses.ttlSeconds(), address.getAddress()));
            }
        }
        return records;
    }

    /**
     * @param owner null for the name that was asked for
     */
    private static byte[] record(@Nullable String owner, int type, int ttl, byte[] content)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        if (owner == null) {
            out.writeShort(NAME_OF_QUESTION);
        } else {
            out.write(name(owner));
        }
        out.writeShort(type);
        out.writeShort(1);
        out.writeInt(ttl);
        out.writeShort(content.length);
        out.write(content);
        return bytes.toByteArray();
    }

    private static byte[] name(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String label : name.split("\\.")) {
            byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
            out.write(bytes.length);
            out.writeBytes(bytes);
        }
        out.write(0);
        return out.toByteArray();
    }

    private static byte[] packet(Question question, int flags, List<byte[]> records)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(question.id());
        out.writeShort(flags);
        out.writeShort(1);
        out.writeShort(records.size());
        out.writeShort(0);
        out.writeShort(0);
        out.write(name(question.name()));
        out.writeShort(question.type());
        out.writeShort(1);
        for (byte[] each : records) {
            out.write(each);
        }
        return bytes.toByteArray();
    }

    /** The first question of a packet; what follows it, such as EDNS, is passed over. */
    private record Question(int id, String name, int type) {

        static Question read(byte[] packet) {
            int at = HEADER_BYTES;
            List<String> labels = new ArrayList<>();
            while (packet[at] != 0) {
                int length = packet[at];
                labels.add(new String(packet, at + 1, length, StandardCharsets.US_ASCII));
                at += 1 + length;
            }
            return new Question(
                    number(packet, 0), String.join(".", labels), number(packet, at + 1));
        }

        private static int number(byte[] packet, int at) {
            return (packet[at] & 0xFF) << 8 | (packet[at + 1] & 0xFF);
        }

        String text() {
            String kind =
                    switch (type) {
                        case TYPE_A -> "A";
                        case TYPE_AAAA -> "AAAA";
                        default -> Integer.toString(type);
                    };
            return key(kind, name);
        }
    }

    @Override
    public void close() {
        datagrams.close();
        try {
            connections.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close a name server", e);
        }
    }
}
