package dev.carve.carving;

import dev.carve.carving.settings.StickyKey;
import dev.carve.gateway.Call;
import dev.carve.gateway.balance.KeyHash;
import dev.carve.gateway.balance.Picker;
import dev.carve.gateway.route.RouteResult;
import dev.carve.gateway.service.RequestKey;
import dev.carve.gateway.settings.Network;
import java.util.List;

/**
 * What keeps a client at its side, as 64 bits. A request that does not have it goes by the client's
 * address. Immutable; any event loop.
 */
sealed interface SideKey {

    long of(Call call);

    /**
     * Makes the one that the file names.
     *
     * @param trusted proxies whose word for the client's address is taken
     */
    static SideKey of(StickyKey from, List<Network> trusted) {
        RequestKey address = RequestKey.address(trusted);
        return switch (from.from()) {
            case COOKIE -> new Request(RequestKey.cookie(from.name()), address);
            case HEADER -> new Request(RequestKey.header(from.name()), address);
            case ADDRESS -> new Request(address, address);
            case PATH -> new Path(from.name(), address);
            case OWN -> new Own();
        };
    }

    /** Something that stands in the request. */
    record Request(RequestKey key, RequestKey address) implements SideKey {
        @Override
        public long of(Call call) {
            long hash = key.of(call.head(), call.peer());
            return hash == Picker.NO_KEY ? address.of(call.head(), call.peer()) : hash;
        }
    }

    /** A variable of the match, as it was sent. */
    record Path(String variable, RequestKey address) implements SideKey {
        @Override
        public long of(Call call) {
            RouteResult<?> match = call.match();
            int number = match.variable(variable);
            if (number == RouteResult.NO_VARIABLE) {
                return address.of(call.head(), call.peer());
            }
            return KeyHash.of(
                    call.head().bytes(), match.variableStart(number), match.variableEnd(number));
        }
    }

    /** A cookie of Carve's own, set with the first answer. */
    record Own() implements SideKey {
        static final String COOKIE = "carve-side";

        private static final RequestKey KEY = RequestKey.cookie(COOKIE);

        @Override
        public long of(Call call) {
            long hash = KEY.of(call.head(), call.peer());
            if (hash != Picker.NO_KEY) {
                return hash;
            }
            byte[] id = CarveLoop.of(call.loop()).newId();
            call.addToAnswer(line(id));
            return KeyHash.of(id, 0, id.length);
        }

        private static byte[] line(byte[] id) {
            String text =
                    "Set-Cookie: "
                            + COOKIE
                            + "="
                            + new String(id, java.nio.charset.StandardCharsets.ISO_8859_1)
                            + "; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax\r\n";
            return text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        }
    }
}
