package dev.carve.carving.keep;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Replaces values in JSON text and leaves every other byte as it is. The text may end anywhere,
 * since bodies are cut; from where it stops being JSON, nothing is kept. Several values one after
 * the other are taken as they come. Immutable, any thread.
 */
final class JsonRedaction {

    private static final byte[] HIDDEN =
            ('"' + Redactor.HIDDEN + '"').getBytes(StandardCharsets.UTF_8);
    private static final int DEPTH_MAX = 256;

    private final List<List<String>> paths;
    private final Set<String> names;

    /**
     * @param paths by segment, {@code *} for any; at most 64
     * @param names of members at any depth, whatever their case
     */
    JsonRedaction(List<List<String>> paths, List<String> names) {
        this.paths = List.copyOf(paths);
        this.names =
                names.stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .collect(Collectors.toUnmodifiableSet());
    }

    boolean isEmpty() {
        return paths.isEmpty() && names.isEmpty();
    }

    /** Whether it begins as an object or array does. */
    static boolean looksLikeJson(byte[] body) {
        for (byte each : body) {
            if (!isSpace(each)) {
                return each == '{' || each == '[';
            }
        }
        return false;
    }

    private static boolean isSpace(byte each) {
        return each == ' ' || each == '\n' || each == '\r' || each == '\t';
    }

    /** The text without the secrets. */
    byte[] redact(byte[] body) {
        Scan scan = new Scan(body);
        try {
            scan.values();
        } catch (EndOfJson end) {
            // What was read up to here is kept.
        }
        return scan.out.toByteArray();
    }

    /** All paths, as bits. */
    private long everyPath() {
        return paths.size() == Long.SIZE ? -1L : (1L << paths.size()) - 1;
    }

    /** Which of these paths go on with that segment at that depth. */
    private long matching(long among, int depth, String segment) {
        long found = 0;
        for (long left = among; left != 0; left &= left - 1) {
            int index = Long.numberOfTrailingZeros(left);
            List<String> path = paths.get(index);
            if (depth < path.size()
                    && (path.get(depth).equals("*") || path.get(depth).equals(segment))) {
                found |= 1L << index;
            }
        }
        return found;
    }

    /** Whether one of these paths ends after that many segments. */
    private boolean endsAt(long among, int depth) {
        for (long left = among; left != 0; left &= left - 1) {
            if (paths.get(Long.numberOfTrailingZeros(left)).size() == depth) {
                return true;
            }
        }
        return false;
    }

    /** The text is over, or is no JSON from here on. */
    private static final class EndOfJson extends RuntimeException {
        private static final long serialVersionUID = 1;

        EndOfJson() {
            super(null, null, false, false);
        }
    }

    /** One pass. What {@code out} holds is safe to keep at any moment. */
    private final class Scan {

        private final byte[] in;
        private final ByteArrayOutputStream out;
        private int at;

        /** Above 0 within a secret. */
        private int hiding;

        Scan(byte[] in) {
            this.in = in;
            out = new ByteArrayOutputStream(in.length + 64);
            // The mark of UTF-8 that some put first.
            if (in.length >= 3
                    && in[0] == (byte) 0xEF
                    && in[1] == (byte) 0xBB
                    && in[2] == (byte) 0xBF) {
                keep(3);
            }
        }

        void values() {
            while (true) {
                spaces();
                value(everyPath(), 0);
            }
        }

        private void keep(int end) {
            if (hiding == 0) {
                out.write(in, at, end - at);
            }
            at = end;
        }

        private byte peek() {
            if (at >= in.length) {
                throw new EndOfJson();
            }
            return in[at];
        }

        private void expect(char wanted) {
            if (peek() != wanted) {
                throw new EndOfJson();
            }
            keep(at + 1);
        }

        private void spaces() {
            int end = at;
            while (end < in.length && isSpace(in[end])) {
                end++;
            }
            keep(end);
        }

