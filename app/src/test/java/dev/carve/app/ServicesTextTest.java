package dev.carve.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.app.terminal.Look;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What people see of services and their instances. */
class ServicesTextTest {

    private static final String WELL =
            """
            {"name":"users","usable":true,
             "traffic":{"in_flight":3,"recent":{"ended":1240,"per_second":1240,"error_share":0,
              "retries":0,"failures":{},"p50":0.0012,"p95":0.0084}},
             "dns":{"name":"users.internal:8000","addresses":3,"result":"found","good":true,
              "since":"2026-01-01T00:00:00Z","age":240},
             "protection":{
              "breaker":{"state":"closed","reason":"","age":240,"entered":{"open":0}},
              "limit":{"permits":100,"in_flight":3,"waiting":0,"refused":0,"usual":null},
              "retries":{"made":12,"refused":0,"left":40},
              "hedges":{"sent":7,"won":5,"refused":0},"ejections":2},
             "instances":[INSTANCES]}
            """;

    private static final String TROUBLED =
            """
            {"name":"orders","usable":false,
             "traffic":{"in_flight":100,"recent":{"ended":80,"per_second":80,"error_share":1,
              "retries":1,"failures":{"connect_refused":3},"p50":0.0002,"p95":1.0}},
             "dns":{"name":"orders.internal:8000","addresses":ADDRESSES,"result":"no_name",
              "good":false,"age":70},
             "protection":{
              "breaker":{"state":"STATE","reason":"60% of 34 attempts failed","age":12},
              "limit":{"permits":100,"in_flight":100,"waiting":50,"refused":1234},
              "retries":{"made":40,"refused":9},"hedges":null,"ejections":0},
             "instances":[INSTANCES]}
            """;

    private static final String UNWELL = "status 503 (expected: 200-299)";

    private static String instance(int number, String state, String reason) {
        return """
        {"name":"10.0.0.%d:8000","state":"%s","eligible":%s,"reason":"%s","age":11520,"weight":1,
         "grown":1,"in_flight":1,"connections":5,"idle":4,"ejections":0,
         "traffic":{"ended":9000,"errors":4,"failures":4,"p50":0.001,"p95":0.008,"recent":
          {"ended":%d,"per_second":%d,"error_share":0.005,"failures":2,"p50":0.0011,"p95":0.0079}}}
        """
                .formatted(number, state, state.equals("up"), reason, 400 + number, 400 + number);
    }

    private static String many(int count) {
        StringBuilder all = new StringBuilder();
        for (int i = 1; i <= count; i++) {
            boolean bad = i == 7;
            all.append(i == 1 ? "" : ",")
                    .append(instance(i, bad ? "unhealthy" : "up", bad ? UNWELL : ""));
        }
        return all.toString();
    }

    private static List<String> lines(
            String services, String instances, int columns, boolean all, Look look) {
        String json = "[" + services.replace("INSTANCES", instances) + "]";
        JsonTree tree = Objects.requireNonNull(JsonTree.parse(json));
        return new ServicesText(look, columns, all).lines(tree.items());
    }

    private static String text(String service, String instances, int columns) {
        return String.join("\n", lines(service, instances, columns, false, Look.PLAIN)) + "\n";
    }

    private static String troubled(String state, int addresses) {
        return TROUBLED.replace("STATE", state).replace("ADDRESSES", addresses + "");
    }

    @Test
    void oneInstance() {
        assertThat(text(WELL, many(1), 100))
                .isEqualTo(
                        """
                        SERVICE / instance  state  since  calls  conns  idle  weight  req/s  errors  retries    p50    p95
                        users                                 3      5     4          1,240      0%        0  1.2ms  8.4ms
                          dns users.internal:8000: 3 addresses
                          breaker closed; limit 3 of 100 in flight, 0 waiting, 0 refused; hedges 7, 5 won; retries 12
                          ejections 2
                          10.0.0.1:8000     up        3h      1      5     4       1    401   0.50%           1.1ms  7.9ms
                        """);
    }

