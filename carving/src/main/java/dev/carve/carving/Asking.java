package dev.carve.carving;

import dev.carve.carving.compare.Answer;
import dev.carve.carving.compare.Comparison;
import dev.carve.carving.compare.Excerpt;
import dev.carve.carving.guard.Ending;
import dev.carve.carving.guard.Side;
import dev.carve.carving.keep.Difference;
import dev.carve.carving.keep.Field;
import dev.carve.carving.keep.KeptDifference;
import dev.carve.carving.keep.SavedAnswer;
import dev.carve.carving.keep.SavedBody;
import dev.carve.http.Loop;
import dev.carve.runtime.Failure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One kept request on its way to both sides again.
 *
 * <p>Threads: one loop asks, a worker compares; the row is completed by either.
 */
final class Asking implements Purpose {

    private static final int STATUS_CLASS = 100;

    private final Carve carve;
    private final KeptDifference kept;
    private final Difference before;
    private final CompletableFuture<Replay.Row> row = new CompletableFuture<>();

    // The loop's.
    private @Nullable Observation observation;
    private List<Copy> asked = List.of();

    Asking(Carve carve, KeptDifference kept, Difference before) {
        this.carve = carve;
        this.kept = kept;
        this.before = before;
    }

    CompletableFuture<Replay.Row> row() {
        return row;
    }

    // The loop.

    void begin(Loop loop, Question question, Sides sides) {
        Observation both = new Observation();
        try {
            question.ask(both.request());
        } catch (RuntimeException fault) {
            CarveLoop.of(loop).report(fault);
            notAsked(text(Skip.FAULT));
            return;
        }
        Skip skip = take(carve.budget());
        if (skip != null) {
            notAsked(text(skip));
            return;
        }
        both.begin(carve, this, Side.OLD, loop, false);
        observation = both;
        CarveCounts.PerLoop counts = carve.counts().on(loop.number());
        Copy old = new Copy(both, both.client());
        Copy fresh = new Copy(both, both.copy());
        old.begin(Side.OLD, sides.router(), counts.window(Side.OLD));
        fresh.begin(Side.NEW, sides.router(), counts.window(Side.NEW));
        asked = List.of(old, fresh);
        try {
            send(old, sides, question, Side.OLD);
            if (!both.isOver()) {
                send(fresh, sides, question, Side.NEW);
            }
        } catch (RuntimeException fault) {
            CarveLoop.of(loop).report(fault);
            both.giveUp(Skip.FAULT);
        }
    }

    /** What two copies need of what all may have; why not, if it can not be. */
    private static @Nullable Skip take(Budget budget) {
        if (!budget.takeCopy()) {
            return Skip.COPIES;
        }
        if (!budget.takeCopy()) {
            budget.giveCopy();
            return Skip.COPIES;
        }
        if (!budget.takeBytes(Budget.OBSERVATION_BYTES)) {
            budget.giveCopy();
            budget.giveCopy();
            return Skip.MEMORY;
        }
        return null;
    }

    private static void send(Copy copy, Sides sides, Question question, Side side) {
        copy.start(sides.of(side));
        if (question.body().length > 0) {
            copy.whole(question.body());
        }
    }

    /** Nobody waits for it any more; changes nothing if it is over. */
    void stop() {
        Observation both = observation;
        if (both != null) {
            both.giveUp(Skip.FAULT);
        }
    }

    // As a purpose: it is evidence of nothing.

    @Override
    public void sent(int loop) {}

    @Override
    public void ended(int loop, Side side, Ending ending, long nanos) {}

    @Override
    public void gaveUp(Observation of, Skip why) {
        asked.forEach(Copy::stop);
        Side failed = of.failedSide();
        Failure failure = of.failure();
        notAsked(
                failed == null || failure == null
                        ? text(why)
                        : "the " + low(failed) + " side failed: " + failure.kind().code());
    }

    private static String low(Side side) {
        return side.name().toLowerCase(Locale.ROOT);
    }

