package dev.carve.example.monolith;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request and the answer it must get from every monolith.
 *
 * @param sent header fields
 * @param expected header fields; an empty value means that the field must not be there
 * @param answerBody the very text, or a pattern if {@code pattern}
 */
record ContractCase(
        String method,
        String target,
        Map<String, String> sent,
        @Nullable String body,
        int status,
        Map<String, String> expected,
        String answerBody,
        boolean pattern) {

    static ContractCase request(String method, String target) {
        return new ContractCase(method, target, Map.of(), null, 200, Map.of(), "", false);
    }

    static ContractCase get(String target) {
        return request("GET", target);
    }

    ContractCase json(String text) {
        return body("application/json", text);
    }

    ContractCase body(String type, String text) {
        return new ContractCase(
                method,
                target,
                with(sent, "Content-Type", type),
                text,
                status,
                expected,
                answerBody,
                pattern);
    }

    ContractCase sending(String name, String value) {
        return new ContractCase(
                method,
                target,
                with(sent, name, value),
                body,
                status,
                expected,
                answerBody,
                pattern);
    }

    ContractCase expecting(String name, String value) {
        return new ContractCase(
                method,
                target,
                sent,
                body,
                status,
                with(expected, name, value),
                answerBody,
                pattern);
    }

    ContractCase gives(int code, String type, String text) {
        return new ContractCase(
                method,
                target,
                sent,
                body,
                code,
                with(expected, "Content-Type", type),
                text,
                false);
    }

    ContractCase givesJson(int code, String text) {
        return gives(code, "application/json; charset=utf-8", text);
    }

    ContractCase refused(int code, String message) {
        return givesJson(code, "{\"error\":\"" + message + "\"}");
    }

    ContractCase matching(String regex) {
        return new ContractCase(method, target, sent, body, status, expected, regex, true);
    }

    void check(HttpClient client, URI server) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(server + target))
                        .timeout(Duration.ofSeconds(30))
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        sent.forEach(request::header);
        HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
        List<String> problems = new ArrayList<>();
        expected.forEach((name, value) -> {
            String found = response.headers().firstValue(name).orElse("");
            if (!found.matches(value)) {
                problems.add("%s: %s (expected: %s)".formatted(name, found, value));
            }
        });
        assertThat(problems).as("headers of %s, %s", this, response.body()).isEmpty();
        assertThat(response.statusCode())
                .as("%s gives %s", this, response.body())
                .isEqualTo(status);
        if (pattern) {
            assertThat(response.body()).matches(answerBody);
        } else {
            assertThat(response.body()).isEqualTo(answerBody);
        }
    }

    private static Map<String, String> with(Map<String, String> map, String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(map);
        more.put(name, value);
        return more;
    }

    @Override
    public String toString() {
        String shown = target.length() > 60 ? target.substring(0, 60) + "..." : target;
        String sentBody = body == null ? "" : " " + body.substring(0, Math.min(60, body.length()));
        return method + " " + shown + sentBody + " → " + status;
    }
}