    @Test
    void threeInstancesOfWhichOneIsUnwell() {
        String instances =
                instance(1, "up", "")
                        + ","
                        + instance(2, "unhealthy", UNWELL)
                        + ","
                        + instance(3, "draining", "kernel update");
        assertThat(text(WELL, instances, 80))
                .isEqualTo(
                        """
                        SERVICE / instance  state      since  calls  conns  req/s  errors    p50    p95
                        users                                     3     15  1,240      0%  1.2ms  8.4ms
                          dns users.internal:8000: 3 addresses
                          breaker closed; limit 3 of 100 in flight, 0 waiting, 0 refused
                          hedges 7, 5 won; retries 12; ejections 2
                          10.0.0.1:8000     up            3h      1      5    401   0.50%  1.1ms  7.9ms
                          10.0.0.2:8000     unhealthy     3h      1      5    402   0.50%  1.1ms  7.9ms
                            status 503 (expected: 200-299)
                          10.0.0.3:8000     draining      3h      1      5    403   0.50%  1.1ms  7.9ms
                            kernel update
                        """);
    }

    @Test
    void whatIsWrongStandsBelowTheService() {
        assertThat(text(troubled("open", 2), "", 80))
                .isEqualTo(
                        """
                        SERVICE / instance  state        calls  conns  req/s  errors    p50   p95
                        orders              no instance    100      0     80    100%  200us  1.0s
                          failing: connect_refused 3
                          dns orders.internal:8000: no_name for 70s, 2 addresses stay
                          breaker open for 12s: 60% of 34 attempts failed
                          limit 100 of 100 in flight, 50 waiting, 1,234 refused
                          retries 40, 9 beyond the budget
                        """);
    }

    @Test
    void ofManyInstancesThoseAreShownThatMatter() {
        List<String> lines = lines(WELL, many(40), 80, false, Look.PLAIN);
        assertThat(lines)
                .allMatch(line -> line.length() <= 80)
                .filteredOn(line -> line.startsWith("  10.0.0."))
                .hasSize(12)
                .first()
                .asString()
                .as("what is unwell is there, in the order of the file")
                .startsWith("  10.0.0.7:8000     unhealthy");
        assertThat(lines).anyMatch(line -> line.startsWith("  10.0.0.40:8000"));
        assertThat(lines).noneMatch(line -> line.startsWith("  10.0.0.1:8000"));
        assertThat(lines.getLast()).isEqualTo("  and 28 more, all up (--all shows them)");
        assertThat(lines(WELL, many(40), 80, true, Look.PLAIN))
                .filteredOn(line -> line.startsWith("  10.0.0."))
                .hasSize(40);
    }

    @Test
    void coloursSayHowBadItIs() {
        Look look = new Look(true, true, true);
        assertThat(String.join("\n", lines(troubled("open", 0), "", 80, false, look)))
                .contains("\u001b[31m  breaker open for 12s: 60% of 34 attempts failed\u001b[0m")
                .contains("\u001b[31m  dns orders.internal:8000: no_name for 70s, no address is");
        assertThat(String.join("\n", lines(troubled("ramping", 2), "", 80, false, look)))
                .contains("\u001b[33m  breaker ramping")
                .contains(
                        "\u001b[33m  dns orders.internal:8000: no_name for 70s, 2 addresses stay");
    }

    @Test
    void gatewayThatTellsNoneOfItIsShownAsFarAsItGoes() {
        String old =
                """
                {"name":"users","usable":true,"traffic":null,"instances":[
                 {"name":"10.0.0.5:8000","state":"up","eligible":true,"reason":"","age":1}]}
                """;
        List<String> lines = lines(old, "", 100, false, Look.PLAIN);
        assertThat(lines).hasSize(3);
        assertThat(lines.getLast()).startsWith("  10.0.0.5:8000").contains(" up ");
    }
}
