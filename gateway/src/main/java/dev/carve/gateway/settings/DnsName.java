package dev.carve.gateway.settings;

import java.util.regex.Pattern;

/**
 * A name of the DNS and the port at each of its addresses.
 *
 * @param host with a last dot if nothing may be added to it
 */
public record DnsName(String host, int port) {

    /** What a message says was expected. */
    public static final String EXPECTED = "a name with a port such as users.internal:8000";

    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*\\.?");
    private static final int NAME_CHARS_MAX = 254;
    private static final int PORT_MAX = 65_535;

    /** Reads {@code users.internal:8000}. */
    public static DnsName parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, Math.max(0, colon));
        String port = text.substring(colon + 1);
        int number = port.matches("[0-9]{1,5}") ? Integer.parseInt(port) : 0;
        boolean fits = host.length() <= NAME_CHARS_MAX && NAME.matcher(host).matches();
        String last = host.substring(host.lastIndexOf('.', host.length() - 2) + 1);
        // A name that ends with a number is an address, which belongs into urls.
        if (!fits || last.matches("[0-9]+\\.?") || number < 1 || number > PORT_MAX) {
            throw new IllegalArgumentException("no name with a port: " + text);
        }
        return new DnsName(host, number);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
