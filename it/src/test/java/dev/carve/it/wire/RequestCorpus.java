package dev.carve.it.wire;

import dev.carve.testkit.Octets;
import dev.carve.testkit.RecordedRequest;
import dev.carve.testkit.RecordingUpstream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;

/** Runs the whole request corpus against a gateway and judges it. Stateless. */
final class RequestCorpus {

    private RequestCorpus() {}

    /** Observes every case at the gateway on that port and enters the outcomes. */
    static void compare(Comparison into, String gateway, int port, RecordingUpstream upstream)
            throws IOException {
        var driver = new RequestDriver(port, upstream);
        for (RequestCase asked : RequestCase.all()) {
            into.expect(asked.name(), asked.expectation());
            Observation found = driver.run(asked);
            into.add(
                    gateway,
                    asked.name(),
                    new Comparison.Outcome(Leniency.of(asked, found), text(asked, found)));
        }
    }

    /** What differs from the corpus, in words; empty where the gateway did exactly as it says. */
    static List<String> differences(RequestCase asked, Observation found) {
        var differences = new ArrayList<String>();
        int readings = asked.readings().size();
        if (found.seen().size() != readings) {
            differences.add("the upstream saw %s".formatted(requests(found.seen())));
        }
        for (int i = 0; i < Math.min(readings, found.seen().size()); i++) {
            RecordedRequest seen = found.seen().get(i);
            if (!asked.readings().get(i).sameMessage(seen)
                    || !asked.readings().get(i).sameFields(seen)) {
                differences.add(
                        "request %d was read as %s, body \"%s\""
                                .formatted(i, seen.head().bytes(), seen.body().kept()));
            }
            Leniency.ambiguity(seen).ifPresent(differences::add);
        }
        differences.addAll(found.problems());
        List<Integer> answers = found.answers();
        for (int i = 0; i < readings; i++) {
            if (i >= answers.size() || answers.get(i) != 200) {
                differences.add("answers %s (expected: %d times 200)".formatted(answers, readings));
                break;
            }
        }
        if (asked.refusal().isEmpty()) {
            if (answers.size() > readings) {
                differences.add("answers %s, more than requests".formatted(answers));
            }
            if (found.end() == Observation.End.SILENT) {
                differences.add("the connection is open and silent");
            }
        } else {
            if (answers.size() != readings + 1 || !asked.refusal().contains(answers.getLast())) {
                differences.add(
                        "answers %s (expected: last %s)".formatted(answers, asked.refusal()));
            }
            if (found.end() != Observation.End.ENDED) {
                differences.add("the connection was not ended but is " + found.end());
            }
        }
        if (found.end() == Observation.End.OUT_OF_STEP) {
            differences.add("the connection is out of step");
        }
        if (!found.followUpFine()) {
            differences.add("a later good request was not answered");
        }
        if (found.leftover() > 0) {
            differences.add(found.leftover() + " bytes stayed on an upstream connection");
        }
        return differences;
    }

    private static String requests(List<RecordedRequest> seen) {
        return seen.isEmpty()
                ? "nothing"
                : String.join(
                        ", ",
                        seen.stream()
                                .map(r -> r.method() + " " + Octets.of(r.target()).escaped(30))
                                .toList());
    }

    private static String text(RequestCase asked, Observation found) {
        Leniency leniency = Leniency.of(asked, found);
        var parts = new ArrayList<String>();
        if (!found.seen().isEmpty()) {
            parts.add("forwarded " + body(found));
        }
        List<Integer> refusals = found.refusals();
        if (!refusals.isEmpty()) {
            parts.add(
                    "refused "
                            + String.join(", ", refusals.stream().map(String::valueOf).toList())
                            + (found.end() == Observation.End.ENDED ? "" : " (kept open)"));
        } else if (found.seen().isEmpty()) {
            parts.add(found.end() == Observation.End.ENDED ? "dropped" : "silent");
        }
        if (leniency != Leniency.NONE) {
            parts.addFirst(leniency.name().toLowerCase(Locale.ROOT));
        }
        return String.join(", ", parts);
    }

    private static String body(Observation found) {
        ToIntFunction<RecordedRequest> length = r -> (int) r.body().byteCount();
        return String.join(
                " ",
                found.seen().stream()
                        .map(r ->
                                Octets.of(r.target()).escaped(12)
                                        + (length.applyAsInt(r) > 0
                                                ? "+" + length.applyAsInt(r)
                                                : ""))
                        .toList());
    }
}
