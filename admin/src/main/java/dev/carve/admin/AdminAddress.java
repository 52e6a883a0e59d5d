package dev.carve.admin;

import java.net.InetSocketAddress;

/**
 * Where the admin listener listens, if at all.
 *
 * @param host empty for none at all, {@code *} for every address of the machine
 * @param port 0 for one that the system chooses
 */
public record AdminAddress(String host, int port) {

    /** What a message says was expected. */
    public static final String EXPECTED =
            "an address such as 127.0.0.1:9900, a port of this machine alone, or off";

    /** No admin listener. */
    public static final AdminAddress OFF = new AdminAddress("", 0);

    private static final int PORT_MAX = 65_535;

    /**
     * Reads {@code off}, {@code 9900}, {@code 127.0.0.1:9900}, {@code [::1]:9900} or {@code
     * *:9900}. A port alone means loopback: unlike the gateway's, this listener is not for
     * everybody.
     */
    public static AdminAddress parse(String text) {
        if (text.equals("off")) {
            return OFF;
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "127.0.0.1" : text.substring(0, colon);
        String port = text.substring(colon + 1);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("IPv6 addresses stand in brackets");
        }
        if (host.isEmpty()) {
            host = "*";
        }
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > PORT_MAX) {
            throw new IllegalArgumentException("no port: " + port);
        }
        return new AdminAddress(host, Integer.parseInt(port));
    }

    public boolean isOff() {
        return host.isEmpty();
    }

    /** Resolves the name. */
    public InetSocketAddress socket() {
        return host.equals("*") ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        if (isOff()) {
            return "off";
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
