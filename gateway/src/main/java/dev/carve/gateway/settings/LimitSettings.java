package dev.carve.gateway.settings;

import dev.carve.config.Default;
import dev.carve.config.Doc;
import dev.carve.config.Range;
import dev.carve.http.ServerSettings.HalfClose;
import dev.carve.runtime.Size;
import java.time.Duration;

/** What one client, and all together, may take. */
public record LimitSettings(
        @Doc("Client connections at once, of each listener.")
                @Range(min = "1", max = "10000000")
                @Default("20000")
                int connections,
        @Doc("Client connections at once from one address; 0 for no bound of its own.")
                @Range(min = "0", max = "10000000")
                @Default("0")
                int connectionsPerAddress,
        @Doc("Start line and fields of a request or an answer together.")
                @Range(min = "1KiB", max = "1MiB")
                @Default("64KiB")
                Size head,
        @Doc("The request target.") @Range(min = "64B", max = "1MiB") @Default("16KiB") Size target,
        @Doc("Fields of a request or an answer.") @Range(min = "1", max = "10000") @Default("128")
                int fields,
        @Doc("Time from the first byte of a request head to its end.")
                @Range(min = "10ms", max = "1h")
                @Default("10s")
                Duration headTime,
        @Doc("Time that a client's connection may wait for its next request.")
                @Range(min = "10ms", max = "24h")
                @Default("75s")
                Duration idle,
        @Doc("Time without a byte of a request body that is waited for.")
                @Range(min = "10ms", max = "24h")
                @Default("30s")
                Duration bodyStall,
        @Doc("Time without the client taking a byte of an answer that is ready.")
                @Range(min = "10ms", max = "24h")
                @Default("30s")
                Duration sendStall,
        @Doc("Requests of one connection; it is closed after the last.")
                @Range(min = "1", max = "1000000000000")
                @Default("1000000")
                long requestsPerConnection,
        @Doc("Bytes of a request body; routes may allow less or more.") @Default("16GiB") Size body,
        @Doc("How much of an unwanted request body is read so that its connection can go on.")
                @Default("256KiB")
                Size discard,
        @Doc("Bytes that wait for slow readers, of all connections together.")
                @Range(min = "1MiB", max = "1TiB")
                @Default("256MiB")
                Size buffered,
        @Doc(
                        "What a client's half-close means while its request is answered: cancel (it has"
                                + " gone), answer (it waits), auto (gone if it asked to keep the"
                                + " connection).")
                @Default("auto")
                HalfClose halfClose) {}
