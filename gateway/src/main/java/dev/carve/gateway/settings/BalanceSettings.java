package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Key;
import dev.carve.config.Short;
import java.time.Duration;
import java.util.Optional;

/** How the instance of a call is chosen. */
public sealed interface BalanceSettings {

    /** By turn or by load. */
    @Key("by")
    @Short
    @Doc("By turn or by load.")
    record By(@Doc("Which of them.") @Short Way way) implements BalanceSettings {}

    /** The ways that need no further word. */
    enum Way {
        @Doc("One after the other, by weight.")
        ROUND_ROBIN,
        @Doc("Of two drawn by weight, the one with fewer requests under way.")
        LEAST_REQUESTS
    }

    /** The same instance for the same key. */
    @Key("hash")
    @Doc("The same instance for the same key; another when one comes or goes only if it must.")
    record Hash(
            @Doc(
                            "The key: header:NAME, cookie:NAME, or address, which is the peer's or,"
                                    + " behind a trusted one (forwarded.trusted), that of its"
                                    + " client. Without it a random instance.")
                    @Short
                    HashKey key)
            implements BalanceSettings {}

    /** The same instance for the same client. */
    @Key("sticky")
    @Doc("The same instance for the same client, by a cookie that is set with the first answer.")
    record Sticky(
            @Doc("The cookie's name.") @Short String cookie,
            @Doc("The path that it is sent for.") @Default("/") String path,
            @Doc("How long it lives; none for as long as the browser runs.")
                    Optional<Duration> maxAge,
            @Doc("Whether it is sent over TLS only.") @Default("false") boolean secure,
            @Doc("Whether scripts of a page can not read it.") @Default("true") boolean httpOnly,
            @Doc("With which requests from other sites it is sent.") @Default("lax")
                    SameSite sameSite)
            implements BalanceSettings {}

    /** See RFC 6265bis, section 5.6.7. */
    enum SameSite {
        @Doc("With none.")
        STRICT,
        @Doc("When a link is followed.")
        LAX,
        @Doc("With all; needs secure.")
        NONE
    }
}
