package dev.carve.app;

import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.concurrent.CompletionException;

/** Why an address can not be listened at, in words for people. Stateless. */
final class ListenFailure {

    private ListenFailure() {}

    /**
     * @param address as the file has it
     */
    static String text(Object address, CompletionException failed) {
        Throwable cause = failed.getCause() == null ? failed : failed.getCause();
        return "\"" + address + "\" can not be listened at: " + reason(cause);
    }

    /** What the system said, without the name of the call. */
    private static String reason(Throwable cause) {
        if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
            return "the name does not resolve";
        }
        String message = String.valueOf(cause.getMessage());
        int failed = message.indexOf("failed with error(");
        int colon = message.indexOf("): ", Math.max(0, failed));
        String said = failed >= 0 && colon > 0 ? message.substring(colon + 3) : message;
        return said.isEmpty() ? cause.toString() : said.toLowerCase(Locale.ROOT);
    }
}
