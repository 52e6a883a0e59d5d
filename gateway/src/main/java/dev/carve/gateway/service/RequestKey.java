package dev.carve.gateway.service;

import dev.carve.gateway.balance.KeyHash;
import dev.carve.gateway.balance.Picker;
import dev.carve.gateway.settings.Network;
import dev.carve.http.Ascii;
import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.Peer;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What of a request decides its instance, as 64 bits; {@link Picker#NO_KEY} for a request that does
 * not have it. Immutable; any event loop.
 */
public sealed interface RequestKey
        permits RequestKey.Header, RequestKey.Cookie, RequestKey.Id, ClientAddress {

    /**
     * Reads it.
     *
     * @param peer null for a call that no client's connection stands behind
     */
    long of(Head head, @Nullable Peer peer);

    /** A field's first value, as it stands. */
    static RequestKey header(String name) {
        return new Header(Ascii.bytes(name.toLowerCase(Locale.ROOT)));
    }

    /** A cookie's value, as it stands. */
    static RequestKey cookie(String name) {
        return new Cookie(Ascii.bytes(name));
    }

    /** The peer's address without its port. */
    static RequestKey address() {
        return address(List.of());
    }

    /**
     * The client's address without its port.
     *
     * @param trusted proxies whose word for it is taken
     */
    static RequestKey address(List<Network> trusted) {
        return new ClientAddress(trusted);
    }

    /** See {@link #header}. */
    final class Header implements RequestKey {
        private final byte[] lowerName;

        private Header(byte[] lowerName) {
            this.lowerName = lowerName;
        }

        @Override
        public long of(Head head, @Nullable Peer peer) {
            int number = head.next(lowerName, -1);
            return number == Head.NONE
                    ? Picker.NO_KEY
                    : KeyHash.of(head.bytes(), head.valueStart(number), head.valueEnd(number));
        }
    }

    /** See {@link #cookie}. */
    final class Cookie implements RequestKey {
        private final byte[] name;

        private Cookie(byte[] name) {
            this.name = name;
        }

        @Override
        public long of(Head head, @Nullable Peer peer) {
            long range = find(head, name);
            return range == NOWHERE
                    ? Picker.NO_KEY
                    : KeyHash.of(head.bytes(), (int) (range >>> 32), (int) range);
        }
    }

    /** A cookie's value as the sixteen hexadecimal digits of an instance's id. */
    final class Id implements RequestKey {
        private static final int DIGITS = 16;

        private final byte[] name;

        Id(byte[] name) {
            this.name = name;
        }

        @Override
        public long of(Head head, @Nullable Peer peer) {
            long range = find(head, name);
            int from = (int) (range >>> 32);
            if (range == NOWHERE || (int) range - from != DIGITS) {
                return Picker.NO_KEY;
            }
            long id = 0;
            for (int i = 0; i < DIGITS; i++) {
                int digit = Ascii.hex(head.bytes()[from + i]);
                if (digit < 0) {
                    return Picker.NO_KEY;
                }
                id = (id << 4) | digit;
            }
            return id;
        }
    }

    /** No such cookie. */
    long NOWHERE = -1;

    /**
     * Where the value of the first cookie of this name stands: start and end as the halves of a
     * long. Names are compared with their case; what is no pair is passed over (RFC 6265, section
     * 5.4).
     */
    static long find(Head head, byte[] name) {
        byte[] bytes = head.bytes();
        for (int i = head.find(Field.COOKIE); i != Head.NONE; i = head.next(Field.COOKIE, i)) {
            int end = head.valueEnd(i);
            int at = head.valueStart(i);
            while (at < end) {
                while (at < end && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == ';')) {
                    at++;
                }
                int stop = at;
                while (stop < end && bytes[stop] != ';') {
                    stop++;
                }
                if (isNamed(bytes, at, stop, name)) {
                    int from = at + name.length + 1;
                    int to = stop;
                    while (to > from && (bytes[to - 1] == ' ' || bytes[to - 1] == '\t')) {
                        to--;
                    }
                    return ((long) from << 32) | to;
                }
                at = stop;
            }
        }
        return NOWHERE;
    }

    private static boolean isNamed(byte[] bytes, int from, int stop, byte[] name) {
        if (stop - from <= name.length || bytes[from + name.length] != '=') {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (bytes[from + i] != name[i]) {
                return false;
            }
        }
        return true;
    }
}
