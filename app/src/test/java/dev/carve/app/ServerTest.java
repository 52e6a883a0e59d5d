package dev.carve.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Source;
import dev.carve.runtime.Clock;
import dev.carve.testkit.Await;
import dev.carve.testkit.Ports;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RecordingUpstream;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ServerTest {

    private static final String GET = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

    private final RecordingUpstream upstream = RecordingUpstream.answering("first");

    // What a reload reads.
    private volatile String file = "";

    @AfterEach
    void closeUpstream() {
        upstream.close();
    }

    private String forwarding(String listen) {
        return "listen: "
                + listen
                + "\nthreads: {loops: 1}\nservices: {m: \"http://127.0.0.1:"
                + upstream.port()
                + "\"}\nroutes: [{match: /, to: m}]\n";
    }

    private static LoadResult load(String yaml) {
        return Configuration.LOADER.load(Source.text("carve.yaml", yaml));
    }

    private Server start(String yaml) throws StartException {
        file = yaml;
        return Server.start(
                (Loaded) load(yaml), new ServerOptions(Clock.system(), () -> load(file)));
    }

    private static int port(Server server) {
        return server.addresses().getFirst().getPort();
    }

    @Test
    void reloadTakesEffectForTheNextRequestOfAnOpenConnection() throws Exception {
        try (Server server = start(forwarding("127.0.0.1:0"));
                RawClient client = RawClient.connect(port(server))) {
            assertThat(client.send(GET).read().bodyText()).isEqualTo("first");
            file = forwarding("127.0.0.1:0").replace("to: m", "respond: {body: second}");
            assertThat(server.reload().join()).isInstanceOf(ReloadResult.Applied.class);
            assertThat(client.send(GET).read().bodyText()).isEqualTo("second");
            assertThat(server.history().view().applied()).isOne();
        }
    }

    @Test
    void wrongFileChangesNothing() throws Exception {
        try (Server server = start(forwarding("127.0.0.1:0"));
                RawClient client = RawClient.connect(port(server))) {
            Loaded before = server.loaded();
            file = "listen: 127.0.0.1:0\nroutes: [{match: /, to: nobody}]\n";
            ReloadResult result = server.reload().join();
            assertThat(result).isInstanceOf(ReloadResult.Refused.class);
            assertThat(((ReloadResult.Refused) result).problems().toString())
                    .contains("no service named \\\"nobody\\\"".replace("\\", ""));
            assertThat(server.loaded()).isSameAs(before);
            assertThat(client.send(GET).read().bodyText()).isEqualTo("first");
            assertThat(server.history().view().refused()).isOne();
        }
    }

    @Test
    void addressThatCanNotBeHadChangesNothing() throws Exception {
        try (Server server = start(forwarding("127.0.0.1:0"));
                ServerSocket held = new ServerSocket(0)) {
            int port = port(server);
            int free = Ports.free();
            file = forwarding("[127.0.0.1:" + free + ", 127.0.0.1:" + held.getLocalPort() + "]");
            assertThat(server.reload().join()).isInstanceOf(ReloadResult.Refused.class);
            assertThat(port(server)).isEqualTo(port);
            // Closed with the loop's next turn.
            Await.until("the other address is given back", () -> !Ports.accepts(free));
            assertThat(Ports.accepts(port)).isTrue();
        }
    }

    @Test
    void reloadOpensNewAddressesAndClosesThoseThatAreGone() throws Exception {
        try (Server server = start(forwarding("127.0.0.1:0"))) {
            int first = port(server);
            try (RawClient client = RawClient.connect(first)) {
                assertThat(client.send(GET).read().bodyText()).isEqualTo("first");
                file = forwarding("localhost:0");
                assertThat(server.reload().join()).isInstanceOf(ReloadResult.Applied.class);
                assertThat(port(server)).isNotEqualTo(first);
                try (RawClient later = RawClient.connect(server.addresses().getFirst())) {
                    assertThat(later.send(GET).read().bodyText()).isEqualTo("first");
                }
                Await.until("the old address is closed", () -> !Ports.accepts(first));
                assertThat(client.send(GET).read().bodyText()).isEqualTo("first");
            }
        }
    }

    @Test
    void changeOfThreadsIsAWarningThatAsksForARestart() throws Exception {
        try (Server server = start(forwarding("127.0.0.1:0"))) {
            file = forwarding("127.0.0.1:0").replace("loops: 1", "loops: 2");
            ReloadResult result = server.reload().join();
            assertThat(((ReloadResult.Applied) result).notes().toString()).contains("next start");
        }
    }

    @Test
    void addressInUseAtStartNamesPlaceAndReason() throws IOException {
        try (ServerSocket held = new ServerSocket(0)) {
            assertThatThrownBy(() -> start(forwarding("127.0.0.1:" + held.getLocalPort())))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("carve.yaml:1:9: listen:")
                    .hasMessageContaining("address already in use");
        }
    }

    @Test
    void adminAddressInUseAtStartNamesPlaceAndReason() throws IOException {
        try (ServerSocket held = new ServerSocket(0)) {
            String admin = "admin: {address: \"127.0.0.1:%d\"}\n".formatted(held.getLocalPort());
            assertThatThrownBy(() -> start(admin + forwarding("127.0.0.1:0")))
                    .isInstanceOf(StartException.class)
                    .hasMessage(
                            "carve.yaml:1:18: admin: \"127.0.0.1:%d\" can not be listened at:"
                                            .formatted(held.getLocalPort())
                                    + " address already in use");
        }
    }

    @Test
    void stopFinishesWhatIsOpenAndRefusesWhatIsNew() throws Exception {
        try (Server server = start(forwarding("127.0.0.1:0"))) {
            int port = port(server);
            try (RawClient client = RawClient.connect(port)) {
                client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
                upstream.awaitConnections(1);
                CompletableFuture<Void> stopped = server.stop();
                Await.until("nothing is accepted", () -> !Ports.accepts(port));
                assertThat(server.isReady()).isFalse();
                assertThat(stopped).isNotDone();
                client.send("llo");
                var answer = client.read("POST");
                assertThat(answer.bodyText()).isEqualTo("first");
                assertThat(answer.field("Connection")).contains("close");
                stopped.join();
            }
            assertThat(server.state()).isEqualTo(Server.State.STOPPED);
        }
    }

    @Test
    void graceThatIsOverCutsWhatIsOpen() throws Exception {
        try (Server server = start(forwarding("127.0.0.1:0") + "shutdown: {grace: 20ms}\n");
                RawClient client = RawClient.connect(port(server))) {
            client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
            upstream.awaitConnections(1);
            server.stop().join();
            assertThat(server.state()).isEqualTo(Server.State.STOPPED);
        }
    }
}
