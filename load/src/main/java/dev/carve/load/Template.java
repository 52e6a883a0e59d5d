package dev.carve.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Text with fields that differ from request to request: {@code {{int 1..1000000}}}, {@code
 * {{uuid}}}, {@code {{pick a,b,c}}}, {@code {{seq}}} (the request's number, from 1). Everything
 * else is sent as it is, single braces included. Immutable.
 */
final class Template {

    private static final int PARTS_MAX = 1000;
    private static final String EXPECTED =
            "{{int 1..1000000}}, {{uuid}}, {{pick a,b,c}} or {{seq}}";
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private sealed interface Part {
        record Literal(String text) implements Part {}

        record Int(long from, long to) implements Part {}

        record Uuid() implements Part {}

        record Pick(List<String> choices) implements Part {}

        record Seq() implements Part {}
    }

    private final List<Part> parts;

    private Template(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /**
     * Compiles a text.
     *
     * @param place what the text is, for the message
     * @param allowed which characters its fixed text and its choices may hold
     * @throws IllegalArgumentException if a field is unknown, malformed or not closed
     */
    static Template compile(String place, String text, IntPredicate allowed) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf("{{", at);
            if (open < 0) {
                literal.append(text, at, text.length());
                break;
            }
            // Of three braces the first belongs to the text: {"id":{{{int 1..9}}}} is no JSON, but
            // {{{seq}}} is a number in braces.
            while (open + 2 < text.length() && text.charAt(open + 2) == '{') {
                open++;
            }
            int close = text.indexOf("}}", open);
            if (close < 0) {
                throw LoadOptions.invalid(place, text.substring(open), "is not closed", EXPECTED);
            }
            literal.append(text, at, open);
            addLiteral(place, literal, allowed, parts);
            parts.add(field(place, text.substring(open + 2, close).strip(), allowed));
            at = close + 2;
        }
        addLiteral(place, literal, allowed, parts);
        if (parts.size() > PARTS_MAX) {
            throw LoadOptions.invalid(place, text, "has too many fields", "at most 500");
        }
        return new Template(parts);
    }

    private static void addLiteral(
            String place, StringBuilder literal, IntPredicate allowed, List<Part> parts) {
        if (!literal.isEmpty()) {
            check(place, literal.toString(), allowed);
            parts.add(new Part.Literal(literal.toString()));
            literal.setLength(0);
        }
    }

    private static void check(String place, String text, IntPredicate allowed) {
        if (!text.chars().allMatch(allowed)) {
            throw LoadOptions.invalid(
                    place, text, "holds a character not allowed there", "percent-encoded text");
        }
    }

    private static Part field(String place, String field, IntPredicate allowed) {
        if (field.equals("uuid")) {
            return new Part.Uuid();
        }
        if (field.equals("seq")) {
            return new Part.Seq();
        }
        if (field.startsWith("pick ")) {
            List<String> choices = List.of(field.substring(5).strip().split(",", -1));
            choices.forEach(choice -> check(place, choice, allowed));
            return new Part.Pick(choices);
        }
        if (field.matches("int +-?[0-9]{1,18}\\.\\.-?[0-9]{1,18}")) {
            String range = field.substring(4).strip();
            int dots = range.indexOf("..");
            long from = Long.parseLong(range.substring(0, dots));
            long to = Long.parseLong(range.substring(dots + 2));
            if (from <= to) {
                return new Part.Int(from, to);
            }
        }
        throw LoadOptions.invalid(place, "{{" + field + "}}", "is no template field", EXPECTED);
    }

    /** Whether every rendering is the same. */
    boolean isFixed() {
        return parts.stream().allMatch(part -> part instanceof Part.Literal);
    }

    /** Appends the text for one request to a borrowed buffer. */
    void render(ByteBuf out, RequestRandom random) {
        for (int i = 0; i < parts.size(); i++) {
            switch (parts.get(i)) {
                case Part.Literal(String text) -> ByteBufUtil.writeUtf8(out, text);
                case Part.Int(long from, long to) -> writeDecimal(out, random.between(from, to));
                case Part.Uuid() -> writeUuid(out, random);
                case Part.Pick(List<String> choices) ->
                        ByteBufUtil.writeUtf8(
                                out, choices.get((int) random.between(0, choices.size() - 1)));
                case Part.Seq() -> writeDecimal(out, random.number());
            }
        }
    }

    static void writeDecimal(ByteBuf out, long value) {
        if (value < 0) {
            out.writeByte('-');
        }
        long rest = Math.abs(value);
        long unit = 1;
        while (rest / unit >= 10) {
            unit *= 10;
        }
        for (; unit > 0; unit /= 10) {
            out.writeByte((int) ('0' + rest / unit % 10));
        }
    }

    /** A version 4 UUID (RFC 9562 section 5.4). */
    private static void writeUuid(ByteBuf out, RequestRandom random) {
        long high = (random.next() & 0xffffffffffff0fffL) | 0x4000L;
        long low = (random.next() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        writeHex(out, high >>> 32, 8);
        out.writeByte('-');
        writeHex(out, high >>> 16, 4);
        out.writeByte('-');
        writeHex(out, high, 4);
        out.writeByte('-');
        writeHex(out, low >>> 48, 4);
        out.writeByte('-');
        writeHex(out, low, 12);
    }

    private static void writeHex(ByteBuf out, long value, int digits) {
        for (int i = digits - 1; i >= 0; i--) {
            out.writeByte(HEX[(int) (value >>> (4 * i)) & 15]);
        }
    }
}
