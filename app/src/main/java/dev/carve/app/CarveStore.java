package dev.carve.app;

import dev.carve.carving.keep.Keep;
import dev.carve.carving.keep.KeepBounds;
import dev.carve.carving.settings.CarveBlocks;
import dev.carve.config.Loaded;
import dev.carve.runtime.Clock;
import dev.carve.runtime.metrics.MetricSink;
import dev.carve.runtime.metrics.MetricSource;
import dev.carve.store.Store;
import dev.carve.store.StoreBounds;
import dev.carve.store.StoreUrl;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Where carves are kept, opened when the first one is loaded: a gateway without carves has no store
 * and loads nothing of it.
 *
 * <p>Threads: opened and closed by control; metrics by any.
 */
final class CarveStore implements MetricSource, AutoCloseable {

    private final Clock clock;
    private final ScheduledExecutorService timer;

    // Control only.
    private Loaded loaded;

    // Written by control, read by any.
    private volatile @Nullable Store store;
    private volatile @Nullable Keep keep;

    CarveStore(Loaded loaded, Clock clock, ScheduledExecutorService timer) {
        this.loaded = loaded;
        this.clock = clock;
        this.timer = timer;
    }

    /** A reload is about to take effect: its store counts, as long as none is open. */
    void use(Loaded wanted) {
        loaded = wanted;
    }

    /** Opens it; returns at once, what is asked meanwhile waits. */
    Keep open() {
        StoreUrl url = StoreUrl.parse(loaded.value(CarveBlocks.STORE), Path.of(""));
        Store opened = Store.open(url, List.of(Keep.schema()), StoreBounds.DEFAULT, clock, timer);
        Keep made = new Keep(opened, KeepBounds.DEFAULT, clock, new SecureRandom());
        store = opened;
        keep = made;
        return made;
    }

    boolean isOpen() {
        return store != null;
    }

    @Override
    public void collect(MetricSink sink) {
        Store opened = store;
        Keep made = keep;
        if (opened != null && made != null) {
            opened.collect(sink);
            made.collect(sink);
        }
    }

    @Override
    public void close() {
        Keep made = keep;
        Store opened = store;
        if (made != null && opened != null) {
            made.ledger().flush();
            opened.close();
        }
    }
}
