package dev.carve.example.monolith;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The endpoints of the monolith and the choice among them. Application thread only. */
final class Site {

    private record Page(Pattern path, Map<String, Handler> handlers) {}

    private final List<Page> pages = new ArrayList<>();

    Site(Count count, Orders orders, Stories stories, Rows rows, Badges badges) {
        page("/", Map.of("GET", (_, _) -> Answer.html("Hello from the monolith\n")));
        page("/Count", Map.of("POST", count));
        page("/orders", Map.of("GET", orders::list, "POST", orders::create));
        page(
                "/orders/{}",
                Map.of("GET", orders::read, "PUT", orders::replace, "DELETE", orders::delete));
        page("/stories", Map.of("GET", stories));
        page("/api/data/{}", Map.of("GET", rows::read));
        page("/api/data-cpu/{}", Map.of("GET", rows::burnAndRead));
        page("/badges/{}.svg", Map.of("GET", badges));
        page("/healthz", Map.of("GET", (_, _) -> Answer.json(200, "{\"status\":\"ok\"}")));
    }

    private void page(String path, Map<String, Handler> handlers) {
        // Paths are literals and placeholders only, so there is nothing else to quote.
        Pattern pattern = Pattern.compile(path.replace(".", "\\.").replace("{}", "([^/]+)"));
        Map<String, Handler> ordered = new LinkedHashMap<>();
        for (String method : List.of("GET", "POST", "PUT", "DELETE")) {
            Handler handler = handlers.get(method);
            if (handler != null) {
                ordered.put(method, handler);
                if (method.equals("GET")) {
                    ordered.put("HEAD", handler);
                }
            }
        }
        pages.add(new Page(pattern, ordered));
    }

    Answer answer(Request request) throws SQLException {
        for (Page page : pages) {
            Matcher matcher = page.path.matcher(request.path());
            if (matcher.matches()) {
                try {
                    return answer(page, matcher, request);
                } catch (Refusal refusal) {
                    return refusal.answer();
                }
            }
        }
        return Answer.error(404, "no such path");
    }

    private static Answer answer(Page page, Matcher matcher, Request request) throws SQLException {
        String allowed = String.join(", ", page.handlers.keySet());
        if (request.method().equals("OPTIONS")) {
            return Answer.empty(204).with("Allow", allowed);
        }
        Handler handler = page.handlers.get(request.method());
        if (handler == null) {
            return Answer.error(405, "method not allowed here (expected: %s)".formatted(allowed))
                    .with("Allow", allowed);
        }
        List<String> parts = new ArrayList<>(matcher.groupCount());
        for (int i = 1; i <= matcher.groupCount(); i++) {
            // A plus is a plus in a path, though the decoder would make it a space.
            String part = matcher.group(i).replace("+", "%2B");
            parts.add(URLDecoder.decode(part, StandardCharsets.UTF_8));
        }
        return handler.answer(request, parts);
    }
}
