package dev.carve.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A file beside the database that says which process uses it. The system drops the lock with the
 * process, however that ends, so that nothing is left to clean up; the file itself stays, since a
 * lock on a file that somebody deletes locks nothing. Store thread only.
 */
final class HeldFile {

    // Behind the text, which others read even where a locked range can not be read.
    private static final long LOCK_AT = 1L << 30;
    private static final int TEXT_MAX = 64;

    // Closing any descriptor of a file drops the process's locks on it (POSIX), so the file is not
    // even opened twice within one process.
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private HeldFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the database for this process.
     *
     * @param database with its links followed
     * @throws StoreException of kind HELD if another has it
     * @throws IOException if the file can not be written or locked
     */
    static HeldFile take(Path database) throws IOException {
        Path file = database.resolveSibling(database.getFileName() + "-lock");
        if (!HELD_HERE.add(file)) {
            throw held(database, "this process");
        }
        FileChannel channel = null;
        boolean taken = false;
        try {
            channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock(LOCK_AT, 1, false);
            if (lock == null) {
                throw held(database, holder(file));
            }
            sign(channel);
            taken = true;
            return new HeldFile(file, channel);
        } finally {
            if (!taken) {
                close(channel);
                HELD_HERE.remove(file);
            }
        }
    }

    private static StoreException held(Path database, String by) {
        return new StoreException(
                StoreException.Kind.HELD,
                database.toString(),
                "in use by another running Carve (" + by + ")");
    }

    private static String holder(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.UTF_8).strip();
        return text.substring(0, Math.min(text.length(), TEXT_MAX));
    }

    private static void sign(FileChannel channel) {
        String text = "process " + ProcessHandle.current().pid() + "\n";
        try {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
        } catch (IOException e) {
            // On a full disk the state must still be found; the name is for people only.
        }
    }

    void release() {
        close(channel);
        HELD_HERE.remove(file);
    }

    private static void close(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // The lock ends with the process at the latest.
            }
        }
    }
}
