package dev.carve.gateway.settings;

import java.net.InetSocketAddress;

/**
 * Where to listen.
 *
 * @param host an address or a name; empty for every address of the machine
 * @param port 0 for one that the system chooses
 */
public record Address(String host, int port) {

    /** What a message says was expected. */
    public static final String EXPECTED = "an address such as 127.0.0.1:8080, or a port";

    private static final int PORT_MAX = 65_535;

    /** Reads {@code 8080}, {@code 127.0.0.1:8080}, {@code [::1]:8080} or {@code localhost:8080}. */
    public static Address parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        String port = text.substring(colon + 1);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("IPv6 addresses stand in brackets");
        }
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > PORT_MAX) {
            throw new IllegalArgumentException("no port: " + port);
        }
        return new Address(host, Integer.parseInt(port));
    }

    /** Resolves the name. */
    public InetSocketAddress socket() {
        return host.isEmpty() || host.equals("*")
                ? new InetSocketAddress(port)
                : new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        if (host.isEmpty()) {
            return Integer.toString(port);
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
