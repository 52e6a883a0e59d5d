package dev.carve.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.config.Loaded;
import dev.carve.config.Source;
import dev.carve.runtime.Clock;
import dev.carve.testkit.Await;
import dev.carve.testkit.Ports;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RecordingUpstream;
import dev.carve.testkit.ScriptedDns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The table of metrics in the pages is what {@code /metrics} tells after some traffic. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class MetricsTableTest {

    private static final Path PAGE = Path.of("../docs/operate.md");

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| (`carve_[^|]*) \\| (\\w+) \\|([^|]*)\\| (.*) \\|$");
    private static final Pattern NAME = Pattern.compile("`(carve_\\w+)`");
    private static final Pattern FAMILY =
            Pattern.compile("(?m)^# TYPE (\\S+) (\\w+)\\n[^ {]+(\\{.*\\})? \\S+$");
    private static final Pattern LABEL = Pattern.compile("[{,](\\w+)=\"");

    /** Ends the meaning of what a machine may not tell. */
    private static final String SOMETIMES = "(*)";

    /** Name, to type and labels. */
    private final Map<String, String> written = new TreeMap<>();

    private final List<String> sometimes = new ArrayList<>();

    private void readPage() throws Exception {
        String page = Files.readString(PAGE);
        Matcher row = ROW.matcher(page.substring(page.indexOf("## Metrics")));
        while (row.find()) {
            String kind = (row.group(2) + " " + row.group(3).strip()).strip();
            for (MatchResult name : NAME.matcher(row.group(1)).results().toList()) {
                assertThat(written.put(name.group(1), kind)).as(name.group(1)).isNull();
                if (row.group(4).endsWith(SOMETIMES)) {
                    sometimes.add(name.group(1));
                }
            }
        }
    }

    private static Map<String, String> parse(String exposition) {
        Map<String, String> told = new TreeMap<>();
        Matcher family = FAMILY.matcher(exposition);
        while (family.find()) {
            List<String> labels = new ArrayList<>();
            if (family.group(3) != null) {
                Matcher label = LABEL.matcher(family.group(3));
                while (label.find()) {
                    if (!label.group(1).equals("le")) {
                        labels.add(label.group(1));
                    }
                }
            }
            String kind = (family.group(2) + " " + String.join(", ", labels)).strip();
            told.put(family.group(1), kind);
        }
        assertThat(told)
                .hasSameSizeAs(exposition.lines().filter(MetricsTableTest::isType).toList());
        return told;
    }

    @TempDir private Path folder = Path.of("");

    private static boolean isType(String line) {
        return line.startsWith("# TYPE ");
    }

    private Server start(int good, int bad, ScriptedDns dns) throws StartException {
        String yaml =
                """
                listen: 127.0.0.1:0
                admin: 127.0.0.1:0
                access_log: off
                threads: {loops: 1}
                store: "%s"
                services:
                  good:
                    urls: "http://127.0.0.1:%d"
                    hedge: on
                    breaker: on
                    ejection: on
                    limit: 100
                  bad: "http://127.0.0.1:%d"
                  named: {dns: {name: "named.test:80", server: "%s"}}
                routes:
                - {match: /good, to: good, limit: 100, carve: {to: bad}}
                - {match: /bad, to: bad}
                - {match: /n, to: named}
                """
                        .formatted(folder.resolve("carve.db"), good, bad, dns.addressText());
        Loaded loaded = (Loaded) Configuration.LOADER.load(Source.text("carve.yaml", yaml));
        return Server.start(loaded, new ServerOptions(Clock.system(), () -> loaded));
    }

    private static String get(int port, String path) {
        try (RawClient client = RawClient.connect(port)) {
            // The admin listener answers calls by its address only.
            String head = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
            return client.send(head).read().bodyText();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void namesTypesAndLabelsAreThoseOfTheEndpoint() throws Exception {
        readPage();
        try (RecordingUpstream upstream = RecordingUpstream.answering("well");
                Ports.Held refusing = Ports.refusing();
                ScriptedDns dns = ScriptedDns.start();
                Server server = start(upstream.port(), refusing.port(), dns)) {
            int port = server.addresses().getFirst().getPort();
            InetSocketAddress admin = Objects.requireNonNull(server.adminAddress());
            assertThat(get(port, "/good")).isEqualTo("well");
            get(port, "/bad");
            // Counted when the exchange is over, which the client may see before.
            Await.until(
                    "both requests are counted",
                    () -> {
                        String text = get(admin.getPort(), "/metrics");
                        return text.contains("carve_requests_total{route=\"/good\"")
                                && text.contains("carve_failures_total{route=\"/bad\"");
                    });
            Map<String, String> told = parse(get(admin.getPort(), "/metrics"));
            assertThat(written).as("the endpoint's, in the table").containsAllEntriesOf(told);
            written.keySet().removeAll(sometimes);
            assertThat(told).as("the table's, at the endpoint").containsAllEntriesOf(written);
        }
    }
}
