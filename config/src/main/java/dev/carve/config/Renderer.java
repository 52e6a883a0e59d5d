package dev.carve.config;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Writes the effective configuration as YAML, with every default filled in. Loading the text gives
 * equal records, but for secrets, which are not shown.
 */
public final class Renderer {

    private static final Renderer PLAIN = new Renderer(false, _ -> Display.SECRET);

    private final boolean origins;
    private final UnaryOperator<String> hidden;
    private final StringBuilder out = new StringBuilder(4096);

    /**
     * @param hidden what stands for a text that holds a secret
     */
    private Renderer(boolean origins, UnaryOperator<String> hidden) {
        this.origins = origins;
        this.hidden = hidden;
    }

    public static String render(Loaded loaded) {
        return render(loaded, false, PLAIN.hidden);
    }

    /** With a comment after each value that tells where it was set. */
    public static String renderWithOrigins(Loaded loaded) {
        return render(loaded, true, PLAIN.hidden);
    }

    /** With a word of the caller's in the place of each secret, made from the whole text. */
    static String render(Loaded loaded, UnaryOperator<String> hidden) {
        return render(loaded, false, hidden);
    }

    private static String render(Loaded loaded, boolean origins, UnaryOperator<String> hidden) {
        Renderer renderer = new Renderer(origins, hidden);
        if (loaded.tree() instanceof Node.Mapping mapping) {
            renderer.members(mapping, 0, false);
        }
        return renderer.out.toString();
    }

    private void members(Node.Mapping mapping, int indent, boolean firstInLine) {
        boolean inLine = firstInLine;
        for (Map.Entry<String, Node.Member> entry : mapping.entries()) {
            if (!inLine) {
                indent(indent);
            }
            inLine = false;
            out.append(text(entry.getKey())).append(':');
            after(entry.getValue().value(), indent + 2);
        }
    }

    private void after(Node node, int indent) {
        switch (node) {
            case Node.Scalar scalar -> leaf(" " + scalar(scalar), node);
            case Node.Sequence(_, List<Node> items) when items.isEmpty() -> leaf(" []", node);
            case Node.Mapping mapping when mapping.members().isEmpty() -> leaf(" {}", node);
            case Node.Sequence sequence -> {
                out.append('\n');
                items(sequence, indent);
            }
            case Node.Mapping mapping -> {
                out.append('\n');
                members(mapping, indent, false);
            }
        }
    }

    private void items(Node.Sequence sequence, int indent) {
        for (Node item : sequence.items()) {
            indent(indent);
            out.append('-');
            if (item instanceof Node.Mapping mapping && !mapping.members().isEmpty()) {
                out.append(' ');
                members(mapping, indent + 2, true);
            } else {
                after(item, indent + 2);
            }
        }
    }

    private void leaf(String written, Node node) {
        out.append(written);
        if (origins) {
            out.append(" # ").append(node.place());
        }
        out.append('\n');
    }

    private void indent(int spaces) {
        out.repeat(' ', spaces);
    }

    /** On one line. */
    static String flow(Node node) {
        return PLAIN.onOneLine(node);
    }

    /** On one line, with a word of the caller's in the place of each secret. */
    static String flow(Node node, UnaryOperator<String> hidden) {
        return new Renderer(false, hidden).onOneLine(node);
    }

    private String onOneLine(Node node) {
        return switch (node) {
            case Node.Scalar scalar -> scalar(scalar);
            case Node.Sequence sequence ->
                    sequence.items().stream()
                            .map(this::onOneLine)
                            .collect(Collectors.joining(", ", "[", "]"));
            case Node.Mapping mapping ->
                    mapping.members().entrySet().stream()
                            .map(each ->
                                    text(each.getKey()) + ": " + onOneLine(each.getValue().value()))
                            .collect(Collectors.joining(", ", "{", "}"));
        };
    }

    private String scalar(Node.Scalar scalar) {
        if (scalar.secret()) {
            return hidden.apply(scalar.text());
        }
        String shown = Display.redactUrl(scalar.text());
        if (!shown.equals(scalar.text())) {
            shown = shown.replace(Display.SECRET, hidden.apply(scalar.text()));
        }
        return text(dollars(shown));
    }

    /** A dollar that would be taken for a reference is doubled. */
    private static String dollars(String text) {
        return text.indexOf('$') < 0 ? text : text.replace("$", "$$");
    }

    /** The text as a plain scalar where that is safe beyond doubt, else in double quotes. */
    private static String text(String text) {
        return isPlain(text) ? text : quoted(text);
    }

    private static boolean isPlain(String text) {
        if (text.isEmpty() || text.equals("null") || text.endsWith(":")) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean word =
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            boolean inside = i > 0 && "-%:$+@?=&*<>".indexOf(c) >= 0;
            boolean blank = c == ' ' && i > 0 && i + 1 < text.length() && text.charAt(i - 1) != ':';
            if (!word && "_./".indexOf(c) < 0 && !inside && !blank) {
                return false;
            }
        }
        return !text.equals("...");
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 8).append('"');
        text.codePoints().forEach(point -> escape(point, out));
        return out.append('"').toString();
    }

    private static void escape(int point, StringBuilder out) {
        switch (point) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (Display.unprintable(point)) {
                    out.append("\\U").append(String.format("%08X", point));
                } else {
                    out.appendCodePoint(point);
                }
            }
        }
    }
}
