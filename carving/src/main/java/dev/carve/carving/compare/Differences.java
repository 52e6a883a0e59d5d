package dev.carve.carving.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gathers the differences of one comparison, each path once, up to a bound. It knows where a walk
 * stands; a path is only written out when the first difference is found there.
 *
 * <p>Threads: owned by one comparer.
 */
final class Differences {

    private static final int KEPT_ROOM = 1_024;

    /** In place of a key's hash, which has 32 bits only. */
    private static final long ELEMENT = 1L << 40;

    private final int max;
    private final int pathCharsMax;

    // The way from the root to where the walk stands.
    private final JsonTape[] tapes;
    private final int[] nodes;
    private int depth;

    // What was found: hash of path and kind, and how often.
    private final List<Place> places = new ArrayList<>();
    private final List<Difference.Kind> kinds = new ArrayList<>();
    private long[] keys = new long[8];
    private int[] counts = new int[8];
    private int last;
    private int more;

    // While this is above 0, differences are counted and not kept.
    private int probes;
    private int probed;

    Differences(int max, int pathCharsMax, int depthMax) {
        this.max = max;
        this.pathCharsMax = pathCharsMax;
        tapes = new JsonTape[depthMax];
        nodes = new int[depthMax];
    }

    void clear() {
        places.clear();
        kinds.clear();
        depth = 0;
        last = 0;
        more = 0;
        if (keys.length > KEPT_ROOM) {
            keys = new long[8];
            counts = new int[8];
        }
    }

    boolean isEmpty() {
        return places.isEmpty();
    }

    void enter(JsonTape tape, int node) {
        tapes[depth] = tape;
        nodes[depth] = node;
        depth++;
    }

    void leave() {
        depth--;
    }

    /** A difference where the walk stands. */
    void add(Difference.Kind kind) {
        if (probes > 0) {
            probed++;
            return;
        }
        long key = hash(kind);
        // An array of objects differs at few paths, many times in a row.
        if (last < places.size() && keys[last] == key) {
            counts[last]++;
            return;
        }
        for (int i = 0; i < places.size(); i++) {
            if (keys[i] == key) {
                counts[i]++;
                last = i;
                return;
            }
        }
        if (places.size() >= max) {
            more++;
            return;
        }
        Place place = new Place(Part.BODY, path());
        for (int i = 0; i < places.size(); i++) {
            // Two paths may look the same: a key * is one with an index, and long ones are cut.
            if (kinds.get(i) == kind && places.get(i).equals(place)) {
                counts[i]++;
                last = i;
                return;
            }
        }
        last = places.size();
        put(place, kind, key);
    }

    /** A hash of the path and a kind; all elements of an array are at one path. */
    private long hash(Difference.Kind kind) {
        long hash = kind.ordinal();
        for (int i = 0; i < depth; i++) {
            JsonTape tape = tapes[i];
            hash = WordHash.join(hash, tape.hasKey(nodes[i]) ? tape.keyHash(nodes[i]) : ELEMENT);
        }
        return hash;
    }

    /** A difference that no walk finds. */
    void add(Place place, Difference.Kind kind) {
        if (places.size() >= max) {
            more++;
        } else {
            put(place, kind, 0);
        }
    }

    private void put(Place place, Difference.Kind kind, long key) {
        int at = places.size();
        if (at == keys.length) {
            keys = Arrays.copyOf(keys, at * 2);
            counts = Arrays.copyOf(counts, at * 2);
        }
        keys[at] = key;
        counts[at] = 1;
        places.add(place);
        kinds.add(kind);
    }

    private String path() {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < depth && path.length() <= pathCharsMax; i++) {
            if (tapes[i].hasKey(nodes[i])) {
                Pointer.append(path, tapes[i].key(nodes[i], pathCharsMax + 1));
            } else {
                path.append('/').append(Pointer.ANY);
            }
        }
        if (path.length() > pathCharsMax) {
            path.setLength(pathCharsMax - Place.CUT.length());
            path.append(Place.CUT);
        }
        return path.toString();
    }

    List<Difference> found() {
        List<Difference> found = new ArrayList<>(places.size());
        for (int i = 0; i < places.size(); i++) {
            found.add(new Difference(places.get(i), kinds.get(i), counts[i]));
        }
        return found;
    }

    int more() {
        return more;
    }

    // Looking whether something differs without saying so.

    /** Begins a probe and returns what {@link #endProbe} needs. */
    int beginProbe() {
        probes++;
        return probed;
    }

    /** Ends a probe; true if nothing differed since it began. */
    boolean endProbe(int begun) {
        probes--;
        return probed == begun;
    }
}
