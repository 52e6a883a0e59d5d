package dev.carve.example.monolith;

import static dev.carve.example.monolith.ContractCase.get;
import static dev.carve.example.monolith.ContractCase.request;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What every monolith answers, in whatever language. The cases run in order against a fresh one
 * with 1,000 rows; since the answers are literal, all monoliths that keep them answer the same.
 */
final class Contract {

    static final int ROWS = 1_000;

    private static final String JSON_OBJECT = "body: not valid JSON (expected: a JSON object)";
    private static final String TIMES = " (expected: a whole number from 1 to 100000000)";
    private static final String NOW =
            "\"20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}Z\"";
    private static final String ROW_5 =
            "[{\"id\":5,\"active\":true,\"amount\":39595,\"name\":\"row 5\","
                    + "\"created_at\":\"2018-01-01T00:05:00.000Z\","
                    + "\"updated_at\":\"2018-01-01T00:07:35.000Z\"}]";
    private static final String ORDER_1 =
            "{\"id\":1,\"customer\":\"customer 2\",\"item\":\"item 2\",\"quantity\":2,"
                    + "\"status\":\"paid\",\"created_at\":\"2018-01-01T01:00:00.000Z\","
                    + "\"updated_at\":\"2018-01-01T01:01:00.000Z\"}";
    private static final String ORDER_2 =
            "{\"id\":2,\"customer\":\"customer 3\",\"item\":\"item 3\",\"quantity\":3,"
                    + "\"status\":\"shipped\",\"created_at\":\"2018-01-01T02:00:00.000Z\","
                    + "\"updated_at\":\"2018-01-01T02:02:00.000Z\"}";
    private static final String INSECURE =
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="160" height="20" role="img" aria-label="dependencies: insecure">
            <title>dependencies: insecure</title>
            <clipPath id="edge"><rect width="160" height="20" rx="%d"/></clipPath>
            <g clip-path="url(#edge)"><rect width="94" height="20" fill="#424242"/><rect x="94" width="66" height="20" fill="#c62828"/></g>
            <g fill="#fff" font-family="Verdana,sans-serif" font-size="11" text-anchor="middle"><text x="47" y="14">dependencies</text><text x="127" y="14">insecure</text></g>
            </svg>
            """;

    private Contract() {}

    static List<ContractCase> cases() {
        List<ContractCase> cases = new ArrayList<>();
        site(cases);
        count(cases);
        orders(cases);
        wrongOrders(cases);
        stories(cases);
        rows(cases);
        badges(cases);
        return cases;
    }

    private static void site(List<ContractCase> to) {
        String html = "text/html; charset=utf-8";
        to.add(get("/").gives(200, html, "Hello from the monolith\n"));
        to.add(get("/?a=b").gives(200, html, "Hello from the monolith\n"));
        to.add(request("HEAD", "/").gives(200, html, "").expecting("Content-Length", "24"));
        to.add(get("/healthz").givesJson(200, "{\"status\":\"ok\"}"));
        to.add(get("/nothing").refused(404, "no such path"));
        to.add(get("/healthz/").refused(404, "no such path"));
        to.add(get("/HEALTHZ").refused(404, "no such path"));
        to.add(request("POST", "/nothing").json("{}").refused(404, "no such path"));
        to.add(
                request("DELETE", "/")
                        .refused(405, "method not allowed here (expected: GET, HEAD)")
                        .expecting("Allow", "GET, HEAD"));
        to.add(
                request("OPTIONS", "/orders")
                        .gives(204, "", "")
                        .expecting("Allow", "GET, HEAD, POST"));
    }

    private static void count(List<ContractCase> to) {
        to.add(
                request("POST", "/Count")
                        .json("{\"times\":1000000}")
                        .gives(200, "text/html; charset=utf-8", "")
                        .matching("Counted to (49[89]|50[01])[0-9]{5} \n"));
        to.add(
                count("{\"times\":1e1}")
                        .gives(200, "text/html.*", "")
                        .matching("Counted to [0-9]+ \n"));
        to.add(
                count("{\"times\":2.0}")
                        .gives(200, "text/html.*", "")
                        .matching("Counted to [0-9]+ \n"));
        to.add(count("{}").refused(400, "times: missing" + TIMES));
        to.add(count("{\"times\":null}").refused(400, "times: null" + TIMES));
        to.add(count("{\"times\":true}").refused(400, "times: true" + TIMES));
        to.add(count("{\"times\":[1]}").refused(400, "times: an array" + TIMES));
        to.add(count("{\"times\":{}}").refused(400, "times: an object" + TIMES));
        to.add(count("{\"times\":\"5\"}").refused(400, "times: \\\"5\\\"" + TIMES));
        to.add(count("{\"times\":\"\\u0001\\\"é\"}").refused(400, "times: \\\"??é\\\"" + TIMES));
        to.add(count("{\"times\":1.5}").refused(400, "times: a fraction" + TIMES));
        to.add(count("{\"times\":0}").refused(400, "times: 0" + TIMES));
        to.add(count("{\"times\":-0.0}").refused(400, "times: 0" + TIMES));
        to.add(count("{\"times\":-5}").refused(400, "times: -5" + TIMES));
        to.add(count("{\"times\":100000001}").refused(400, "times: 100000001" + TIMES));
        to.add(count("{\"times\":1e30}").refused(400, "times: a huge number" + TIMES));
        to.add(count("{\"times\":-1e999}").refused(400, "times: a huge number" + TIMES));
        to.add(
                count("{\"times\":99999999999999999999}")
                        .refused(400, "times: a huge number" + TIMES));
        to.add(
                count("{\"times\":5,\"time\":6}")
                        .refused(400, "\\\"time\\\": unknown field (expected: times)"));
        to.add(count("").refused(400, JSON_OBJECT));
        to.add(count("{").refused(400, JSON_OBJECT));
        to.add(count("{} {}").refused(400, JSON_OBJECT));
        to.add(count("{'times':5}").refused(400, JSON_OBJECT));
        to.add(count("{\"times\":NaN}").refused(400, JSON_OBJECT));
        to.add(count("[]").refused(400, "body: an array (expected: a JSON object)"));
        to.add(count("5").refused(400, "body: 5 (expected: a JSON object)"));
        to.add(count("null").refused(400, "body: null (expected: a JSON object)"));
        to.add(
                request("POST", "/Count")
                        .body("text/plain", "{\"times\":5}")
                        .refused(
                                415,
                                "Content-Type: not supported here (expected: application/json)"));
        to.add(
                count("{\"times\":5}")
                        .sending("Content-Encoding", "gzip")
                        .refused(415, "Content-Encoding: not supported here (expected: none)"));
        to.add(
                count("{\"times\":5" + " ".repeat(100 * 1024) + "}")
                        .refused(413, "body: too large (expected: at most 100 KiB)"));
        to.add(
                get("/Count")
                        .refused(405, "method not allowed here (expected: POST)")
                        .expecting("Allow", "POST"));
    }

    private static ContractCase count(String json) {
        return request("POST", "/Count").body("application/json; charset=utf-8", json);
    }

    private static void orders(List<ContractCase> to) {
        to.add(
                get("/orders?limit=2")
                        .givesJson(
                                200, "{\"orders\":[" + ORDER_1 + "," + ORDER_2 + "],\"next\":2}"));
        to.add(
                get("/orders?after=1&limit=1")
                        .givesJson(200, "{\"orders\":[" + ORDER_2 + "],\"next\":2}"));
        to.add(get("/orders?after=100").givesJson(200, "{\"orders\":[],\"next\":null}"));
        to.add(
                get("/orders")
                        .givesJson(200, "")
                        .matching("\\{\"orders\":\\[(\\{[^}]*},?){20}],\"next\":20}"));
        to.add(get("/orders/1").givesJson(200, ORDER_1).expecting("Set-Cookie", ""));
        to.add(request("HEAD", "/orders/1").givesJson(200, "").expecting("Content-Length", "157"));
        String ada = "{\"customer\":\"Ada ✓\",\"item\":\"a/b\",\"quantity\":3}";
        String stored =
                "\\{\"id\":%d,\"customer\":\"Ada ✓\",\"item\":\"a/b\",\"quantity\":%d,\"status\":\"%s\",\"created_at\":"
                        + NOW
                        + ",\"updated_at\":"
                        + NOW
                        + "}";
        to.add(
                request("POST", "/orders")
                        .json(ada)
                        .givesJson(201, "")
                        .expecting("Location", "/orders/101")
                        .expecting(
                                "Set-Cookie",
                                "session=[0-9a-f]{32}; Path=/; HttpOnly; SameSite=Lax")
                        .matching(stored.formatted(101, 3, "open")));
        to.add(
                request("POST", "/orders")
                        .json(ada)
                        .sending("Cookie", "a=b; session=abc")
                        .givesJson(201, "")
                        .expecting("Location", "/orders/102")
                        .expecting("Set-Cookie", "")
                        .matching(stored.formatted(102, 3, "open")));
        to.add(get("/orders/101").givesJson(200, "").matching(stored.formatted(101, 3, "open")));
        to.add(
                request("PUT", "/orders/101")
                        .json(
                                "{\"customer\":\"Ada ✓\",\"item\":\"a/b\",\"quantity\":1000,\"status\":\"paid\"}")
                        .givesJson(200, "")
                        .matching(stored.formatted(101, 1000, "paid")));
        to.add(request("DELETE", "/orders/102").gives(204, "", ""));
        to.add(request("DELETE", "/orders/102").refused(404, "no order has the id 102"));
        to.add(get("/orders/102").refused(404, "no order has the id 102"));
        to.add(request("PUT", "/orders/102").json(ada).refused(404, "no order has the id 102"));
        to.add(
                get("/orders?after=100")
                        .givesJson(200, "")
                        .matching(
                                "\\{\"orders\":\\["
                                        + stored.formatted(101, 1000, "paid")
                                        + "],\"next\":null}"));
    }

    private static void wrongOrders(List<ContractCase> to) {
        String text = " (expected: a text of 1 to 200 characters, not blank)";
        to.add(order("{}").refused(400, "customer: missing" + text));
        to.add(order("{\"customer\":\" \"}").refused(400, "customer: \\\" \\\"" + text));
        to.add(order("{\"customer\":\"a\\nb\"}").refused(400, "customer: \\\"a?b\\\"" + text));
        to.add(order("{\"customer\":5}").refused(400, "customer: 5" + text));
        to.add(
                order("{\"customer\":\"" + "x".repeat(201) + "\"}")
                        .refused(400, "customer: \\\"" + "x".repeat(40) + "...\\\"" + text));
        to.add(
                order("{\"customer\":\"a\",\"item\":\"b\",\"quantity\":1001}")
                        .refused(400, "quantity: 1001 (expected: a whole number from 1 to 1000)"));
        to.add(
                order("{\"customer\":\"a\",\"item\":\"b\",\"quantity\":1,\"status\":\"lost\"}")
                        .refused(
                                400,
                                "status: \\\"lost\\\" (expected: open, paid, shipped, cancelled)"));
        to.add(
                order("{\"customer\":\"a\",\"price\":1}")
                        .refused(
                                400,
                                "\\\"price\\\": unknown field (expected: customer, item, quantity, status)"));
        String limit = "limit: not acceptable (expected: a whole number from 1 to 100)";
        to.add(get("/orders?limit=0").refused(400, limit));
        to.add(get("/orders?limit=101").refused(400, limit));
        to.add(get("/orders?limit=x").refused(400, limit));
        to.add(get("/orders?limit=").refused(400, limit));
        String id = "id: not a whole number (expected: at most 15 digits)";
        to.add(get("/orders/x").refused(400, id));
        to.add(request("DELETE", "/orders/-1").refused(400, id));
        to.add(request("PUT", "/orders/01").json("{}").refused(400, id));
        to.add(
                request("POST", "/orders/1")
                        .json("{}")
                        .refused(405, "method not allowed here (expected: GET, HEAD, PUT, DELETE)")
                        .expecting("Allow", "GET, HEAD, PUT, DELETE"));
    }

    private static ContractCase order(String json) {
        return request("POST", "/orders").json(json);
    }

    private static void stories(List<ContractCase> to) {
        String keys = " (expected: 1 to 100 keys with commas between)";
        String story7 =
                "{\"id\":7,\"title\":\"Story number 7\",\"url\":\"https://stories.example/7\","
                        + "\"submitted_at\":\"2015-01-01T01:10:00.000Z\",\"diggs\":433,\"comments\":203,"
                        + "\"topics\":[\"topic-7\",\"topic-19\"],\"description\":\"What story 7 tells: "
                        + "and then more came of it, ".repeat(27)
                        + "\"}";
        to.add(
                get("/stories?keys=story-7,nope,7,story-7")
                        .givesJson(
                                200,
                                "{\"stories\":[{\"key\":\"story-7\",\"story\":"
                                        + story7
                                        + "},{\"key\":\"nope\",\"story\":null},{\"key\":\"7\",\"story\":null},{\"key\":\"story-7\",\"story\":"
                                        + story7
                                        + "}]}"));
        to.add(
                get("/stories?x=y&keys=%22%C3%A9%2Ca+b&keys=other")
                        .givesJson(
                                200,
                                "{\"stories\":[{\"key\":\"\\\"é\",\"story\":null},{\"key\":\"a b\",\"story\":null}]}"));
        to.add(
                get("/stories?keys=" + String.join(",", Collections.nCopies(100, "story-1000")))
                        .givesJson(200, "")
                        .matching(
                                "\\{\"stories\":\\[(\\{\"key\":\"story-1000\",\"story\":\\{\"id\":1000,[^}]*}},?){100}]}"));
        to.add(
                get("/stories?keys=" + String.join(",", Collections.nCopies(101, "a")))
                        .refused(400, "keys: 101 keys" + keys));
        to.add(get("/stories").refused(400, "keys: missing" + keys));
        to.add(get("/stories?keys").refused(400, "keys: missing" + keys));
        to.add(get("/stories?keys=").refused(400, "keys: missing" + keys));
        to.add(
                get("/stories?keys=a,,b")
                        .refused(400, "keys: key 2 has 0 characters (expected: 1 to 128)"));
        to.add(
                get("/stories?keys=" + "k".repeat(129))
                        .refused(400, "keys: key 1 has 129 characters (expected: 1 to 128)"));
    }

    private static void rows(List<ContractCase> to) {
        for (String path : List.of("/api/data/", "/api/data-cpu/")) {
            to.add(get(path + "5").givesJson(200, ROW_5));
            to.add(
                    request("HEAD", path + "5")
                            .givesJson(200, "")
                            .expecting("Content-Length", "134"));
            to.add(
                    get(path + "1000")
                            .givesJson(200, "")
                            .matching("\\[\\{\"id\":1000,\"active\":true,.*"));
            to.add(
                    get(path + "3")
                            .givesJson(200, "")
                            .matching("\\[\\{\"id\":3,\"active\":false,.*"));
            to.add(get(path + "1001").refused(404, "no row has the id 1001"));
            to.add(get(path + "0").refused(404, "no row has the id 0"));
            String id = "id: not a whole number (expected: at most 15 digits)";
            to.add(get(path + "x").refused(400, id));
            to.add(get(path + "-5").refused(400, id));
            to.add(get(path + "5.0").refused(400, id));
            to.add(get(path + "%205").refused(400, id));
            to.add(get(path + "1234567890123456").refused(400, id));
            to.add(get(path).refused(404, "no such path"));
            to.add(get(path + "5/6").refused(404, "no such path"));
            to.add(
                    request("PUT", path + "5")
                            .json("{}")
                            .refused(405, "method not allowed here (expected: GET, HEAD)"));
        }
    }

    private static void badges(List<ContractCase> to) {
        String svg = "image/svg\\+xml; charset=utf-8";
        String tag = "\"4507bdb9cdd51ec8\"";
        String cache = "public, max-age=300";
        to.add(
                get("/badges/project-7.svg")
                        .gives(200, svg, INSECURE.formatted(3))
                        .expecting("Cache-Control", cache)
                        .expecting("ETag", "\"447e0abe573cc7ac\""));
        to.add(get("/badges/project-7.svg?style=flat").gives(200, svg, INSECURE.formatted(3)));
        to.add(get("/badges/project-7.svg?style=odd").gives(200, svg, INSECURE.formatted(3)));
        ContractCase square = get("/badges/project-7.svg?style=flat-square");
        to.add(square.gives(200, svg, INSECURE.formatted(0)).expecting("ETag", tag));
        for (String match : List.of(tag, "W/" + tag, "\"x\", " + tag, "*")) {
            to.add(
                    square.sending("If-None-Match", match)
                            .gives(304, "", "")
                            .expecting("ETag", tag)
                            .expecting("Cache-Control", cache));
        }
        to.add(square.sending("If-None-Match", "\"x\"").gives(200, svg, INSECURE.formatted(0)));
        to.add(
                request("HEAD", "/badges/project-1.svg")
                        .gives(200, svg, "")
                        .expecting("Content-Length", "525"));
        to.add(
                get("/badges/project-3.svg")
                        .gives(200, svg, "")
                        .matching("(?s).*<title>dependencies: out-of-date</title>.*#b26a00.*"));
        for (String unknown : List.of("nope", "%3Cb%3E", "project-1001")) {
            to.add(
                    get("/badges/" + unknown + ".svg")
                            .gives(404, svg, "")
                            .expecting("Cache-Control", "no-cache")
                            .expecting("ETag", "")
                            .matching("(?s).*<title>dependencies: unknown</title>.*#757575.*"));
        }
        to.add(get("/badges/project-7").refused(404, "no such path"));
        to.add(
                request("POST", "/badges/project-7.svg")
                        .json("{}")
                        .refused(405, "method not allowed here (expected: GET, HEAD)"));
    }
}
