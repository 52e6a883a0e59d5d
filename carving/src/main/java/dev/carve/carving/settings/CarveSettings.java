package dev.carve.carving.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Inline;
import dev.carve.config.Range;
import dev.carve.config.Short;
import dev.carve.config.ShortKey;
import dev.carve.gateway.settings.ActionSettings;
import dev.carve.runtime.Share;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes a route out of its old side. */
public record CarveSettings(
        @Inline ActionSettings action,
        @Doc("The share of requests that is copied to the new side, whatever it answers.")
                @Default("0%")
                Share mirror,
        @Doc(
                        "The share of mirrored requests that goes to the old side twice, so that what"
                                + " differs there is known for noise.")
                @Default("10%")
                Share noise,
        @Doc("Which copies of requests that change something are made.") @Default("none")
                Writes writes,
        @Doc("What a difference is.") @Default("{}") Compare compare,
        @Doc("How traffic moves over; without it the route stays at mirroring.")
                Optional<Shift> shift,
        @Doc("What stops the shift and takes it back.") @Default("{}") Guard guard,
        @Doc("Who may choose a side by Carve-To: old or new; header lets every client do it.")
                @Default("off")
                Choosing override,
        @Doc("Who answers when the new side fails before its answer's head.") @Default("safe")
                Fallback fallback,
        @Doc("Where a carve of which nothing is stored begins.") Optional<Position> at) {

    /** Which requests that change something are mirrored. */
    public enum Writes {
        @Doc("None.")
        NONE,
        @Doc("With the field Carve-Mirror: dry-run, for services that then change nothing.")
        HEADER,
        @Doc("All, as if they were the clients' own: the new side changes things twice.")
        ALL
    }

    /** Whether clients choose. */
    public enum Choosing {
        @Doc("Nobody.")
        OFF,
        @Doc("Whoever sends the field.")
        HEADER
    }

    /** What a client sees of a new side that fails. */
    public enum Fallback {
        @Doc("The old side, if the request may be repeated.")
        SAFE,
        @Doc("The failure.")
        OFF
    }

    /** What a difference is. Paths are JSON pointers in which {@code *} stands for any token. */
    public record Compare(
            @Doc("Paths of what does not count, with all below.") @Default("[]")
                    List<String> ignore,
            @Doc("Paths of what alone counts; all if there is none.") @Default("[]")
                    List<String> only,
            @Doc("Paths of arrays whose order does not count.") @Default("[]") List<String> sort,
            @Doc(
                            "How far numbers may be apart, by path: a share such as 0.5% or a"
                                    + " distance such as 0.01. A single value is for every number,"
                                    + " in text too.")
                    @Default("{}")
                    @ShortKey("")
                    Map<String, String> tolerance,
            @Doc("Regular expressions that find the numbers of a text; all if there is none.")
                    @Default("[]")
                    List<String> numbers,
            @Doc("In text: what matches this regular expression counts as that.") @Default("{}")
                    Map<String, String> replace,
            @Doc("Fields of the head that are compared beside the usual ones.") @Default("[]")
                    List<String> headers,
            @Doc("Fields of the head that are not compared.") @Default("[]")
                    List<String> ignoreHeaders,
            @Doc(
                            "What is kept out of what is saved and shown, beside passwords, tokens and"
                                    + " the like: paths of values in JSON, or bare names, which are of"
                                    + " parameters too.")
                    @Default("[]")
                    List<String> secrets) {}

    /** How traffic moves over. */
    public record Shift(
            @Doc("The shares of the new side, one after the other.") @Short List<Share> steps,
            @Doc("The least time of a step.") @Range(min = "1s", max = "30d") @Default("10m")
                    Duration every,
            @Doc("The least number of requests at the new side in a step.")
                    @Range(min = "1", max = "1000000000")
                    @Default("100")
                    int requests,
            @Doc(
                            "What keeps a client at its side: cookie:NAME, header:NAME, path:NAME,"
                                    + " address, or own, a cookie of Carve's.")
                    @Default("address")
                    StickyKey sticky,
            @Doc("Whether the first step waits for a person.") @Default("approval") Start start,
            @Doc("Whether each further step waits for a person.") @Default("auto") Start next) {}

    /** Who begins a step. */
    public enum Start {
        @Doc("A person does.")
        APPROVAL,
        @Doc("It begins by itself.")
        AUTO
    }

    /** What stops the shift and takes it back, each compared with the old side at the same time. */
    public record Guard(
            @Doc("The share of compared answers that may differ.") @Default("0.1%")
                    Share mismatches,
            @Doc("Points by which the share of errors may be above the old side's.")
                    @Default("+0.5%")
                    Points errors,
            @Doc("Times the old side's p50, or off.") @Default("off") Times p50,
            @Doc("Times the old side's p95, or off.") @Default("1.2x") Times p95,
            @Doc("Times the old side's p99, or off.") @Default("off") Times p99,
            @Doc("How long after the first step latency is not judged, for a side that is cold.")
                    @Range(min = "0s", max = "1h")
                    @Default("90s")
                    Duration warmUp,
            @Doc("A URL that is told of a roll-back.") Optional<String> webhook) {}
}
