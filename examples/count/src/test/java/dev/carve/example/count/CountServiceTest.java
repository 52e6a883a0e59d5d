package dev.carve.example.count;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That the new side keeps the contract of the old one, but where it is told not to. */
@Timeout(60)
class CountServiceTest {

    private static HttpResponse<String> send(
            CountService service, String method, String path, String body)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + path))
                            .method(method, BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    private static double mean(CountService service, int times) throws Exception {
        String text = send(service, "POST", "/Count", "{\"times\": " + times + "}").body();
        assertThat(text).matches("Counted to [0-9]+ \n");
        return Double.parseDouble(text.split(" ")[2]) / times;
    }

    @Test
    void countsAsTheMonolithDoes() throws Exception {
        try (CountService service = CountService.start(0, 100)) {
            // The mean of a million numbers is within 0.2 of 50 but in one of ten billion runs.
            assertThat(mean(service, 1_000_000)).isBetween(49.8, 50.2);
        }
    }

    @Test
    void restOfTheLastJobIsCounted() throws Exception {
        try (CountService service = CountService.start(0, 100)) {
            assertThat(mean(service, 150_001)).isBetween(49.4, 50.6);
        }
    }

    @Test
    void publishedMistakeMakesSumsOnePercentLow() throws Exception {
        try (CountService service = CountService.start(0, 99)) {
            assertThat(mean(service, 1_000_000)).isBetween(49.3, 49.7);
            assertThat(send(service, "PUT", "/behaviour/greatest/100", "").statusCode())
                    .isEqualTo(200);
            assertThat(mean(service, 1_000_000)).isBetween(49.8, 50.2);
        }
    }

    @Test
    void sumIsWiderThanThirtyTwoBits() throws Exception {
        try (Counter counter =
                new Counter(
                        2,
                        java.util.random.RandomGeneratorFactory
                                .<java.util.random.RandomGenerator.SplittableGenerator>of(
                                        "L64X128MixRandom")
                                .create(1))) {
            assertThat(counter.sum(50_000_000, 100)).isGreaterThan(Integer.MAX_VALUE);
        }
    }

    @Test
    void wrongNumbersAreRefused() throws Exception {
        try (CountService service = CountService.start(0, 100)) {
            for (String body : new String[] {"{\"times\": 0}", "{\"times\": -1}", "{}", "x"}) {
                assertThat(send(service, "POST", "/Count", body).statusCode()).isEqualTo(400);
            }
            assertThat(send(service, "GET", "/nothing", "").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void failsAsOftenAsItIsTold() throws Exception {
        try (CountService service = CountService.start(0, 100)) {
            send(service, "PUT", "/behaviour/failing/100", "");
            assertThat(send(service, "POST", "/Count", "{\"times\": 1}").statusCode())
                    .isEqualTo(500);
        }
    }
}
