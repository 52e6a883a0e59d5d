package dev.carve.admin.machine;

import dev.carve.http.LoopProbe;
import dev.carve.http.Loops;
import dev.carve.runtime.admin.AdminView;
import java.time.Duration;
import java.util.List;

/** How promptly the event loops work, as operators see it. Any thread. */
public final class LoopsView {

    private LoopsView() {}

    /**
     * One loop over the last 10 s.
     *
     * @param delayMax how late a task ran at worst
     * @param delayP99 and one in a hundred
     * @param longestTask the longest time in which it turned to nothing new
     */
    private record Row(int loop, Duration delayMax, Duration delayP99, Duration longestTask) {

        static Row of(LoopProbe probe) {
            return new Row(
                    probe.number(),
                    Duration.ofNanos(probe.delayMaxNanos()),
                    Duration.ofNanos(probe.delayP99Nanos()),
                    Duration.ofNanos(probe.longestTaskNanos()));
        }
    }

    /** The view named loops. */
    public static AdminView of(Loops loops) {
        return new AdminView(
                "loops",
                "How promptly each event loop works, over the last 10 s.",
                _ -> List.copyOf(loops.probes().stream().map(Row::of).toList()));
    }
}
