package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.runtime.Clock;
import dev.carve.testkit.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls over a socket of the file system, with every kind of transport that the machine has. */
class UpstreamSocketTest {

    @TempDir private Path folder = Path.of("");

    /** Answers each request with the number of its connection and of the request on it. */
    private static ServerSocketChannel serve(Path socket) throws IOException {
        ServerSocketChannel server = bind(socket);
        Thread.startVirtualThread(() -> accept(server));
        return server;
    }

    private static ServerSocketChannel bind(Path socket) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        return server;
    }

    private static void accept(ServerSocketChannel server) {
        try {
            for (int number = 1; ; number++) {
                answer(server.accept(), number);
            }
        } catch (ClosedChannelException over) {
            // The test is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(SocketChannel connection, int number) {
        Thread.startVirtualThread(() -> {
            try (connection;
                    BufferedReader lines =
                            new BufferedReader(
                                    Channels.newReader(connection, StandardCharsets.US_ASCII))) {
                int requests = 0;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.isEmpty()) {
                        requests++;
                        String body = number + "." + requests;
                        String text = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + body;
                        connection.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static String call(Loops loops, Upstream upstream) throws Exception {
        KeptAnswer answer = new KeptAnswer();
        Loop loop = loops.all().getFirst();
        loop.execute(() -> {
            loop.tick();
            UpstreamCall call = upstream.call(loop, false);
            if (call != null) {
                call.send(Asked.get(), answer);
            }
        });
        return answer.text.get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void callsGoOverOneKeptConnection(Transport transport) throws Exception {
        Available.require(transport);
        Path socket = folder.resolve("s");
        try (ServerSocketChannel _ = serve(socket);
                Loops loops = Loops.start(transport, 1, Clock.system())) {
            Upstream upstream = upstream(loops, UnixDomainSocketAddress.of(socket));
            assertThat(call(loops, upstream)).isEqualTo("1.1");
            assertThat(call(loops, upstream)).isEqualTo("1.2");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void nobodyBehindTheSocketIsARefusal(Transport transport) throws Exception {
        Available.require(transport);
        Path socket = folder.resolve("s");
        bind(socket).close();
        assertThat(Files.exists(socket)).isTrue();
        try (Loops loops = Loops.start(transport, 1, Clock.system())) {
            Upstream upstream = upstream(loops, UnixDomainSocketAddress.of(socket));
            assertThat(call(loops, upstream)).isEqualTo("|CONNECT_REFUSED");
            Await.until("no connection", () -> upstream.connections() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void noSuchSocketIsAFailureToConnect(Transport transport) throws Exception {
        Available.require(transport);
        try (Loops loops = Loops.start(transport, 1, Clock.system())) {
            Upstream upstream =
                    upstream(loops, UnixDomainSocketAddress.of(folder.resolve("absent")));
            assertThat(call(loops, upstream)).isEqualTo("|CONNECT_FAILED");
            Await.until("no connection", () -> upstream.connections() == 0);
        }
    }

    private static Upstream upstream(Loops loops, SocketAddress address) {
        return new Upstream(loops, address, UpstreamSettings.DEFAULT);
    }
}
