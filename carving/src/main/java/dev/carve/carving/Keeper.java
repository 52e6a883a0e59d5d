package dev.carve.carving;

import dev.carve.carving.compare.Comparison;
import dev.carve.carving.compare.Difference;
import dev.carve.carving.compare.Noise;
import dev.carve.carving.compare.Place;
import dev.carve.carving.keep.CarveKey;
import dev.carve.carving.keep.CarveState;
import dev.carve.carving.keep.Field;
import dev.carve.carving.keep.Keep;
import dev.carve.carving.keep.PathNoise;
import dev.carve.carving.keep.SaveOutcome;
import dev.carve.carving.keep.SavedAnswer;
import dev.carve.carving.keep.SavedBody;
import dev.carve.carving.keep.SavedRequest;
import dev.carve.carving.shift.LedgerEntry;
import dev.carve.carving.shift.ShiftState;
import dev.carve.carving.shift.Stage;
import dev.carve.gateway.service.Control;
import dev.carve.http.Ascii;
import dev.carve.http.Head;
import dev.carve.http.Peer;
import dev.carve.runtime.Share;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what carves become to the store, and back when the process starts. Nothing waits for it
 * but the start, and that not for long: a carve changes first and is written afterwards, later if
 * the store is away.
 *
 * <p>Threads: control, but for {@link #differing}, which workers call.
 */
final class Keeper {

    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final long AGAIN_NANOS = 1_000_000_000;
    private static final dev.carve.http.Field X_FORWARDED_PROTO =
            dev.carve.http.Field.X_FORWARDED_PROTO;
    private static final dev.carve.http.Field X_FORWARDED_HOST =
            dev.carve.http.Field.X_FORWARDED_HOST;

    /** What anybody may claim of the way a request came, and the gateway need not pass on. */
    private static final Set<dev.carve.http.Field> CLAIMS =
            EnumSet.of(
                    dev.carve.http.Field.X_FORWARDED_FOR,
                    X_FORWARDED_PROTO,
                    X_FORWARDED_HOST,
                    dev.carve.http.Field.X_FORWARDED_PORT);

    private final Keep keep;
    private final Control control;

    // Control only.
    private final Map<CarveKey, CarveState> known = new HashMap<>();
    private final Map<CarveKey, Saving> savings = new HashMap<>();

    // Written by control; a write that failed is forgotten by the store's thread.
    private final Map<CarveKey, List<PathNoise>> noises = new ConcurrentHashMap<>();
    private final Map<CarveKey, Long> noiseWritten = new ConcurrentHashMap<>();

    // Written by control, read by any.
    private volatile boolean recalled;

    /** The latest state of one carve on its way to the store. */
    private static final class Saving {
        private ShiftState latest;
        private String reason;
        private long version;
        private boolean underWay;
        private boolean stale;

        /** Those who wait for it to be in the store. */
        private final List<CompletableFuture<Void>> waiting = new ArrayList<>(0);

        Saving(ShiftState latest, String reason, long version) {
            this.latest = latest;
            this.reason = reason;
            this.version = version;
        }
    }

    Keeper(Keep keep, Control control) {
        this.keep = keep;
        this.control = control;
    }

    /** All that is read at once. */
    private record Told(List<CarveState> states, Map<CarveKey, List<PathNoise>> noises) {}

    private CompletableFuture<Told> ask() {
        return keep.states().all().thenCombine(keep.noise().all(), Told::new);
    }

    /**
     * Reads what was kept before.
     *
     * @return whether the store answered in time
     */
    boolean recall(Duration within) {
        try {
            take(ask().orTimeout(within.toMillis(), TimeUnit.MILLISECONDS).join());
            return true;
        } catch (CompletionException unreachable) {
            LOG.atError()
                    .addKeyValue("reason", String.valueOf(unreachable.getCause()))
                    .log(
                            "the store does not tell where carves stand; the old sides answer"
                                    + " everything until it does");
            return false;
        }
    }

    /**
     * Asks the store again and again until it tells.
     *
     * @param then what waits for it, on control
     */
    void recallLater(Runnable then) {
        control.executeLater(
                () ->
                        ask().whenComplete((told, failure) ->
                                control.execute(() -> {
                                    if (told == null || failure != null) {
                                        recallLater(then);
                                        return;
                                    }
                                    take(told);
                                    LOG.info("the store tells where carves stand");
                                    then.run();
                                })),
                AGAIN_NANOS);
    }

    private void take(Told told) {
        for (CarveState each : told.states()) {
            known.put(each.carve(), each);
        }
        noises.putAll(told.noises());
        recalled = true;
    }

    /** Whether the store has told where carves stand; nothing is written before. */
    boolean isRecalled() {
        return recalled;
    }

    /** Where a carve stood, null if nothing is known of it. */
    @Nullable ShiftState state(CarveKey carve) {
        CarveState kept = known.get(carve);
        return kept == null ? null : state(kept);
    }

    /** What was known of a carve's noise, the most important first. */
    List<Noise.Figures> noise(CarveKey carve) {
        List<Noise.Figures> figures = new ArrayList<>();
        for (PathNoise each : noises.getOrDefault(carve, List.of())) {
            Place place = Place.parse(each.path());
            if (place != null) {
                figures.add(
                        new Noise.Figures(
                                place,
                                Noise.Verdict.UNCLEAR,
                                each.sidesCompared(),
                                each.sidesDiffering(),
                                each.twinsCompared(),
                                each.twinsDiffering()));
            }
        }
        return figures;
    }

    /** What is known of a carve's noise by now; written if it is more than before. */
    void keepNoise(CarveKey carve, Findings findings) {
        long counted = findings.learntFrom();
        if (!recalled || counted == 0) {
            return;
        }
        Long before = noiseWritten.put(carve, counted);
        if (before != null && before == counted) {
            return;
        }
        List<PathNoise> paths = new ArrayList<>();
        for (Noise.Figures each : findings.figures()) {
            paths.add(
                    new PathNoise(
                            each.place().toString(),
                            each.twins(),
                            each.twinsDiffering(),
                            each.copies(),
                            each.copiesDiffering(),
                            false));
        }
        noises.put(carve, paths);
        keep.noise()
                .save(carve, paths)
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        noiseWritten.remove(carve);
                    }
                });
    }

    private static @Nullable ShiftState state(CarveState kept) {
        Share share = new Share(kept.share() / (double) CarveState.SHARE_MAX);
        Instant since = kept.stepBegan();
        try {
            Stage stage = Stage.valueOf(kept.stage().toUpperCase(Locale.ROOT));
            return switch (stage) {
                case SHIFT, PAUSED -> new ShiftState(stage, kept.step(), share, since, 1);
                case DONE -> new ShiftState(stage, ShiftState.NO_STEP, new Share(1), since, 1);
                case OFF, MIRROR, ROLLED_BACK ->
                        new ShiftState(stage, ShiftState.NO_STEP, new Share(0), since, 1);
            };
        } catch (IllegalArgumentException unknown) {
            LOG.atError()
                    .addKeyValue("route", kept.carve().route())
                    .addKeyValue("reason", unknown.getMessage())
                    .log("what the store holds of a carve makes no sense");
            return null;
        }
    }

    /** A carve has changed. */
    void changed(CarveKey carve, LedgerEntry entry) {
        keep.ledger()
                .append(
                        new dev.carve.carving.keep.LedgerEntry(
                                carve,
                                entry.at(),
                                entry.by(),
                                CarveStatus.text(entry.from()),
                                CarveStatus.text(entry.to()),
                                entry.reason(),
                                figures(entry.figures())));
        Saving saving = savings.get(carve);
        if (saving == null) {
            CarveState kept = known.get(carve);
            saving = new Saving(entry.to(), entry.reason(), kept == null ? 0 : kept.version());
            savings.put(carve, saving);
        }
        saving.latest = entry.to();
        saving.reason = entry.reason();
        saving.stale = true;
        save(carve, saving);
    }

    private static String figures(List<String> lines) {
        StringBuilder json = new StringBuilder("{\"lines\":[");
        for (int i = 0; i < lines.size(); i++) {
            json.append(i == 0 ? "\"" : ",\"");
            json.append(lines.get(i).replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
        }
        return json.append("]}").toString();
    }

    /** Done when the store has the carve as it stands now; control. */
    CompletableFuture<Void> kept(CarveKey carve) {
        Saving saving = savings.get(carve);
        if (saving == null || !(saving.underWay || saving.stale)) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        saving.waiting.add(done);
        return done;
    }

    private void save(CarveKey carve, Saving saving) {
        if (saving.underWay) {
            return;
        }
        if (!saving.stale) {
            saving.waiting.forEach(each -> each.complete(null));
            saving.waiting.clear();
            return;
        }
        saving.underWay = true;
        saving.stale = false;
        ShiftState state = saving.latest;
        CarveState written =
                new CarveState(
                        carve,
                        state.stage().text(),
                        (int) Math.round(state.share().fraction() * CarveState.SHARE_MAX),
                        Math.max(0, state.step()),
                        state.since(),
                        saving.reason,
                        control.clock().now(),
                        saving.version);
        known.put(carve, written);
        keep.states()
                .save(written)
                .whenComplete((outcome, failure) ->
                        control.execute(() -> saved(carve, saving, outcome, failure)));
    }

    private void saved(
            CarveKey carve,
            Saving saving,
            @Nullable SaveOutcome outcome,
            @Nullable Throwable failure) {
        saving.underWay = false;
        if (failure != null || outcome == null) {
            // The share changed long ago; only the record of it is late.
            saving.stale = true;
            control.executeLater(() -> save(carve, saving), AGAIN_NANOS);
            return;
        }
        switch (outcome) {
            case SaveOutcome.Saved(CarveState state) -> saving.version = state.version();
            case SaveOutcome.Conflict(CarveState kept) -> {
                // One gateway owns a store: what it holds is of this one's past.
                saving.version = kept == null ? 0 : kept.version();
                saving.stale = true;
            }
        }
        save(carve, saving);
    }

    /** Writes what waits; now and then. */
    void flush() {
        keep.ledger().flush();
    }

    /** Two answers differ: keeps them, if there are not enough of the kind. A worker. */
    void differing(CarveKey carve, Observation of, Comparison.Different found, Instant at) {
        List<String> paths = new ArrayList<>();
        for (Difference each : found.differences()) {
            paths.add(each.place().toString());
        }
        if (paths.isEmpty() || !keep.differences().wants(carve, paths)) {
            return;
        }
        Head request = of.request().head();
        keep.differences()
                .add(
                        new dev.carve.carving.keep.Difference(
                                carve,
                                at,
                                paths,
                                new SavedRequest(
                                        request.methodText(),
                                        request.target(),
                                        asked(of.request()),
                                        of.requestBody()),
                                answer(of.oldAnswer()),
                                answer(of.newAnswer())),
                        of.carve().redactor());
    }

    Keep keep() {
        return keep;
    }

    private static SavedAnswer answer(Capture from) {
        byte[] body = Arrays.copyOf(from.body(), from.length());
        return new SavedAnswer(from.status(), fields(from.head()), SavedBody.of(body));
    }

    /**
     * The fields as the client sent them, and what both sides were told of the way it came: an
     * application that makes links of it would else answer otherwise the next time. Not of whom it
     * came, and nothing that the client claimed of that and no side was told: what the gateway
     * sends, sides believe.
     */
    private static List<Field> asked(Asked request) {
        Head head = request.head();
        List<Field> fields = new ArrayList<>(head.fields() + 2);
        for (int i = 0; i < head.fields(); i++) {
            if (!CLAIMS.contains(head.field(i)) || !request.edits().isDropped(i)) {
                fields.add(new Field(head.name(i), head.value(i)));
            }
        }
        Peer peer = request.peer();
        if (peer != null) {
            tell(fields, request, X_FORWARDED_PROTO, peer.isSecure() ? "https" : "http");
            String host = head.value(dev.carve.http.Field.HOST);
            tell(fields, request, X_FORWARDED_HOST, host == null ? "" : host);
        }
        return fields;
    }

    private static void tell(
            List<Field> fields, Asked request, dev.carve.http.Field name, String value) {
        String text = name.text();
        if (request.edits().adds(Ascii.bytes(text.toLowerCase(Locale.ROOT)))) {
            fields.removeIf(each -> each.name().equalsIgnoreCase(text));
            fields.add(new Field(text, value));
        }
    }

    /** The fields of a head as they came. */
    static List<Field> fields(Head head) {
        List<Field> fields = new ArrayList<>(head.fields());
        for (int i = 0; i < head.fields(); i++) {
            fields.add(new Field(head.name(i), head.value(i)));
        }
        return fields;
    }
}
