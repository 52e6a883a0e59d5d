package dev.carve.carving.compare;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Compares the answers of two sides to one request. What is the same costs as little as can be:
 * equal bytes are found first, an equal result is one of a few that exist already, and JSON is
 * never turned into objects.
 *
 * <p>The order: status; if both are of one class, header fields and body. A body is undone of its
 * content coding, then compared as JSON if either side's type says JSON (or says nothing and the
 * body looks like it), as text if its type is one, by bytes else. JSON that is none, is nested too
 * deep or holds too many values is compared as text, with the reason.
 *
 * <p>Threads: one comparer belongs to one worker thread; it keeps its tables from one comparison to
 * the next, and memory outside of the heap until closed. It never keeps bodies.
 */
public final class Comparer implements AutoCloseable {

    private static final Comparison.Same[][] SAMES = sames();
    private static final Comparison.Skipped[] SKIPPED =
            Arrays.stream(Reason.values())
                    .map(Comparison.Skipped::new)
                    .toArray(Comparison.Skipped[]::new);

    private static final String CONTENT_TYPE = "content-type";
    private static final String CONTENT_ENCODING = "content-encoding";
    private static final int STATUS_CLASS = 100;

    private final Differences out;
    private final Unpacker oldBody;
    private final Unpacker freshBody;
    private final JsonTape oldTape;
    private final JsonTape freshTape;
    private final JsonDiff json;

    // How far the comparison went, and why not in the way its type asks for.
    private Way way = Way.NONE;
    private @Nullable Reason reason;

    public Comparer(Bounds bounds) {
        out = new Differences(bounds.differences(), bounds.pathChars(), bounds.depth());
        oldBody = new Unpacker(bounds.decodedBytes());
        freshBody = new Unpacker(bounds.decodedBytes());
        oldTape = new JsonTape(bounds.values(), bounds.depth());
        freshTape = new JsonTape(bounds.values(), bounds.depth());
        json = new JsonDiff(oldTape, freshTape, out);
    }

    /**
     * Compares two answers to one request; never throws for anything that they hold.
     *
     * @param old the old side's answer
     * @param fresh the new side's, or in a check for noise the old side's second one
     */
    public Comparison compare(Rules rules, Answer old, Answer fresh) {
        out.clear();
        reason = null;
        if (old.status() != fresh.status()) {
            out.add(Place.STATUS, Difference.Kind.CHANGED);
        }
        if (old.status() / STATUS_CLASS != fresh.status() / STATUS_CLASS) {
            // Nobody learns from where an error page differs from the page.
            way = Way.STATUS;
            return result();
        }
        FieldsDiff.compare(rules, old.fields(), fresh.fields(), out);
        bodies(rules, old, fresh);
        oldBody.release();
        freshBody.release();
        return result();
    }

    @Override
    public void close() {
        oldBody.close();
        freshBody.close();
    }

    private Comparison result() {
        if (!out.isEmpty()) {
            return new Comparison.Different(way, reason, out.found(), out.more());
        }
        if (way == Way.NONE && reason != null) {
            return SKIPPED[reason.ordinal()];
        }
        return SAMES[way.ordinal()][reason == null ? 0 : 1 + reason.ordinal()];
    }

    private void bodies(Rules rules, Answer old, Answer fresh) {
        way = Way.NONE;
        if (!old.whole() || !fresh.whole()) {
            reason = Reason.CUT;
            return;
        }
        String oldCoding = coding(old);
        String freshCoding = coding(fresh);
        if (equalsOrNull(oldCoding, freshCoding) && sameBytes(old, fresh)) {
            way = Way.SAME_BYTES;
            return;
        }
        reason = oldBody.unpack(old, oldCoding);
        if (reason == null) {
            reason = freshBody.unpack(fresh, freshCoding);
        }
        if (reason != null) {
            return;
        }
        if (sameBytes(oldBody, freshBody)) {
            way = Way.SAME_BYTES;
            return;
        }
        String oldType = old.fields().value(CONTENT_TYPE, 0);
        String freshType = fresh.fields().value(CONTENT_TYPE, 0);
        boolean says = isJson(oldType) || isJson(freshType);
        if (says || (oldType == null && freshType == null && looksLikeJson(oldBody))) {
            if (asJson(rules)) {
                return;
            }
            if (!says) {
                reason = null;
            }
        }
        asText(rules, oldType, freshType);
    }

