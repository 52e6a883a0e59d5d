package dev.carve.carving;

import dev.carve.carving.compare.Answer;
import dev.carve.carving.compare.Excerpt;
import dev.carve.carving.compare.Place;
import dev.carve.carving.guard.Finding;
import dev.carve.carving.guard.Judgement;
import dev.carve.carving.keep.Difference;
import dev.carve.carving.keep.Keep;
import dev.carve.carving.keep.KeptDifference;
import dev.carve.carving.keep.LedgerEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a carve, for someone who has to decide: what its status tells, the whole
 * ledger, the rules, and of each place the latest kept example. Stateless; virtual threads, which
 * wait for the store, but not for long.
 */
final class Evidence {

    private static final Duration STORE = Duration.ofSeconds(5);
    private static final int LEDGER_MAX = 100;
    private static final int KEPT_MAX = 200;
    private static final int EXAMPLES_MAX = 10;

    private Evidence() {}

    static Map<String, Object> of(Carves carves, Carve carve) {
        Map<String, Object> tree = new LinkedHashMap<>(CarveStatus.of(carve));
        Sides sides = carve.sides();
        tree.put("match", sides == null ? "" : sides.match().toString());
        tree.put("old_side", sides == null ? "" : sides.oldName());
        tree.put("new_side", sides == null ? "" : sides.newName());
        tree.put("asked_at", carves.now());
        tree.put("mirror", carve.settings().mirror().toString());
        tree.put("noise", carve.settings().noise().toString());
        tree.put("writes", carve.settings().writes());
        tree.put("same", carve.findings().same());
        tree.put("noisy", carve.findings().noisy());
        tree.put("uncomparable", carve.findings().skipped());
        tree.put("rules", carve.settings().compare());
        Judgement judged = carve.judgement();
        tree.put(
                "findings",
                judged == null
                        ? List.of()
                        : judged.findings().stream().map(Evidence::row).toList());
        Keep keep = carves.keep();
        String unkept = keep == null ? "there is no store" : kept(keep, carve, tree);
        tree.put("not_kept", unkept);
        return tree;
    }

    private static Map<String, Object> row(Finding of) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("measure", of.measure().text());
        row.put("verdict", of.verdict().text());
        row.put("binding", of.binding());
        row.put("confidence", of.confidence());
        row.put("old", of.oldFigure());
        row.put("new", of.newFigure());
        row.put("text", of.text());
        return row;
    }

    /** What the store adds; why it does not, if so. */
    private static String kept(Keep keep, Carve carve, Map<String, Object> tree) {
        try {
            List<LedgerEntry> ledger = await(keep.ledger().latest(carve.route(), LEDGER_MAX));
            tree.put("ledger", ledger.stream().map(Evidence::row).toList());
            tree.put("examples", examples(keep, carve));
            return "";
        } catch (ExecutionException | TimeoutException unreachable) {
            return "the store does not answer";
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private static <T> T await(CompletableFuture<T> kept)
            throws InterruptedException, ExecutionException, TimeoutException {
        return kept.get(STORE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Map<String, Object> row(LedgerEntry of) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("at", of.at());
        row.put("by", of.by());
        row.put("from", of.from());
        row.put("to", of.to());
        row.put("reason", of.reason());
        return row;
    }

    // Examples.

    /** The latest of each place that none before it has shown. */
    private static List<Map<String, Object>> examples(Keep keep, Carve carve)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<Map<String, Object>> examples = new ArrayList<>();
        Set<String> shown = new HashSet<>();
        for (KeptDifference each : await(keep.differences().list(carve.route(), KEPT_MAX))) {
            if (examples.size() == EXAMPLES_MAX) {
                break;
            }
            if (!each.carve().equals(carve.id()) || !shown.addAll(each.paths())) {
                continue;
            }
            Optional<Difference> whole = await(keep.differences().get(each.id()));
            whole.ifPresent(difference -> examples.add(example(difference)));
        }
        return examples;
    }

    private static Map<String, Object> example(Difference of) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("at", of.at());
        row.put("method", of.request().method());
        row.put("target", of.request().target());
        row.put("old_status", of.oldAnswer().status());
        row.put("new_status", of.newAnswer().status());
        Answer old = SavedFields.answer(of.oldAnswer());
        Answer fresh = SavedFields.answer(of.newAnswer());
        List<Map<String, @Nullable Object>> places = new ArrayList<>();
        for (String path : of.paths()) {
            places.add(place(path, old, fresh));
        }
        row.put("places", places);
        return row;
    }

    private static Map<String, @Nullable Object> place(String path, Answer old, Answer fresh) {
        Place place = Place.parse(path);
        Excerpt.@Nullable Pair pair = place == null ? null : Excerpt.of(place, old, fresh);
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("place", path);
        row.put("shown", pair != null);
        row.put("old", pair == null ? null : pair.old());
        row.put("new", pair == null ? null : pair.fresh());
        return row;
    }
}
