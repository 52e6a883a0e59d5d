package dev.carve.gateway.route;

import dev.carve.http.Ascii;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From lower-case host names to roots of the trie; open addressing, compared without case. Thread:
 * immutable.
 */
final class HostTable {

    /** RFC 1035 section 2.3.4, rounded up; a longer host is no name that a route can have. */
    static final int LENGTH_MAX = 255;

    private final byte[] @Nullable [] names;
    private final int[] roots;
    private final boolean any;
    private final boolean[] lengths = new boolean[LENGTH_MAX + 1];

    HostTable(Map<String, Integer> hosts) {
        int size = Integer.highestOneBit(Math.max(2, hosts.size() * 2)) * 2;
        any = !hosts.isEmpty();
        names = new byte[size][];
        roots = new int[size];
        hosts.forEach((name, root) -> {
            byte[] bytes = Ascii.bytes(name);
            int slot = hash(bytes, 0, bytes.length) & (size - 1);
            while (names[slot] != null) {
                slot = (slot + 1) & (size - 1);
            }
            names[slot] = bytes;
            roots[slot] = root;
            lengths[bytes.length] = true;
        });
    }

    boolean any() {
        return any;
    }

    /** The root for this host, {@link Trie#NONE} if there is none. */
    int find(byte[] bytes, int from, int to) {
        // Most lengths are not there: without this, a host of many labels would be hashed per
        // label.
        if (to - from > LENGTH_MAX || !lengths[to - from]) {
            return Trie.NONE;
        }
        int mask = names.length - 1;
        for (int slot = hash(bytes, from, to) & mask; ; slot = (slot + 1) & mask) {
            byte[] name = names[slot];
            if (name == null) {
                return Trie.NONE;
            }
            if (Ascii.equalsLower(bytes, from, to, name)) {
                return roots[slot];
            }
        }
    }

    private static int hash(byte[] bytes, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = hash * 31 + Ascii.lower(bytes[i]);
        }
        hash *= 0x9E3779B9;
        return hash ^ hash >>> 16;
    }
}