    /** Compares the bodies as JSON; false, with the reason, if they can not be. */
    private boolean asJson(Rules rules) {
        JsonTape.Outcome outcome =
                oldTape.parse(oldBody.bytes(), oldBody.from(), oldBody.to(), rules.seed());
        if (outcome == JsonTape.Outcome.PARSED) {
            outcome =
                    freshTape.parse(
                            freshBody.bytes(), freshBody.from(), freshBody.to(), rules.seed());
        }
        switch (outcome) {
            case PARSED -> {
                way = Way.JSON;
                json.compare(rules);
            }
            case NOT_JSON -> reason = Reason.NOT_JSON;
            case TOO_DEEP -> reason = Reason.TOO_DEEP;
            case TOO_MANY -> reason = Reason.TOO_MANY_VALUES;
        }
        oldTape.release();
        freshTape.release();
        return way == Way.JSON;
    }

    private void asText(Rules rules, @Nullable String oldType, @Nullable String freshType) {
        if (!isText(oldType) && !isText(freshType)) {
            way = Way.BYTES;
            out.add(Place.WHOLE_BODY, Difference.Kind.CHANGED);
            return;
        }
        way = Way.TEXT;
        switch (TextDiff.compare(rules, oldBody, oldType, freshBody, freshType)) {
            case SAME -> {}
            case DIFFERENT -> out.add(Place.WHOLE_BODY, Difference.Kind.CHANGED);
            case SLOW_PATTERN -> {
                way = Way.NONE;
                reason = Reason.SLOW_PATTERN;
            }
        }
    }

    private static @Nullable String coding(Answer answer) {
        String first = answer.fields().value(CONTENT_ENCODING, 0);
        // A second field is a second coding, which no unpacker knows.
        return first == null || answer.fields().value(CONTENT_ENCODING, 1) == null
                ? first
                : first + ",";
    }

    private static boolean equalsOrNull(@Nullable String one, @Nullable String other) {
        return one == null ? other == null : other != null && one.equalsIgnoreCase(other);
    }

    private static boolean sameBytes(Answer old, Answer fresh) {
        return old.length() == fresh.length()
                && Arrays.equals(
                        old.bytes(), old.from(), old.to(), fresh.bytes(), fresh.from(), fresh.to());
    }

    private static boolean sameBytes(Unpacker old, Unpacker fresh) {
        return Arrays.equals(
                old.bytes(), old.from(), old.to(), fresh.bytes(), fresh.from(), fresh.to());
    }

    private static boolean isJson(@Nullable String type) {
        if (type == null) {
            return false;
        }
        int end = type.indexOf(';');
        end = end < 0 ? type.length() : end;
        while (end > 0 && Ascii.isBlank(type.charAt(end - 1))) {
            end--;
        }
        return endsWith(type, end, "/json") || endsWith(type, end, "+json");
    }

    private static boolean endsWith(String type, int end, String lower) {
        return end >= lower.length()
                && type.regionMatches(true, end - lower.length(), lower, 0, lower.length());
    }

    private static boolean looksLikeJson(Unpacker body) {
        int at = JsonText.blank(body.bytes(), body.from(), body.to());
        return at < body.to() && (body.bytes()[at] == '{' || body.bytes()[at] == '[');
    }

    private static boolean isText(@Nullable String type) {
        return type == null
                || Ascii.startsWith(type, "text/")
                || Ascii.contains(type, "json")
                || Ascii.contains(type, "xml")
                || Ascii.contains(type, "script")
                || Ascii.contains(type, "x-www-form-urlencoded");
    }

    private static Comparison.Same[][] sames() {
        Reason[] reasons = Reason.values();
        Comparison.Same[][] all = new Comparison.Same[Way.values().length][reasons.length + 1];
        for (Way way : Way.values()) {
            all[way.ordinal()][0] = new Comparison.Same(way, null);
            for (Reason reason : reasons) {
                all[way.ordinal()][1 + reason.ordinal()] = new Comparison.Same(way, reason);
            }
        }
        return all;
    }
}
