package dev.carve.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.config.Sample.Forward;
import dev.carve.config.Sample.Respond;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LoaderTest {

    static final String FILE =
            """
            listen: 8080
            admin: 127.0.0.1:9900
            services:
              monolith: http://127.0.0.1:3000
              users:
                urls: [http://10.0.0.5:8000, http://10.0.0.6:8000]
                balance: least_requests
                timeouts: { connect: 100ms }
            routes:
              - match: /
                to: monolith
              - match: /health
                respond: 204
              - match: GET /users/{id}
                to: monolith
                carve:
                  to: users
                  mirror: 25%
            """;

    static Loaded load(String text) {
        return load(text, Map.of(), List.of());
    }

    static Loaded load(String text, Map<String, String> environment, List<String> flags) {
        LoadResult result = Sample.LOADER.load(Source.text("carve.yaml", text), environment, flags);
        assertThat(result).as(result.toString()).isInstanceOf(Loaded.class);
        return (Loaded) result;
    }

    private static Sample.Service service(Loaded loaded, String name) {
        return Objects.requireNonNull(loaded.value(Sample.SERVICES).get(name));
    }

    @Test
    void fileBecomesRecordsWithDefaults() {
        Loaded loaded = load(FILE);

        assertThat(loaded.value(Sample.LISTEN).getFirst().address().port()).isEqualTo(8080);
        Sample.Service monolith = service(loaded, "monolith");
        assertThat(monolith.urls()).containsExactly(URI.create("http://127.0.0.1:3000"));
        assertThat(monolith.timeouts().response()).isEqualTo(Duration.ofSeconds(30));
        Sample.Service users = service(loaded, "users");
        assertThat(users.balance()).isEqualTo(Sample.Balance.LEAST_REQUESTS);
        assertThat(users.timeouts().connect()).isEqualTo(Duration.ofMillis(100));
        assertThat(loaded.value(Sample.SHUTDOWN).grace()).isEqualTo(Duration.ofSeconds(10));
        List<Sample.Route> routes = loaded.value(Sample.ROUTES);
        assertThat(routes.get(0).action()).isEqualTo(new Forward("monolith"));
        assertThat(routes.get(1).action()).isEqualTo(new Respond(204, ""));
        assertThat(routes.get(0).extensions().find(Sample.CARVE)).isEmpty();
        assertThat(routes.get(2).extensions().value(Sample.CARVE).to())
                .isEqualTo(new Forward("users"));
    }

    @Test
    void declaredDefaultsFitTheirTypes() {
        Sample.SCHEMA.requireDefaults();
    }

    @Test
    void flagWinsOverEnvironmentOverFileOverDefault() {
        String file = "shutdown: { grace: 1s, delay: 1s }\nadmin: 1";
        Loaded loaded =
                load(
                        file,
                        Map.of("CARVE_SHUTDOWN_GRACE", "2s", "CARVE_ADMIN", "2"),
                        List.of("admin=3"));

        assertThat(loaded.value(Sample.SHUTDOWN).delay()).isEqualTo(Duration.ofSeconds(1));
        assertThat(loaded.value(Sample.SHUTDOWN).grace()).isEqualTo(Duration.ofSeconds(2));
        assertThat(loaded.value(Sample.ADMIN).port()).isEqualTo(3);
        assertThat(loaded.origin("shutdown.delay")).isEqualTo(Origin.FILE);
        assertThat(loaded.origin("shutdown.grace")).isEqualTo(Origin.ENVIRONMENT);
        assertThat(loaded.origin("admin")).isEqualTo(Origin.FLAG);
        assertThat(loaded.origin("listen")).isEqualTo(Origin.DEFAULT);
        assertThat(loaded.origin("nowhere")).isEqualTo(Origin.DEFAULT);
    }

    @Test
    void renderedConfigurationLoadsToEqualRecords() {
        Loaded loaded = load(FILE);
        Loaded again = load(Renderer.render(loaded));

        assertThat(again.value(Sample.SERVICES)).isEqualTo(loaded.value(Sample.SERVICES));
        assertThat(again.value(Sample.LISTEN)).isEqualTo(loaded.value(Sample.LISTEN));
        assertThat(again.value(Sample.ROUTES)).isEqualTo(loaded.value(Sample.ROUTES));
    }
}
