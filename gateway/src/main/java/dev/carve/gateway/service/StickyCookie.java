package dev.carve.gateway.service;

import dev.carve.gateway.balance.Sticky;
import dev.carve.http.Ascii;
import java.util.HexFormat;

/**
 * The cookie that keeps a client with its instance. Its value is the instance's id, which is the
 * same after a restart and at every gateway: a hash of the address, see {@link Sticky#idOf}.
 *
 * <p>Immutable; any event loop.
 */
public final class StickyCookie {

    private final String name;
    private final String attributes;
    private final RequestKey key;

    /**
     * @param attributes what follows the value, from the semicolon on; empty for none
     */
    public StickyCookie(String name, String attributes) {
        this.name = name;
        this.attributes = attributes;
        key = new RequestKey.Id(Ascii.bytes(name));
    }

    /** Reads it from a request. */
    RequestKey key() {
        return key;
    }

    /** The whole line that sets it. Made anew, once for each client. */
    byte[] line(Instance instance) {
        String id = HexFormat.of().toHexDigits(Sticky.idOf(instance));
        return Ascii.bytes("Set-Cookie: " + name + "=" + id + attributes + "\r\n");
    }

    /** Equal settings give equal cookies. */
    @Override
    public boolean equals(Object other) {
        return other instanceof StickyCookie cookie
                && name.equals(cookie.name)
                && attributes.equals(cookie.attributes);
    }

    @Override
    public int hashCode() {
        return name.hashCode() * 31 + attributes.hashCode();
    }
}
