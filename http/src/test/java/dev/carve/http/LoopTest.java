package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.runtime.Clock;
import dev.carve.testkit.Await;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LoopTest {

    @Test
    void whatComesAfterATurnComesAfterAllThatWaitedToBeExecuted() {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(1);
        try (Loops loops = Loops.start(Transport.preferred(), 1, Clock.system())) {
            Loop loop = loops.all().getFirst();
            loop.execute(() -> {
                loop.executeAfterTurn(() -> {
                    order.add("after");
                    loop.executeAfterTurn(() -> order.add("after that"));
                    throw new IllegalStateException("a fault that the others survive");
                });
                loop.executeAfterTurn(() -> {
                    order.add("after too");
                    loop.execute(done::countDown);
                });
                loop.execute(() -> order.add("executed"));
            });
            Await.until("the next turn", () -> done.getCount() == 0);
        }
        assertThat(order).containsExactly("executed", "after", "after too", "after that");
    }
}
