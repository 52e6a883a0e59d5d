package dev.carve.carving.keep;

import java.io.PrintStream;
import java.nio.file.Path;

/**
 * Changes a carve again and again, with an entry in the ledger for each change, and prints the
 * version once it is kept; until it is killed. Run as a process of its own.
 */
final class ShiftingMain {

    private ShiftingMain() {}

    static void main(String[] arguments) {
        PrintStream out = System.out;
        Keep keep = new OpenKeep(Path.of(arguments[0])).keep;
        long version = 0;
        while (true) {
            int share = (int) (version % CarveState.SHARE_MAX);
            CarveState next = OpenKeep.state(OpenKeep.USERS, share, version);
            version =
                    switch (keep.states().save(next).join()) {
                        case SaveOutcome.Saved(CarveState state) -> state.version();
                        case SaveOutcome.Conflict conflict -> throw new AssertionError(conflict);
                    };
            keep.ledger().append(OpenKeep.entry(OpenKeep.USERS, (int) version));
            out.println(version);
            out.flush();
        }
    }
}