    private static String text(Skip why) {
        return switch (why) {
            case COPIES -> "as many copies as allowed are under way (mirror.copies)";
            case MEMORY -> "all copies together hold as much as they may (mirror.memory)";
            case TOO_LARGE -> "an answer is larger than what is compared (mirror.answer)";
            case BEHIND -> "the threads that compare fell behind";
            case COPY_FAILED, FAULT -> "a fault of the gateway; it is in its log";
            case UNSAFE,
                    UPGRADE,
                    UNANSWERED,
                    UNREACHABLE,
                    LAG,
                    BODY_CUT,
                    CLIENT_GONE,
                    CALL_FAILED ->
                    why.code();
        };
    }

    private void notAsked(String why) {
        row.complete(Replay.notAsked(kept, why));
    }

    @Override
    public void compare(Comparing by, Observation of) {
        try {
            row.complete(row(of, by.compare(carve.rules(), of.oldAnswer(), of.newAnswer())));
        } finally {
            notAsked(text(Skip.FAULT));
        }
    }

    private Replay.Row row(Observation of, Comparison found) {
        return switch (found) {
            case Comparison.Skipped(var reason) ->
                    Replay.notAsked(
                            kept,
                            "the answers can not be compared: "
                                    + reason.name().toLowerCase(Locale.ROOT));
            case Comparison.Same _ -> {
                int then = before.oldAnswer().status();
                int now = of.oldAnswer().status();
                // Both refuse, say: then the same answer says nothing of what differed.
                yield now / STATUS_CLASS == then / STATUS_CLASS
                        ? row(Replay.Verdict.FIXED, places(of, Set.of()))
                        : Replay.notAsked(
                                kept,
                                "both sides answer "
                                        + now
                                        + " now, and the old one answered "
                                        + then
                                        + " then");
            }
            case Comparison.Different different -> {
                Set<dev.carve.carving.compare.Place> now = new LinkedHashSet<>();
                different.differences().forEach(each -> now.add(each.place()));
                boolean differs = now.stream().anyMatch(carve.findings()::isSuspect);
                yield row(
                        differs || different.more() > 0
                                ? Replay.Verdict.DIFFERENT
                                : Replay.Verdict.FIXED,
                        places(of, now));
            }
        };
    }

    private Replay.Row row(Replay.Verdict verdict, List<Replay.Place> places) {
        return new Replay.Row(
                kept.id(), kept.at(), kept.method(), kept.target(), verdict, "", places);
    }

    /** Where it differed before, and where it differs now. */
    private List<Replay.Place> places(
            Observation of, Set<dev.carve.carving.compare.Place> differing) {
        List<Replay.Place> places = new ArrayList<>();
        Set<String> still = new LinkedHashSet<>();
        if (!differing.isEmpty()) {
            Answer old = shown(of.oldAnswer());
            Answer fresh = shown(of.newAnswer());
            for (dev.carve.carving.compare.Place each : differing) {
                String path = each.toString();
                still.add(path);
                Excerpt.Pair pair = Excerpt.of(each, old, fresh);
                places.add(
                        new Replay.Place(
                                path,
                                verdict(each, path),
                                pair == null ? null : pair.old(),
                                pair == null ? null : pair.fresh()));
            }
        }
        for (String each : before.paths()) {
            if (!still.contains(each)) {
                places.add(new Replay.Place(each, "fixed", null, null));
            }
        }
        return places;
    }

    private String verdict(dev.carve.carving.compare.Place place, String path) {
        if (!carve.findings().isSuspect(place)) {
            return "noise";
        }
        return before.paths().contains(path) ? "different" : "new";
    }

    /** An answer as people may see it: without coding and without secrets. */
    private Answer shown(Capture of) {
        List<Field> fields = Keeper.fields(of.head());
        byte[] plain =
                Excerpt.decoded(
                        new Answer(
                                of.status(),
                                SavedFields.of(fields),
                                of.body(),
                                0,
                                of.length(),
                                true));
        fields.removeIf(each -> each.name().equalsIgnoreCase("content-encoding"));
        SavedAnswer answer =
                carve.redactor()
                        .answer(
                                new SavedAnswer(
                                        of.status(),
                                        fields,
                                        plain == null ? SavedBody.EMPTY : SavedBody.of(plain)));
        return SavedFields.answer(answer);
    }
}
