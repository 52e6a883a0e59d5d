package dev.carve.carving.compare;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What two answers hold at a place where they differ, for people: cut, and of several only the
 * first that differ. Bodies must have no content coding any more; see {@link #decoded}. Stateless;
 * any thread but an event loop.
 */
public final class Excerpt {

    private static final int CHARS_MAX = 120;

    /** What is shown of a text before it begins to differ. */
    private static final int CHARS_BEFORE = 20;

    private static final int VALUES_MAX = 10_000;
    private static final String CUT = "…";

    /**
     * Both values.
     *
     * @param old null if the old side has none there
     * @param fresh null if the new side has none there
     */
    public record Pair(@Nullable String old, @Nullable String fresh) {}

    private Excerpt() {}

    /** A body without its content coding, a copy; null if that can not be undone. */
    public static byte @Nullable [] decoded(Answer answer) {
        String coding = answer.fields().value("content-encoding", 0);
        try (Unpacker unpacker = new Unpacker(Bounds.DEFAULT.decodedBytes())) {
            return unpacker.unpack(answer, coding) == null
                    ? Arrays.copyOfRange(unpacker.bytes(), unpacker.from(), unpacker.to())
                    : null;
        }
    }

    /** Null if nothing can be shown: a body that was cut, or one that is no text. */
    public static @Nullable Pair of(Place place, Answer old, Answer fresh) {
        return switch (place.part()) {
            case STATUS ->
                    new Pair(Integer.toString(old.status()), Integer.toString(fresh.status()));
            case HEADER ->
                    new Pair(
                            field(old.fields(), place.path()), field(fresh.fields(), place.path()));
            case BODY ->
                    place.path().isEmpty() ? texts(old, fresh) : json(place.path(), old, fresh);
        };
    }

    private static @Nullable String field(Fields fields, String name) {
        StringBuilder all = new StringBuilder();
        String value = fields.value(name, 0);
        for (int i = 1; value != null; i++) {
            all.append(all.isEmpty() ? "" : ", ").append(value);
            value = fields.value(name, i);
        }
        return all.isEmpty() && fields.value(name, 0) == null ? null : cut(all.toString());
    }

    private static String cut(String text) {
        return text.length() <= CHARS_MAX ? text : text.substring(0, CHARS_MAX) + CUT;
    }

    // Text.

    private static @Nullable Pair texts(Answer old, Answer fresh) {
        if (!isText(old) || !isText(fresh)) {
            return new Pair(old.length() + " bytes", fresh.length() + " bytes");
        }
        if (!old.whole() && !fresh.whole() && sameText(old, fresh)) {
            return null;
        }
        String one = text(old);
        String other = text(fresh);
        int at = 0;
        int shorter = Math.min(one.length(), other.length());
        while (at < shorter && one.charAt(at) == other.charAt(at)) {
            at++;
        }
        int from = Math.max(0, at - CHARS_BEFORE);
        return new Pair(from(one, from), from(other, from));
    }

    private static boolean sameText(Answer old, Answer fresh) {
        return text(old).equals(text(fresh));
    }

    private static String from(String text, int from) {
        return (from > 0 ? CUT : "") + cut(text.substring(Math.min(from, text.length())));
    }

    private static String text(Answer of) {
        return new String(of.bytes(), of.from(), of.length(), StandardCharsets.UTF_8);
    }

    private static boolean isText(Answer answer) {
        for (int i = answer.from(); i < answer.to(); i++) {
            if (answer.bytes()[i] == 0) {
                return false;
            }
        }
        return true;
    }

    // JSON.

    private static @Nullable Pair json(String path, Answer old, Answer fresh) {
        if (path.endsWith(Place.CUT)) {
            return null;
        }
        List<@Nullable String> olds = values(path, old);
        List<@Nullable String> freshs = values(path, fresh);
        if (olds == null || freshs == null) {
            return null;
        }
        int longer = Math.max(olds.size(), freshs.size());
        for (int i = 0; i < longer; i++) {
            String one = i < olds.size() ? olds.get(i) : null;
            String other = i < freshs.size() ? freshs.get(i) : null;
            if (!Objects.equals(one, other)) {
                return new Pair(cutOrNull(one), cutOrNull(other));
            }
        }
        // Equal in this order: the same secret mark in both, or an array compared as a set.
        String first = olds.isEmpty() ? null : cutOrNull(olds.getFirst());
        return new Pair(first, first);
    }

    private static @Nullable String cutOrNull(@Nullable String text) {
        return text == null ? null : cut(text);
    }

    /** All that the path leads to, null for an element that lacks it; null if it is no JSON. */
    private static @Nullable List<@Nullable String> values(String path, Answer of) {
        JsonTape tape = new JsonTape(Bounds.DEFAULT.values(), Bounds.DEFAULT.depth());
        if (tape.parse(of.bytes(), of.from(), of.to(), 0) != JsonTape.Outcome.PARSED) {
            return null;
        }
        List<@Nullable String> found = new ArrayList<>();
        List<String> tokens;
        try {
            tokens = Pointer.parse("path", path);
        } catch (BadRule cut) {
            return null;
        }
        collect(tape, 0, tokens, 0, found);
        return found;
    }

    private static void collect(
            JsonTape tape, int node, List<String> tokens, int depth, List<@Nullable String> found) {
        if (found.size() >= VALUES_MAX) {
            return;
        }
        if (depth == tokens.size()) {
            int start = tape.start(node);
            int length = tape.end(node) - start;
            found.add(new String(tape.bytes(), start, length, StandardCharsets.UTF_8));
            return;
        }
        int before = found.size();
        int kind = tape.kind(node);
        if (kind == JsonTape.OBJECT || kind == JsonTape.ARRAY) {
            String token = tokens.get(depth);
            byte[] key = token.getBytes(StandardCharsets.UTF_8);
            boolean any = kind == JsonTape.ARRAY && token.equals(Pointer.ANY);
            int child = JsonTape.first(node);
            for (int i = 0; i < tape.count(node); i++) {
                if (any || (kind == JsonTape.OBJECT && tape.keyIs(child, key))) {
                    collect(tape, child, tokens, depth + 1, found);
                }
                child = tape.next(child);
            }
        }
        if (found.size() == before) {
            found.add(null);
        }
    }
}
