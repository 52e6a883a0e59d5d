package dev.carve.carving.guard;

import java.util.List;

/**
 * What the guard thinks at one moment.
 *
 * @param requests answered by the new side since the step began
 * @param findings one for each measure in use
 */
public record Judgement(long requests, List<Finding> findings, Advice advice) {

    public Judgement {
        findings = List.copyOf(findings);
    }

    /** The findings' lines, for the ledger. */
    public List<String> figures() {
        return findings.stream().map(Finding::text).toList();
    }
}
