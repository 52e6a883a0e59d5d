package dev.carve.carving;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the calling thread one that has the processor only while nobody else wants it: Linux's
 * {@code SCHED_IDLE} (sched(7)). A thread that computes for a while would otherwise keep an event
 * loop that has just been woken waiting for the rest of its slice, some milliseconds. Elsewhere, or
 * where it is not allowed, the thread stays as it is.
 *
 * <p>Stateless; any thread.
 */
final class IdlePriority {

    private static final Logger LOG = LoggerFactory.getLogger(IdlePriority.class);
    private static final int THIS_THREAD = 0;
    private static final int SCHED_IDLE = 5;

    private IdlePriority() {}

    /** Whether the thread has it from now on. */
    @SuppressWarnings("restricted") // The process is started with native access.
    static boolean take() {
        Linker linker = Linker.nativeLinker();
        // struct sched_param has one member in Linux: the priority, 0 for this policy.
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment function =
                    linker.defaultLookup().find("sched_setscheduler").orElse(MemorySegment.NULL);
            if (function.equals(MemorySegment.NULL)
                    || !System.getProperty("os.name").equals("Linux")) {
                return false;
            }
            MemorySegment priority = arena.allocateFrom(ValueLayout.JAVA_INT, 0);
            int result =
                    (int)
                            linker.downcallHandle(
                                            function,
                                            FunctionDescriptor.of(
                                                    ValueLayout.JAVA_INT,
                                                    ValueLayout.JAVA_INT,
                                                    ValueLayout.JAVA_INT,
                                                    ValueLayout.ADDRESS))
                                    .invokeExact(THIS_THREAD, SCHED_IDLE, priority);
            return result == 0;
        } catch (Throwable refused) {
            LOG.atDebug().setCause(refused).log("comparing at usual priority");
            return false;
        }
    }
}
