package dev.carve.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {

    @TempDir Path folder = Path.of("");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int carve(String... arguments) {
        return Main.run(
                List.of(arguments),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private String file(String yaml) throws IOException {
        Path file = folder.resolve("carve.yaml");
        Files.writeString(file, yaml);
        return file.toString();
    }

    @Test
    void everyDeclaredDefaultFitsItsType() {
        Configuration.SCHEMA.requireDefaults();
    }

    @Test
    void withoutArgumentsItTellsItsCommands() {
        assertThat(carve()).isEqualTo(2);
        assertThat(err()).contains("run", "check", "explain", "load");
    }

    @Test
    void unknownCommandOrOptionIsWrongUse() {
        assertThat(carve("rum")).isEqualTo(2);
        assertThat(err()).startsWith("carve: unmatched argument").contains("carve run");
        err.reset();
        assertThat(carve("run", "--confg", "x")).isEqualTo(2);
        assertThat(err()).contains("--config");
        assertThat(carve("run", "--config", "a", "--to", "http://b")).isEqualTo(2);
        assertThat(err()).contains("exclude each other");
        assertThat(carve("service")).isEqualTo(2);
        assertThat(err()).contains("missing command (expected: drain, disable or enable)");
    }

    @Test
    void fileThatIsNotThereIsToldAsThatAndNotAsAPlaceInside() {
        String absent = folder.resolve("nofile.yaml").toString();
        for (String command : List.of("run", "check", "render")) {
            err.reset();
            assertThat(carve(command, "--config", absent)).as(command).isEqualTo(2);
            assertThat(err())
                    .isEqualToIgnoringNewLines(
                            "carve: --config: the file \"" + absent + "\" does not exist");
        }
    }

    @Test
    void wrongUpstreamIsToldByTheOptionsName() {
        assertThat(carve("run", "--to", "ftp://a.example")).isEqualTo(2);
        assertThat(err())
                .startsWith("carve: --to: \"ftp://a.example\" does not begin with http://");
    }

    @Test
    void checkTellsEveryProblemAtItsPlace() throws IOException {
        String file =
                file(
                        """
                        services:
                          mono: ftp://a.example
                          users: http://u:secretpw@x/
                        routes:
                          - {match: /a, to: monoo}
                          - {match: /a, to: mono}
                          - {match: "/b/{id}", redirect: {location: "/{ix}", status: 305}}
                          - {match: /, to: mono, headers: {request: {set: {Connection: x, "X Y": a}}}}
                        errors: {200: x}
                        """);
        assertThat(carve("check", "--config", file)).isEqualTo(2);
        assertThat(err().replace(file, "carve.yaml").lines())
                .containsExactly(
                        "carve.yaml:2:9: services.mono.urls[0]: \"ftp://a.example\" does not begin"
                                + " with http:// (expected: a URL such as http://127.0.0.1:3000)",
                        "carve.yaml:3:10: services.users.urls[0]: the URL holds a user (expected:"
                                + " host and port only; credentials go into headers.request.set)",
                        "carve.yaml:3:10: warning: services.users: no route uses this service",
                        "carve.yaml:5:21: routes[0].to: no service named \"monoo\" (did you mean"
                                + " \"mono\"?)",
                        "carve.yaml:6:13: routes[1].match: \"/a\" takes the same requests as \"/a\""
                                + " of routes[0] (expected: another host, path, method or number of"
                                + " conditions, or conditions that exclude each other)",
                        "carve.yaml:7:45: routes[2].redirect.location: nothing fills \"{ix}\""
                                + " (expected: one of host, id, path, query)",
                        "carve.yaml:7:62: routes[2].redirect.status: \"305\" is no redirect"
                                + " (expected: 301, 302, 303, 307 or 308)",
                        "carve.yaml:8:64: routes[3].headers.request.set.Connection: \"Connection\""
                                + " belongs to one connection and is the gateway's own (expected:"
                                + " another field)",
                        "carve.yaml:8:74: routes[3].headers.request.set[\"X Y\"]: \"X Y\" is no"
                                + " field name (expected: a token such as X-Team)",
                        "carve.yaml:9:15: errors.200: \"200\" is no failure (expected: a status"
                                + " from 400 to 599)");
        assertThat(out()).isEmpty();
    }

    @Test
    void explainTellsTheRouteAndWhyNoOther() throws IOException {
        String file =
                file(
                        """
                        services: {mono: "http://h:1"}
                        routes:
                          - {match: /, to: mono}
                          - {match: "POST /users/{id}", to: mono, name: writing}
                        """);
        assertThat(carve("explain", "GET", "/users/7", "--config", file)).isZero();
        assertThat(out()).contains("route    /\n", "POST /users/{id}: is for method POST");
    }

    @Test
    void portCountsOnlyWhereNobodyNamesTheAddress() {
        Map<String, String> environment = Map.of("PORT", "7777");
        assertThat(rendered(new ConfigurationSource(null, "http://h", List.of(), environment)))
                .contains("address: 7777");
        assertThat(
                        rendered(
                                new ConfigurationSource(
                                        null, "http://h", List.of("listen=8888"), environment)))
                .contains("address: 8888");
    }

    private static String rendered(ConfigurationSource source) {
        return dev.carve.config.Renderer.render((dev.carve.config.Loaded) source.load());
    }
}