        /**
         * @param among paths whose first {@code depth} segments lead here
         */
        private void value(long among, int depth) {
            if (depth > DEPTH_MAX) {
                throw new EndOfJson();
            }
            switch (peek()) {
                case '{' -> object(among, depth);
                case '[' -> array(among, depth);
                case '"' -> keep(Math.min(in.length, closingQuote() + 1));
                default -> keep(endOfLiteral());
            }
        }

        private void object(long among, int depth) {
            expect('{');
            spaces();
            if (peek() == '}') {
                expect('}');
                return;
            }
            while (true) {
                String name = name();
                spaces();
                expect(':');
                spaces();
                boolean secret = names.contains(name.toLowerCase(Locale.ROOT));
                member(among, depth, name, secret);
                spaces();
                if (peek() == '}') {
                    expect('}');
                    return;
                }
                expect(',');
                spaces();
            }
        }

        private void array(long among, int depth) {
            expect('[');
            spaces();
            if (peek() == ']') {
                expect(']');
                return;
            }
            for (int index = 0; ; index++) {
                member(among, depth, Integer.toString(index), false);
                spaces();
                if (peek() == ']') {
                    expect(']');
                    return;
                }
                expect(',');
                spaces();
            }
        }

        private void member(long among, int depth, String segment, boolean named) {
            long deeper = matching(among, depth, segment);
            if (!named && !endsAt(deeper, depth + 1)) {
                value(deeper, depth + 1);
                return;
            }
            if (hiding == 0) {
                out.writeBytes(HIDDEN);
            }
            hiding++;
            value(deeper, depth + 1);
            hiding--;
        }

        /** A member's name: kept only if it is whole, for a part of it might be a whole other. */
        private String name() {
            if (peek() != '"') {
                throw new EndOfJson();
            }
            int closing = closingQuote();
            if (closing >= in.length) {
                throw new EndOfJson();
            }
            String name = unescaped(at + 1, closing);
            keep(closing + 1);
            return name;
        }

        /** Where the string that begins here ends; not before the text's end if it does not. */
        private int closingQuote() {
            int end = at + 1;
            while (end < in.length && in[end] != '"') {
                end += in[end] == '\\' ? 2 : 1;
            }
            return end;
        }

        private int endOfLiteral() {
            int end = at;
            while (end < in.length && isOfLiteral(in[end])) {
                end++;
            }
            if (end == at) {
                throw new EndOfJson();
            }
            return end;
        }

        private boolean isOfLiteral(byte each) {
            return (each >= '0' && each <= '9')
                    || (each >= 'a' && each <= 'z')
                    || each == 'E'
                    || each == '+'
                    || each == '-'
                    || each == '.';
        }

        private String unescaped(int start, int end) {
            String raw = new String(in, start, end - start, StandardCharsets.UTF_8);
            if (raw.indexOf('\\') < 0) {
                return raw;
            }
            StringBuilder text = new StringBuilder(raw.length());
            int i = 0;
            while (i < raw.length()) {
                char c = raw.charAt(i++);
                if (c != '\\') {
                    text.append(c);
                    continue;
                }
                // A backslash is never last: the scan for the end has skipped what follows it.
                char escaped = raw.charAt(i++);
                if (escaped == 'u') {
                    text.append(unicode(raw, i));
                    i += 4;
                } else {
                    text.append(
                            switch (escaped) {
                                case 'b' -> '\b';
                                case 'f' -> '\f';
                                case 'n' -> '\n';
                                case 'r' -> '\r';
                                case 't' -> '\t';
                                default -> escaped;
                            });
                }
            }
            return text.toString();
        }

        private char unicode(String raw, int start) {
            if (start + 4 > raw.length()) {
                throw new EndOfJson();
            }
            try {
                return (char) Integer.parseInt(raw, start, start + 4, 16);
            } catch (NumberFormatException e) {
                throw new EndOfJson();
            }
        }
    }
}
