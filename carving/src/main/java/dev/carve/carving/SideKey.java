package dev.carve.carving;

import dev.carve.carving.settings.StickyKey;
import dev.carve.gateway.Call;
import dev.carve.gateway.balance.KeyHash;
import dev.carve.gateway.balance.Picker;
import dev.carve.gateway.route.RouteResult;
import dev.carve.gateway.service.RequestKey;

/**
 * What keeps a client at its side, as 64 bits. A request that does not have it goes by the client's
 * address. Immutable; any event loop.
 */
sealed interface SideKey {

    long of(Call call);

    static SideKey of(StickyKey from) {
        return switch (from.from()) {
            case COOKIE -> new Request(RequestKey.cookie(from.name()));
            case HEADER -> new Request(RequestKey.header(from.name()));
            case ADDRESS -> new Request(RequestKey.address());
            case PATH -> new Path(from.name());
            case OWN -> new Own();
        };
    }

    private static long address(Call call) {
        return RequestKey.address().of(call.head(), call.peer());
    }

    /** Something that stands in the request. */
    record Request(RequestKey key) implements SideKey {
        @Override
        public long of(Call call) {
            long hash = key.of(call.head(), call.peer());
            return hash == Picker.NO_KEY ? address(call) : hash;
        }
    }

    /** A variable of the match, as it was sent. */
    record Path(String variable) implements SideKey {
        @Override
        public long of(Call call) {
            RouteResult<?> match = call.match();
            int number = match.variable(variable);
            if (number == RouteResult.NO_VARIABLE) {
                return address(call);
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
