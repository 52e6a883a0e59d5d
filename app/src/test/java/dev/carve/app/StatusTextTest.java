package dev.carve.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.app.terminal.Look;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What people see of a gateway that is not well. */
class StatusTextTest {

    private static final String STATUS =
            """
            {"process":{"version":"1.2","uptime":11520,"ready":true,"reason":"ready",
             "last_reload_refused":REFUSED,"last_reload_age":300},
             "machine":{"cores":2,"busy_share":0.97,"stolen_share":null,"reasons":["busy"]},
             "loops":[{"delay_max":0.0004,"delay_p99":0.0002,"longest_task":0.08}],
             "traffic":{"over":1.0,
              "total":{"ended":9,"in_flight":3,"recent":
               {"ended":20,"per_second":20,"error_share":0.05,"p50":0.0012,"p95":0.0084,"p99":0.02}},
              "services":[
               {"name":"users","usable":true,"traffic":{"in_flight":2,"recent":
                 {"ended":20,"per_second":20,"error_share":0.05,"retries":1,
                  "failures":{"connect_refused":3},"p50":0.0012,"p95":0.0084}},
                "instances":[
                 {"name":"10.0.0.5:8000","state":"up","eligible":true,"reason":"","age":11520,
                  "weight":1,"grown":1,"in_flight":2,"connections":5,"idle":3},
                 {"name":"10.0.0.6:8000","state":"draining","eligible":false,
                  "reason":"deploy of build 4711 by the night shift","age":61,"weight":1,"grown":1,
                  "in_flight":1,"connections":1,"idle":0},
                 {"name":"10.0.0.7:8000","state":"starting","eligible":true,"reason":"","age":3,
                  "weight":2,"grown":0.35,"in_flight":0,"connections":0,"idle":0}]},
               {"name":"reports","usable":false,"traffic":null,"instances":[
                 {"name":"10.0.0.9:80","state":"unhealthy","eligible":false,
                  "reason":"GET /healthz answered 503","age":7,"weight":1,"grown":1,
                  "in_flight":0,"connections":0,"idle":0}]}],
              "routes":[
               {"name":"/quiet","traffic":{"ended":50,"in_flight":0,"recent":
                 {"ended":0,"per_second":0,"error_share":0,"p50":0,"p95":0,"p99":0}}},
               {"name":"GET /users/{id}","traffic":{"ended":20,"in_flight":3,"recent":
                 {"ended":20,"per_second":20,"error_share":0.05,"p50":0.0012,"p95":0.0084,
                  "p99":0.02}}}],
              "routes_left_out":7}}
            """;

    private static List<String> lines(boolean refused, int columns, int routes, Look look) {
        JsonTree tree =
                Objects.requireNonNull(JsonTree.parse(STATUS.replace("REFUSED", refused + "")));
        return new StatusText(tree, look, columns, routes).lines("127.0.0.1:9900");
    }

    @Test
    void eightyColumnsHoldAllThatMatters() {
        List<String> lines = lines(false, 80, 20, Look.PLAIN);
        assertThat(lines).allMatch(line -> line.length() <= 80);
        assertThat(String.join("\n", lines))
                .startsWith("carve 1.2 at 127.0.0.1:9900, up 3h, ready\n")
                .contains("machine  short: busy, 2 cores, 97% busy\n")
                .contains("loops    1, late by 400us at worst and 200us at p99, longest task 80ms")
                .contains("total    20/s, 5.0% errors, p50 1.2ms, p95 8.4ms, p99 20ms, 3 in flight")
                .containsPattern("\nusers .* 20 +5.0% .*8.4ms\n")
                .contains("\n  failing: connect_refused 3\n")
                .containsPattern("\n  10.0.0.6:8000 +draining +61s +1")
                .contains("\n    deploy of build 4711 by the night shift\n")
                .containsPattern("\n  10.0.0.7:8000 +starting 35%")
                .containsPattern("\nreports +no instance")
                .contains("\n    GET /healthz answered 503\n")
                .endsWith("and 7 more that are less busy");
    }

    @Test
    void wideTerminalHasTheReasonInTheRow() {
        List<String> lines = lines(false, 160, 20, Look.PLAIN);
        assertThat(lines)
                .anyMatch(line ->
                        line.startsWith("  10.0.0.6:8000")
                                && line.endsWith("deploy of build 4711 by the night shift"));
        assertThat(lines.get(5)).contains("idle", "weight", "retries", "p50");
    }

    @Test
    void busiestRouteIsFirstAndTheRestIsCounted() {
        List<String> lines = lines(false, 80, 1, Look.PLAIN);
        assertThat(lines.get(lines.size() - 2)).startsWith("GET /users/{id}");
        assertThat(lines.getLast()).isEqualTo("and 8 more that are less busy");
    }

    @Test
    void refusedReloadStandsAtTheTop() {
        assertThat(lines(true, 80, 20, Look.PLAIN).get(1))
                .isEqualTo(
                        "the last reload, 5m ago, was refused: the configuration before it is in"
                                + " use");
    }

    @Test
    void coloursAreWhereSomethingIsWrong() {
        String text = String.join("\n", lines(false, 80, 20, new Look(true, true, true)));
        assertThat(text)
                .contains("\u001b[31mshort: busy\u001b[0m")
                .contains("\u001b[31m80ms\u001b[0m")
                .contains("\u001b[33mdraining\u001b[0m")
                .contains("\u001b[31munhealthy\u001b[0m");
    }

    @Test
    void gatewayOfAnotherVersionIsShownAsFarAsItGoes() {
        JsonTree other = Objects.requireNonNull(JsonTree.parse("{\"process\":{\"new\":[1]}}"));
        assertThat(new StatusText(other, Look.PLAIN, 80, 20).lines("h:1")).isNotEmpty();
    }
}
