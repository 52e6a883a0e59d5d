package dev.carve.it.wire;

import dev.carve.testkit.Field;
import dev.carve.testkit.Octets;
import dev.carve.testkit.RecordedRequest;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How much a gateway lets through on one case, from nothing to the worst. This is the definition
 * behind "Carve is never the most lenient":
 *
 * <ul>
 *   <li>an outcome is <em>lenient</em> from {@link #REPAIRED} on;
 *   <li>a gateway is <em>the most lenient on a case</em> if its outcome there is lenient and stands
 *       higher in this order than that of every other gateway;
 *   <li>it is <em>the most lenient in all</em> if it has more lenient outcomes than every other.
 * </ul>
 *
 * Refusing what the corpus says may pass is never lenient, nor is dropping a field.
 */
enum Leniency {
    /** Refused, or forwarded in exactly the corpus's reading. */
    NONE,
    /** As NONE, but fields of interest differ at the upstream. */
    EDITED,
    /** Nothing happened within the driver's bound: neither an answer nor an end. */
    SILENT,
    /** The corpus refuses it; the upstream got it as a whole request, clean by a strict reading. */
    REPAIRED,
    /** The corpus has a reading; the upstream got another: other requests, targets or bodies. */
    ALTERED,
    /** The upstream got bytes that a strict reader refuses or that two readers read differently. */
    AMBIGUOUS,
    /**
     * The upstream saw more requests than the client got answers, or a later good request was read
     * or answered wrongly: the connection is out of step.
     */
    SMUGGLED;

    boolean lenient() {
        return compareTo(REPAIRED) >= 0;
    }

    static Leniency of(RequestCase asked, Observation found) {
        List<RecordedRequest> seen = found.seen();
        if (!found.followUpFine()
                || found.end() == Observation.End.OUT_OF_STEP
                || seen.size() > found.answers().size()) {
            return SMUGGLED;
        }
        if (!found.problems().isEmpty()
                || found.leftover() > 0
                || seen.stream().anyMatch(r -> ambiguity(r).isPresent())) {
            return AMBIGUOUS;
        }
        if (seen.size() > asked.readings().size()) {
            return asked.refusal().isEmpty() ? ALTERED : REPAIRED;
        }
        boolean fields = true;
        for (int i = 0; i < seen.size(); i++) {
            if (!asked.readings().get(i).sameMessage(seen.get(i))) {
                return ALTERED;
            }
            fields &= asked.readings().get(i).sameFields(seen.get(i));
        }
        if (found.end() == Observation.End.SILENT
                && found.answers().size()
                        < asked.readings().size() + (asked.refusal().isEmpty() ? 0 : 1)) {
            return SILENT;
        }
        return fields ? NONE : EDITED;
    }

    /** Why a request that a strict reader takes could still be read in two ways further on. */
    static Optional<String> ambiguity(RecordedRequest request) {
        List<String> hosts = request.head().all("Host");
        if (hosts.size() > 1) {
            return Optional.of("Host " + hosts);
        }
        if (hosts.isEmpty() && request.version().equals("HTTP/1.1")) {
            return Optional.of("no Host");
        }
        Optional<String> authority = authority(request.target());
        if (authority.isPresent()
                && hosts.stream().noneMatch(h -> h.equalsIgnoreCase(authority.get()))) {
            return Optional.of("target of " + authority.get() + " against Host " + hosts);
        }
        return request.head().fields().stream()
                .filter(Leniency::hidesFraming)
                .findFirst()
                .map(f -> "field \"" + f + "\"");
    }

    private static Optional<String> authority(String target) {
        if (!target.toLowerCase(Locale.ROOT).startsWith("http://")) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(URI.create(target).getRawAuthority());
        } catch (IllegalArgumentException e) {
            return Optional.of(Octets.of(target).escaped(40));
        }
    }

    /** A value that holds bytes some readers take for a line end (RFC 9110 section 5.5). */
    private static boolean hidesFraming(Field field) {
        return field.value().chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0);
    }
}
