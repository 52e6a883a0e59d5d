package dev.carve.gateway.service;

import dev.carve.gateway.balance.KeyHash;
import dev.carve.gateway.balance.Picker;
import dev.carve.gateway.settings.Network;
import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.Peer;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The client's address as a key: that of the connection's other end; where this is a trusted proxy,
 * the last address in {@code X-Forwarded-For} that is none. Each proxy appends the address that it
 * was called from, so that what stands before the last untrusted one may be anybody's invention.
 *
 * <p>Immutable; any event loop. Nothing is read of a field unless the peer is trusted.
 */
final class ClientAddress implements RequestKey {

    private final Network[] trusted;

    ClientAddress(List<Network> trusted) {
        this.trusted = trusted.toArray(new Network[0]);
    }

    @Override
    public long of(Head head, @Nullable Peer peer) {
        if (peer == null) {
            return Picker.NO_KEY;
        }
        long forwarded =
                trusted.length > 0 && head.has(Field.X_FORWARDED_FOR) && isTrusted(peer.inet())
                        ? forwarded(head)
                        : Picker.NO_KEY;
        return forwarded == Picker.NO_KEY ? hash(peer) : forwarded;
    }

    private static long hash(Peer peer) {
        Hashed hashed = new Hashed();
        peer.writeAddress(hashed);
        return hashed.bits;
    }

    private static final class Hashed implements Peer.BytesTaker {
        private long bits = Picker.NO_KEY;

        @Override
        public void take(byte[] bytes, int from, int to) {
            bits = KeyHash.of(bytes, from, to);
        }
    }

    /** The first field's first address where all are trusted; no key where there is none at all. */
    private long forwarded(Head head) {
        String seen = "";
        StringBuilder all = new StringBuilder();
        for (int i = head.find(Field.X_FORWARDED_FOR);
                i != Head.NONE;
                i = head.next(Field.X_FORWARDED_FOR, i)) {
            all.append(head.value(i)).append(',');
        }
        String[] addresses = all.toString().split(",", -1);
        for (int i = addresses.length - 1; i >= 0; i--) {
            String address = withoutPort(addresses[i].strip());
            if (!address.isEmpty()) {
                seen = address;
                if (!isTrusted(address)) {
                    break;
                }
            }
        }
        if (seen.isEmpty()) {
            return Picker.NO_KEY;
        }
        byte[] bytes = seen.getBytes(StandardCharsets.ISO_8859_1);
        return KeyHash.of(bytes, 0, bytes.length);
    }

    /** Of {@code 192.0.2.1:80} and {@code [2001:db8::1]:80}, as some proxies write it. */
    private static String withoutPort(String address) {
        int end = address.indexOf(']');
        if (address.startsWith("[") && end > 0) {
            return address.substring(1, end);
        }
        int colon = address.indexOf(':');
        boolean one = colon >= 0 && colon == address.lastIndexOf(':');
        return one ? address.substring(0, colon) : address;
    }

    private boolean isTrusted(String address) {
        try {
            return isTrusted(InetAddress.ofLiteral(address));
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }

    private boolean isTrusted(InetAddress address) {
        for (Network each : trusted) {
            if (each.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
