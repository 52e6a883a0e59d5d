package dev.carve.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The page that someone reads who has to decide. */
class EvidenceTextTest {

    private static final String EVIDENCE =
            """
            {"route":"user_page","match":"GET /users/{id}","old_side":"monolith","new_side":"users",
             "stage":"shift","share":"25%","since":"2026-03-01T10:00:00.123Z",
             "waits":"waits for 80 s, 20 requests at the new side",
             "asked_at":"2026-03-01T10:08:40Z","mirror":"25%","noise":"10%","writes":"header",
             "requests":4210,"mirrored":12000,"fallbacks":2,
             "same":11700,"mismatches":12,"noisy":280,"uncomparable":3,
             "findings":[
              {"measure":"mismatches","verdict":"worse","binding":true,"confidence":0.9999,
               "old":0,"new":0.0123,"text":"mismatches 1.23% (limit 0.1%): worse, 99.99 % sure"},
              {"measure":"errors","verdict":"not enough","binding":true,"confidence":0,
               "old":0.001,"new":0.0012,"text":"errors 0.12% | old 0.10%: not enough"},
              {"measure":"p95","verdict":"same","binding":false,"confidence":0.995,
               "old":84000,"new":85000,"text":"p95 85 ms, old 84 ms: same, 99.5 % sure"}],
             "differences":[
              {"place":"/price","verdict":"mismatch","copies":2000,"copies_differing":12,
               "twins":400,"twins_differing":0},
              {"place":"/a|b`c","verdict":"noise","copies":2000,"copies_differing":280,
               "twins":400,"twins_differing":50}],
             "not_kept":"",
             "examples":[{"at":"2026-03-01T10:07:00.5Z","method":"GET",
               "target":"/users/7?token=***","old_status":200,"new_status":200,"places":[
                {"place":"/price","shown":true,"old":"12.50","new":"13.00"},
                {"place":"/a|b`c","shown":true,"old":"\\"x|y\\"","new":null},
                {"place":"body","shown":false,"old":null,"new":null}]}],
             "skipped":{"unsafe":40,"client_gone":2},
             "rules":{"ignore":["/updated_at"],"only":[],"tolerance":{"/score":"0.5%"}},
             "learnt":["ignore:","  - \\"/a\\"  # differs in 50 of 400"],
             "ledger":[
              {"at":"2026-03-01T10:00:00.123Z","by":"ann","from":"shift 5%","to":"shift 25%",
               "reason":"approved"},
              {"at":"2026-03-01T09:00:00Z","by":"file","from":"off","to":"mirror",
               "reason":"started"}]}
            """;

    private static final String PAGE =
            """
            # Carve of user\\_page

            |  |  |
            | --- | --- |
            | requests | `GET /users/{id}` |
            | old side | monolith |
            | new side | users |
            | stage | shift, the new side answers 25% |
            | since | 2026-03-01 10:00:00 UTC |
            | next step | after 80 s, 20 requests at the new side |
            | mirrored | 25% of the requests, 10% of these twice at the old side; writes as a dry run |
            | asked at | 2026-03-01 10:08:40 UTC |

            ## Verdicts

            Both sides over the same minutes, 4,210 requests at the new side since the stage or step began.

            | measure | old side | new side | verdict | sure | binds |
            | --- | --- | --- | --- | --- | --- |
            | mismatches |  | 1.2% | worse | 99.99% | yes |
            | errors | 0.10% | 0.12% | not enough |  | yes |
            | p95 | 84ms | 85ms | same | 99.50% | no |

            - mismatches 1.23% (limit 0.1%): worse, 99.99 % sure
            - errors 0.12% \\| old 0.10%: not enough
            - p95 85 ms, old 84 ms: same, 99.5 % sure

            ## What was compared

            Since the gateway was started:

            | pairs of answers |  |
            | --- | --- |
            | the same | 11,700 |
            | different in what speaks against the new side | 12 |
            | different only where the old side differs from itself | 280 |
            | that could not be compared | 3 |

            12,000 copies were sent; 2 times the old side answered because the new one had failed.

            ## Where answers differ

            Of the pairs that are remembered, the last 2,000 or so. Old and new are answers of both sides to one request; old and old are two answers of the old side.

            | place | verdict | old and new differ | old and old differ |
            | --- | --- | --- | --- |
            | `/price` | mismatch | 12 of 2,000 (0.60%) | 0 of 400 (0%) |
            | ``/a\\|b`c`` | noise | 280 of 2,000 (14%) | 50 of 400 (13%) |

            ## Examples

            The latest of each place; secrets are taken out.

            ### `GET /users/7?token=***`

            2026-03-01 10:07:00 UTC, status 200 of the old side and 200 of the new one.

            | place | old side | new side |
            | --- | --- | --- |
            | `/price` | `12.50` | `13.00` |
            | ``/a\\|b`c`` | `"x\\|y"` | nothing |
            | `body` | not kept | not kept |

            ## What was not compared

            | requests | why not |
            | --- | --- |
            | 40 | it may change something, and `writes:` does not copy it |
            | 2 | the client went away |

            What nobody asked for in this time was not compared either.

            ## Rules in use

            ```yaml
            ignore:
              - /updated_at
            tolerance:
              /score: 0.5%
            ```

            Learnt from the old side, and not accepted yet (`carve accept`):

            ```yaml
            ignore:
              - "/a"  # differs in 50 of 400
            ```

            ## Changes

            | when | by | from | to | why |
            | --- | --- | --- | --- | --- |
            | 2026-03-01 10:00:00 UTC | ann | shift 5% | shift 25% | approved |
            | 2026-03-01 09:00:00 UTC | file | off | mirror | started |
            """;

    @Test
    void pageHoldsEverythingOnce() {
        JsonTree evidence = Objects.requireNonNull(JsonTree.parse(EVIDENCE));
        assertThat(String.join("\n", EvidenceText.lines(evidence)) + "\n").isEqualTo(PAGE);
    }

    @Test
    void pageOfACarveOfWhichNothingIsKnownSaysSo() {
        JsonTree evidence =
                Objects.requireNonNull(
                        JsonTree.parse(
                                """
                                {"route":"a","stage":"off","not_kept":"the store does not answer"}
                                """));
        assertThat(String.join("\n", EvidenceText.lines(evidence)))
                .contains("| stage | off, the old side answers everything |")
                .contains("Nothing is judged in stage off.")
                .contains("## Where answers differ\n\nNowhere.")
                .contains("None: the store does not answer.")
                .contains("None: everything counts.");
    }
}
