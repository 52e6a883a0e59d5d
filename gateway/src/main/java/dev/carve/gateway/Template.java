package dev.carve.gateway;

import dev.carve.gateway.route.RouteResult;
import dev.carve.http.Ascii;
import dev.carve.http.Head;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Text with places in braces: {@code {host}} with its port, {@code {path}}, {@code {query}} with
 * its question mark, and the variables of a match. Immutable; any event loop.
 */
final class Template {

    private static final Set<String> OWN = Set.of("host", "path", "query");

    private final List<Piece> pieces;

    private sealed interface Piece {}

    private record Text(String text) implements Piece {}

    private record Place(String name) implements Piece {}

    private Template(List<Piece> pieces) {
        this.pieces = List.copyOf(pieces);
    }

    /**
     * Reads a template.
     *
     * @param variables what may stand in braces beside the template's own names
     * @throws IllegalArgumentException that names a place that nothing fills
     */
    static Template parse(String text, Set<String> variables) {
        List<Piece> pieces = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf('{', at);
            int close = open < 0 ? -1 : text.indexOf('}', open);
            if (close < 0) {
                pieces.add(new Text(text.substring(at)));
                break;
            }
            if (open > at) {
                pieces.add(new Text(text.substring(at, open)));
            }
            String name = text.substring(open + 1, close);
            if (!OWN.contains(name) && !variables.contains(name)) {
                throw new IllegalArgumentException(
                        "nothing fills {" + name + "} (expected: one of " + known(variables) + ")");
            }
            pieces.add(new Place(name));
            at = close + 1;
        }
        return new Template(pieces);
    }

    private static String known(Set<String> variables) {
        List<String> names = new ArrayList<>(List.of("{host}", "{path}", "{query}"));
        variables.stream().sorted().map(name -> "{" + name + "}").forEach(names::add);
        return String.join(", ", names);
    }

    void fill(ByteArrayOutputStream out, Head head, RouteResult<?> match) {
        for (Piece piece : pieces) {
            switch (piece) {
                case Text(String text) -> out.writeBytes(Ascii.bytes(text));
                case Place(String name) -> fill(out, name, head, match);
            }
        }
    }

    private static void fill(
            ByteArrayOutputStream out, String name, Head head, RouteResult<?> match) {
        byte[] bytes = head.bytes();
        int variable = match.variable(name);
        if (variable != RouteResult.NO_VARIABLE) {
            int start = match.variableStart(variable);
            out.write(bytes, start, match.variableEnd(variable) - start);
            return;
        }
        switch (name) {
            case "path" -> out.write(bytes, match.pathStart(), match.pathEnd() - match.pathStart());
            case "query" -> out.write(bytes, match.pathEnd(), head.targetEnd() - match.pathEnd());
            case "host" -> {
                int host = HostPort.start(head);
                if (host != HostPort.NONE) {
                    out.write(bytes, host, HostPort.end(head) - host);
                }
            }
            default -> throw new IllegalStateException("template was checked when it was read");
        }
    }
}
