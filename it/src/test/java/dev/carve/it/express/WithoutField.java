package dev.carve.it.express;

import dev.carve.gateway.Call;
import dev.carve.gateway.route.RouteResult;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Service;
import dev.carve.http.BodySource;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import dev.carve.http.Loop;
import dev.carve.http.Peer;
import org.jspecify.annotations.Nullable;

/** A call that leaves without one field of its head, named in lower case. Its call's loop only. */
final class WithoutField implements Call {

    private final Call call;
    private final byte[] field;

    WithoutField(Call call, byte[] field) {
        this.call = call;
        this.field = field;
    }

    @Override
    public void edit(HeadEdits edits) {
        call.edit(edits);
        edits.drop(call.head(), field);
    }

    @Override
    public Loop loop() {
        return call.loop();
    }

    @Override
    public Head head() {
        return call.head();
    }

    @Override
    public @Nullable BodySource body() {
        return call.body();
    }

    @Override
    public boolean isBodyTaken() {
        return call.isBodyTaken();
    }

    @Override
    public boolean namesFields() {
        return call.namesFields();
    }

    @Override
    public boolean wantsUpgrade() {
        return call.wantsUpgrade();
    }

    @Override
    public long deadlineNanos() {
        return call.deadlineNanos();
    }

    @Override
    public boolean isImpatient() {
        return call.isImpatient();
    }

    @Override
    public boolean isRepeatable() {
        return call.isRepeatable();
    }

    @Override
    public boolean isSafe() {
        return call.isSafe();
    }

    @Override
    public RouteResult<?> match() {
        return call.match();
    }

    @Override
    public void attempted(Service service, @Nullable Instance instance, int number) {
        call.attempted(service, instance, number);
    }

    @Override
    public @Nullable Peer peer() {
        return call.peer();
    }

    @Override
    public void addToAnswer(byte[] line) {
        call.addToAnswer(line);
    }

    @Override
    public void connected(long nanos) {
        call.connected(nanos);
    }
}
