package dev.carve.http;

import dev.carve.runtime.Failure;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Says why a connection could not be made safe. Loaded only when a connection with TLS fails.
 * Stateless.
 */
final class TlsFailure {

    private static final String ALERT = "Received fatal alert: ";
    private static final int CAUSES_MAX = 16;

    private TlsFailure() {}

    /** What the layer meant: it wraps what it finds while it decodes. */
    static Throwable meant(Throwable caught) {
        Throwable cause = caught.getCause();
        return caught instanceof DecoderException && cause != null ? cause : caught;
    }

    static boolean isTls(@Nullable Throwable cause) {
        return cause instanceof SSLException;
    }

    /** A failure of the handshake, before anything was sent. */
    static Failure ofHandshake(@Nullable Throwable cause) {
        return of(cause).whereRetryIsSafe();
    }

    static Failure of(@Nullable Throwable cause) {
        return new Failure(Failure.Kind.TLS_FAILED, false, reason(cause), cause);
    }

    /** The connection ended while it was being made safe. */
    static Failure closed() {
        String why = "the connection was closed within the handshake";
        return Failure.of(Failure.Kind.TLS_FAILED, why).whereRetryIsSafe();
    }

    /** The JDK tells apart by types what it can, and the rest by words. */
    static String reason(@Nullable Throwable failure) {
        if (failure instanceof NotSslRecordException) {
            return "the service does not speak TLS there";
        }
        String unknown = "";
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
            String text = String.valueOf(cause.getMessage());
            if (cause instanceof CertificateExpiredException) {
                return "certificate expired: " + text;
            }
            if (cause instanceof CertificateNotYetValidException) {
                return "certificate not valid yet: " + text;
            }
            if (cause instanceof CertPathBuilderException) {
                // What comes below may say more.
                unknown = "certificate unknown: nobody who is trusted signed it";
            }
            boolean last = cause.getCause() == null;
            if (last && cause instanceof CertificateException && text.startsWith("No ")) {
                return "name mismatch: " + lower(text);
            }
            int alert = text.indexOf(ALERT);
            if (alert >= 0) {
                return "the service refused: " + text.substring(alert + ALERT.length());
            }
            cause = cause.getCause();
        }
        if (!unknown.isEmpty()) {
            return unknown;
        }
        return failure == null ? "" : lower(String.valueOf(failure.getMessage()));
    }

    private static String lower(String text) {
        return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}
