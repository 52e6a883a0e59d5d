package dev.carve.carving;

import dev.carve.carving.keep.CarveKey;
import dev.carve.carving.shift.LedgerEntry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a URL of a roll-back, once and not for long: it is an alarm beside the log and the metric,
 * not a queue. Nothing waits for it.
 *
 * <p>Threads: any tells; a virtual thread sends.
 */
final class Webhook {

    private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);
    private static final Duration WITHIN = Duration.ofSeconds(10);

    private Webhook() {}

    static void tell(String url, CarveKey carve, LedgerEntry entry) {
        String body =
                "{\"route\":%s,\"from\":%s,\"to\":%s,\"by\":%s,\"reason\":%s,\"at\":%s}"
                        .formatted(
                                quoted(carve.route()),
                                quoted(CarveStatus.text(entry.from())),
                                quoted(CarveStatus.text(entry.to())),
                                quoted(entry.by()),
                                quoted(entry.reason()),
                                quoted(entry.at().toString()));
        Thread.ofVirtual().name("carve-webhook").start(() -> send(url, body));
    }

    private static void send(String url, String body) {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(WITHIN).build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url))
                            .timeout(WITHIN)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build();
            int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status >= 300) {
                LOG.atError().addKeyValue("status", status).log("the webhook refused the alarm");
            }
        } catch (IOException failed) {
            LOG.atError().addKeyValue("reason", failed.toString()).log("the webhook was not told");
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
