package dev.carve.gateway.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A range of addresses, written {@code 10.0.0.0/8} or as one address.
 *
 * @param address lowest address of the range
 * @param bits how many leading bits count
 */
public record Network(InetAddress address, int bits) {

    /** What a message says was expected. */
    public static final String EXPECTED = "a network such as 10.0.0.0/8, or an address";

    public static Network parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        if (!host.matches("[0-9a-fA-F:.]+") || (host.indexOf('.') < 0 && host.indexOf(':') < 0)) {
            throw new IllegalArgumentException("no address: " + host);
        }
        try {
            InetAddress address = InetAddress.getByName(host);
            int width = address.getAddress().length * 8;
            int bits = slash < 0 ? width : Integer.parseInt(text.substring(slash + 1));
            if (bits < 0 || bits > width) {
                throw new IllegalArgumentException("no prefix length: " + bits);
            }
            return new Network(address, bits);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no address: " + host, e);
        }
    }

    /** Whether an address lies in this range. */
    public boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] theirs = other.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> (i & 7);
            if ((mine[i >> 3] & mask) != (theirs[i >> 3] & mask)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + bits;
    }
}
