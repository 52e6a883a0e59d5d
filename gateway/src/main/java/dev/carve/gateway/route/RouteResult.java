package dev.carve.gateway.route;

import dev.carve.http.Ascii;
import dev.carve.http.Head;
import org.jspecify.annotations.Nullable;

/**
 * What a lookup found, and the scratch it used; reused for request after request. Ranges point into
 * the bytes of the head that was looked up and hold until the next lookup.
 *
 * <p>Thread: one owner, such as an event loop. Between requests {@link #clear} lets go of the route
 * and of buffers that an unusual path made large.
 */
public final class RouteResult<T extends RouteTarget> {

    /** How a lookup ended. */
    public enum Verdict {
        /** {@link #route} takes the request. */
        MATCHED,
        /** No route does. */
        NONE,
        /** {@link #ambiguity} tells why the request is answered 400. */
        REFUSED_AMBIGUOUS
    }

    /** No such variable. */
    public static final int NO_VARIABLE = -1;

    private static final byte[] NO_BYTES = {};

    final Target target = new Target();
    final PathForms forms = new PathForms();

    // The outcome.
    private Verdict verdict = Verdict.NONE;
    private Ambiguity ambiguity = Ambiguity.NONE;
    private @Nullable Entry<T> entry;

    // The path being matched and its segments, scanned only as deep as a search gets.
    private byte[] text = NO_BYTES;
    private int from;
    private int to;
    private boolean mapped;
    private byte[] sent = NO_BYTES;
    private int scanned;
    private final int[] ends = new int[RouteMatch.SEGMENTS_MAX + 1];
    private final int[] hashes = new int[RouteMatch.SEGMENTS_MAX + 1];

    /** How many nodes the lookup visited; tests hold it against its bound. */
    int steps;

    public Verdict verdict() {
        return verdict;
    }

    /** Why the path may be read in several ways; also where it was passed all the same. */
    public Ambiguity ambiguity() {
        return ambiguity;
    }

    /** The route that takes the request; null unless the verdict is {@link Verdict#MATCHED}. */
    public @Nullable T route() {
        return entry == null ? null : entry.route;
    }

    /** The match of that route, null with it. */
    public @Nullable RouteMatch match() {
        return entry == null ? null : entry.match;
    }

    /** Where the path as sent starts in the head's bytes. */
    public int pathStart() {
        return target.pathStart;
    }

    /** Where it ends: at the {@code ?} or the end of the target. */
    public int pathEnd() {
        return target.pathEnd;
    }

    /** How many variables the match has. */
    public int variables() {
        return entry == null ? 0 : entry.variables.length;
    }

    public String variableName(int number) {
        return matched().variable(number);
    }

    /** The number of the variable with this name, {@link #NO_VARIABLE} if there is none. */
    public int variable(String name) {
        for (int i = 0; i < variables(); i++) {
            if (variableName(i).equals(name)) {
                return i;
            }
        }
        return NO_VARIABLE;
    }

    /** Where the variable's text starts in the path as sent, escapes and all. */
    public int variableStart(int number) {
        int start = segmentStart(matched().variables[number]);
        return mapped ? forms.origin[start] : start;
    }

    public int variableEnd(int number) {
        if (matched().isRest(number)) {
            return target.pathEnd;
        }
        if (!mapped) {
            return ends[matched().variables[number]];
        }
        // A dot segment may have stood behind it: the raw segment ends at the next raw slash.
        int end = variableStart(number);
        while (end < target.pathEnd && sent[end] != '/') {
            end++;
        }
        return end;
    }

    /** The variable's text as sent, for tests and for people. */
    public String variableText(Head head, int number) {
        return Ascii.text(head.bytes(), variableStart(number), variableEnd(number));
    }

    /** Lets go of the route and of large buffers. */
    public void clear() {
        settle(Verdict.NONE, Ambiguity.NONE, null);
        text = NO_BYTES;
        sent = NO_BYTES;
        forms.trim();
    }

    private Entry<T> matched() {
        if (entry == null) {
            throw new IllegalStateException("no route matched (expected: verdict MATCHED)");
        }
        return entry;
    }

    // For the router.

    void settle(Verdict verdict, Ambiguity ambiguity, @Nullable Entry<T> entry) {
        this.verdict = verdict;
        this.ambiguity = ambiguity;
        this.entry = entry;
    }

    /** Takes the bytes sent as the path to match. */
    void matchSent(byte[] bytes) {
        match(bytes, target.pathStart, target.pathEnd);
        mapped = false;
    }

    /** Takes a form of the path as the path to match. */
    void matchForm(byte[] bytes, int from, int to) {
        match(forms.bytes, from, to);
        mapped = true;
        sent = bytes;
    }

    private void match(byte[] text, int from, int to) {
        this.text = text;
        this.from = from;
        this.to = to;
        scanned = 0;
    }

    byte[] text() {
        return text;
    }

    /** The path being matched, canonical. */
    String matchedPath() {
        return PathText.canonical(text, from, to);
    }

    /** Whether the path has a segment so deep; asked in order of depth. */
    boolean hasSegment(int depth) {
        return depth < scanned || scan();
    }

    private boolean scan() {
        int slash = scanned == 0 ? from : ends[scanned - 1];
        if (slash >= to) {
            return false;
        }
        int hash = 0;
        int at = slash + 1;
        while (at < to && text[at] != '/') {
            hash = Trie.next(hash, text[at++]);
        }
        hashes[scanned] = hash;
        ends[scanned++] = at;
        return true;
    }

    int segmentStart(int depth) {
        return (depth == 0 ? from : ends[depth - 1]) + 1;
    }

    int segmentEnd(int depth) {
        return ends[depth];
    }

    int segmentHash(int depth) {
        return hashes[depth];
    }
}
