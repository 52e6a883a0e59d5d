package dev.carve.carving.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Range;
import dev.carve.runtime.Size;
import java.time.Duration;

/** What all copies together may take, so that none of them can hurt a client. */
public record MirrorSettings(
        @Doc("How far a copy may lag behind the client's own request before it is given up.")
                @Range(min = "1KiB", max = "1GiB")
                @Default("256KiB")
                Size lag,
        @Doc("What all copies and the answers to be compared may hold together.")
                @Range(min = "64KiB", max = "64GiB")
                @Default("32MiB")
                Size memory,
        @Doc("Bytes of an answer beyond which it is not compared.")
                @Range(min = "1KiB", max = "1GiB")
                @Default("1MiB")
                Size answer,
        @Doc("Copies under way at once.") @Range(min = "1", max = "1000000") @Default("1000")
                int copies,
        @Doc("How long a copy may take to its answer's head.")
                @Range(min = "1ms", max = "1h")
                @Default("30s")
                Duration timeout,
        @Doc(
                        "Threads that compare answers; 0 for half as many as cores, at least one. Read"
                                + " at start only.")
                @Range(min = "0", max = "256")
                @Default("0")
                int workers) {}
