package dev.carve.carving;

import dev.carve.carving.compare.Learnt;
import dev.carve.carving.guard.Judgement;
import dev.carve.carving.shift.LedgerEntry;
import dev.carve.carving.shift.ShiftState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The carves as operators see them. */
final class CarveStatus {

    private CarveStatus() {}

    static List<Map<String, Object>> of(Carves carves) {
        return carves.all().stream().map(CarveStatus::of).toList();
    }

    static Map<String, Object> of(Carve carve) {
        ShiftState state = carve.state();
        CarveCounts counts = carve.counts();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("route", carve.route());
        row.put("stage", state.stage().text());
        row.put("share", state.share().toString());
        row.put("since", state.since());
        row.put("waits", carve.waits());
        Judgement judged = carve.judgement();
        row.put("requests", judged == null ? 0 : judged.requests());
        row.put("figures", judged == null ? List.of() : judged.figures());
        row.put("mirrored", counts.mirrored());
        row.put("compared", carve.findings().compared());
        row.put("mismatches", carve.findings().mismatches());
        row.put("fallbacks", counts.fallbacks());
        Map<String, Object> skips = new LinkedHashMap<>();
        for (Skip each : Skip.values()) {
            long count = counts.skipped(each);
            if (count > 0) {
                skips.put(each.code(), count);
            }
        }
        row.put("skipped", skips);
        row.put("differences", carve.findings().rows());
        List<Learnt> learnt = carve.findings().learnt();
        row.put("learnt", Learnt.lines(learnt));
        row.put("learnt_rules", learnt.stream().map(CarveStatus::of).toList());
        List<Map<String, Object>> ledger = new ArrayList<>();
        for (LedgerEntry each : carve.recent()) {
            ledger.add(of(each));
        }
        row.put("ledger", ledger);
        return row;
    }

    private static Map<String, Object> of(Learnt rule) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("key", rule.key());
        row.put("value", rule.value());
        row.put("comment", rule.comment());
        return row;
    }

    private static Map<String, Object> of(LedgerEntry entry) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("at", entry.at());
        row.put("by", entry.by());
        row.put("from", text(entry.from()));
        row.put("to", text(entry.to()));
        row.put("reason", entry.reason());
        row.put("figures", entry.figures());
        return row;
    }

    static String text(ShiftState state) {
        return state.step() == ShiftState.NO_STEP
                ? state.stage().text()
                : state.stage().text() + " " + state.share();
    }
}
