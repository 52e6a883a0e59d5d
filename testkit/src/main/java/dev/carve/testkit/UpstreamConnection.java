package dev.carve.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Runs one script on one accepted connection, on a virtual thread of its own. */
final class UpstreamConnection implements Runnable {

    private static final Pattern REQUEST_LINE =
            Pattern.compile("([^ ]+) ([^ ]+) (HTTP/1\\.[01])", Pattern.DOTALL);
    private static final int READ_MILLIS_MAX = 120_000;

    private final ScriptedUpstream owner;
    private final int number;
    private final Socket raw;
    private final Socket socket;
    private final Script script;
    private final WireReader reader;
    private final OutputStream out;

    // The connection's thread only.
    private @Nullable Head pendingHead;
    private @Nullable RecordedRequest last;

    // Written by the connection's thread, read by any.
    private volatile int requests;
    private volatile boolean open = true;
    private volatile boolean resetByPeer;
    private volatile @Nullable String problem;
    private volatile Octets incomplete = Octets.EMPTY;
    private volatile Octets leftover = Octets.EMPTY;
    private volatile long bytesReceived;
    private volatile long bytesClaimed;

    /**
     * @param raw the accepted connection
     * @param tls what lies over it; null for nothing
     */
    UpstreamConnection(
            ScriptedUpstream owner, int number, Socket raw, @Nullable TlsServer tls, Script script)
            throws IOException {
        this.owner = owner;
        this.number = number;
        this.raw = raw;
        this.socket = tls == null ? raw : tls.over(raw);
        this.script = script;
        this.out = socket.getOutputStream();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_MILLIS_MAX);
        var in = socket.getInputStream();
        this.reader = new WireReader((into, offset, count) -> count(in.read(into, offset, count)));
    }

    // Only the connection's thread writes, so the read and the write need not be one.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private int count(int received) {
        if (received > 0) {
            bytesReceived += received;
            owner.changed();
        }
        return received;
    }

    RecordedConnection view() {
        return new RecordedConnection(
                number,
                requests,
                open,
                resetByPeer,
                Optional.ofNullable(problem),
                incomplete,
                leftover,
                bytesReceived,
                bytesReceived - bytesClaimed);
    }

    @Override
    public void run() {
        try (socket) {
            boolean going = true;
            do {
                for (Step step : script.steps()) {
                    going = going && perform(step);
                }
            } while (going && script.repeats());
        } catch (MalformedMessageException e) {
            problem = e.getMessage();
        } catch (IncompleteMessageException e) {
            incomplete = e.received().isEmpty() ? headBytes(e) : e.received();
        } catch (IOException e) {
            // the peer went away, or the upstream was closed: both are ordinary ends
        } finally {
            leftover = reader.buffered();
            resetByPeer = reader.resetSeen();
            open = false;
            owner.changed();
        }
    }

    private static Octets headBytes(IncompleteMessageException e) {
        Head head = e.head();
        return head == null ? Octets.EMPTY : head.bytes();
    }

    /** Performs a step; false ends the script. */
    private boolean perform(Step step) throws IOException {
        switch (step) {
            case Step.ReadHead() -> {
                pendingHead = reader.head();
                return pendingHead != null;
            }
            case Step.ReadRequest() -> {
                return readRequest();
            }
            case Step.ReadBytes(int count) -> reader.exactly(count);
            case Step.Respond(Octets bytes) -> send(bytes);
            case Step.RespondText(int status, var fields, String body) ->
                    send(Answers.text(status, fields, body));
            case Step.Echo() -> send(Answers.echo(last));
            case Step.InformationalThen(int status, var fields, Step then) -> {
                send(Answers.interim(status, fields));
                return perform(then);
            }
            case Step.CloseAfterResponse(int status, String body) -> {
                send(Answers.closing(status, body));
                return false;
            }
            case Step.Dribble(Octets bytes, int pieceBytes, var pause) -> {
                for (int from = 0; from < bytes.length(); from += pieceBytes) {
                    send(bytes.slice(from, Math.min(from + pieceBytes, bytes.length())));
                    LockSupport.parkNanos(pause.toNanos());
                }
            }
            case Step.Truncate(int declaredBytes, String sent) -> {
                send(Answers.declaring(declaredBytes, sent));
                return false;
            }
            case Step.BadChunk(String goodChunk) -> send(Answers.badChunk(goodChunk));
            case Step.LieAboutLength(int declaredBytes, String body) ->
                    send(Answers.declaring(declaredBytes, body));
            case Step.CloseSocket() -> {
                return false;
            }
            case Step.HalfClose() -> {
                socket.shutdownOutput();
                drain();
                return false;
            }
            case Step.CutTls() -> {
                raw.shutdownOutput();
                drain();
                return false;
            }
            case Step.HoldUntilPeerEnds() -> {
                drain();
                return false;
            }
            case Step.Reset() -> {
                socket.setSoLinger(true, 0);
                return false;
            }
            case Step.Stall() -> {
                owner.awaitClose();
                return false;
            }
            case Step.Await(var latch, var atMost) -> {
                if (!await(latch, atMost.toMillis())) {
                    socket.setSoLinger(true, 0);
                    return false;
                }
            }
            case Step.Signal(var latch) -> latch.countDown();
        }
        return true;
    }

    private void drain() throws IOException {
        while (reader.fill()) {
            reader.exactly(reader.buffered().length());
        }
    }

    private static boolean await(CountDownLatch latch, long millis) throws IOException {
        try {
            return latch.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the test", e);
        }
    }

    private boolean readRequest() throws IOException {
        Head head = pendingHead != null ? pendingHead : reader.head();
        pendingHead = null;
        if (head == null) {
            return false;
        }
        Matcher line = REQUEST_LINE.matcher(head.startLine());
        if (!line.matches() || !WireReader.isToken(line.group(1))) {
            throw new MalformedMessageException(
                    "request line \"%s\"".formatted(Octets.of(head.startLine()).escaped(80)));
        }
        String version = line.group(3);
        if (head.first("Expect").filter("100-continue"::equalsIgnoreCase).isPresent()
                && version.equals("HTTP/1.1")) {
            send(Octets.of("HTTP/1.1 100 Continue\r\n\r\n"));
        }
        Body body = reader.requestBody(head, version);
        last =
                new RecordedRequest(
                        number,
                        requests,
                        line.group(1),
                        line.group(2),
                        version,
                        head,
                        body,
                        reader.buffered());
        bytesClaimed = bytesReceived - last.excess().length();
        owner.record(last);
        countRequest();
        return true;
    }

    // As above: one writer.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void countRequest() {
        requests++;
        owner.changed();
    }

    private void send(Octets bytes) throws IOException {
        out.write(bytes.array());
    }

    /** Ends the connection from any thread. */
    void cut() {
        try {
            raw.close();
        } catch (IOException e) {
            // it had ended by itself
        }
    }
}
