package dev.carve.bench.rollback;

import dev.carve.bench.stats.Medians;
import java.util.List;
import java.util.Locale;

/** All rounds of one trouble beside its bars. */
record Row(Trouble trouble, List<Round> rounds) {

    Row {
        rounds = List.copyOf(rounds);
    }

    private List<Round> found() {
        return rounds.stream().filter(it -> it.ending() == Round.Ending.ROLLED_BACK).toList();
    }

    private long count(Round.Ending ending) {
        return rounds.stream().filter(it -> it.ending() == ending).count();
    }

    /** Whether each break was taken back in time or within the requests. */
    boolean isMet() {
        return rounds.stream()
                .allMatch(it ->
                        it.ending() == Round.Ending.ROLLED_BACK
                                && (it.seconds() <= trouble.seconds()
                                        || it.requests() <= trouble.requests()));
    }

    String text() {
        List<Round> found = found();
        StringBuilder text = new StringBuilder(trouble.text()).append(": ");
        text.append("rolled back in ").append(found.size()).append(" of ").append(rounds.size());
        if (!found.isEmpty()) {
            double[] seconds = found.stream().mapToDouble(Round::seconds).sorted().toArray();
            double[] requests = found.stream().mapToDouble(Round::requests).sorted().toArray();
            text.append(
                    String.format(
                            Locale.ROOT,
                            "; seconds: median %.2f, worst %.2f (bar %d); requests: median %.0f,"
                                    + " worst %.0f (bar %d); clients that saw a failure: %d",
                            Medians.median(seconds),
                            seconds[seconds.length - 1],
                            trouble.seconds(),
                            Medians.median(requests),
                            requests[requests.length - 1],
                            trouble.requests(),
                            found.stream().mapToLong(Round::failed).sum()));
        }
        long before = count(Round.Ending.BEFORE);
        long missed = count(Round.Ending.MISSED);
        text.append(before == 0 ? "" : "; " + before + " rolled back before the break");
        text.append(missed == 0 ? "" : "; " + missed + " never");
        return text.append(isMet() ? " | met" : " | NOT MET").toString();
    }
}
