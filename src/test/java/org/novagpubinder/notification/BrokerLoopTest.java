package org.novagpubinder.notification;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.novagpubinder.config.TestConfig;
import org.novagpubinder.config.settings.BinderConfig.BrokerAddress;
import org.novagpubinder.config.settings.BinderConfig.BrokerConfig;
import org.novagpubinder.config.settings.Secret;
import org.novagpubinder.notification.NotificationSubscription.Renewal;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.notification.amqp.Inbound;

/** A reload beside the subscription's own attempts to connect. */
@Timeout(60)
class BrokerLoopTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Timings TIMINGS =
            new Timings(NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, Duration.ZERO);
    private static final List<BrokerAddress> OLD = List.of(address("old"));
    private static final List<BrokerAddress> NEW = List.of(address("new"));

    private final BrokerConfig config = TestConfig.of().broker();
    private final BlockingQueue<SubscriptionState> states = new LinkedBlockingQueue<>();
    private final List<String> tried = new ArrayList<>();
    private final AtomicInteger closed = new AtomicInteger();
    private BrokerLoop.Connector connector = (broker, inbound) -> connection();
    private boolean accepted;

    private final BrokerLoop loop = new BrokerLoop(
            config,
            new BrokerTurns(OLD, () -> OLD, new Random(1)),
            TIMINGS,
            new Random(1),
            new SubscriptionStates(Set.of(states::add), InstantSource.system()),
            (broker, inbound) -> {
                tried.add(broker.user());
                return connector.connect(broker, inbound);
            },
            this::session,
            brokers -> accepted);

    private final Thread thread = new Thread(loop);

    @AfterEach
    void stop() throws Exception {
        loop.stop();
        thread.join();
    }

    /** A wrong login that is reloaded while the right one is about to connect again must not end that connection. */
    @Test
    void whatNoBrokerAcceptsDoesNotEndTheConnectionThatIsBeingMade() throws Exception {
        FutureTask<Renewal> reload = duringTheAttempt(NEW);
        thread.start();

        assertThat(reload.get()).isEqualTo(Renewal.KEPT);
        assertThat(states.take().kind()).isEqualTo(Kind.SUBSCRIBED);
        assertThat(closed).hasValue(0);
        assertThat(tried).containsExactly("old");
    }

    @Test
    void whatIsAcceptedIsTakenThoughAConnectionIsBeingMade() throws Exception {
        accepted = true;
        FutureTask<Renewal> reload = duringTheAttempt(NEW);
        thread.start();

        assertThat(reload.get()).isEqualTo(Renewal.TAKEN);
        await(Kind.DISCONNECTED);
        await(Kind.SUBSCRIBED);
        assertThat(tried).containsExactly("old", "new");
    }

    @Test
    void theSameDoesNotEndTheConnectionThatIsBeingMade() throws Exception {
        FutureTask<Renewal> reload = duringTheAttempt(OLD);
        thread.start();

        assertThat(reload.get()).isEqualTo(Renewal.SAME);
        assertThat(states.take().kind()).isEqualTo(Kind.SUBSCRIBED);
        assertThat(closed).hasValue(0);
        assertThat(tried).containsExactly("old");
    }

    @Test
    void withoutAConnectionItIsTriedAtOnceWhateverABrokerSaysOfIt() throws Exception {
        connector = (broker, inbound) -> {
            throw new ConnectException("Connection refused");
        };
        thread.start();
        await(Kind.DISCONNECTED);

        connector = (broker, inbound) -> connection();
        assertThat(loop.renew(NEW)).isEqualTo(Renewal.TAKEN);
        await(Kind.SUBSCRIBED);
        assertThat(tried).containsExactly("old", "new");
    }

    /** A reload that begins when the first connection is about to be made; that goes on when the reload is done, or waits. */
    private FutureTask<Renewal> duringTheAttempt(List<BrokerAddress> now) {
        FutureTask<Renewal> reload = new FutureTask<>(() -> loop.renew(now));
        connector = (broker, inbound) -> {
            connector = (b, i) -> connection();
            Thread other = new Thread(reload);
            other.start();
            while (other.getState() != Thread.State.BLOCKED && other.getState() != Thread.State.TERMINATED) {
                Thread.onSpinWait();
            }
            return connection();
        };
        return reload;
    }

    private void await(Kind kind) throws InterruptedException {
        while (states.take().kind() != kind) {
            // what was before it
        }
    }

    /** One that reads no queue, and so is subscribed to all it wants. */
    private BrokerSession session(
            BrokerAddress broker, Connection connection, Inbound inbound, Semaphore wake, BooleanSupplier ends) {
        return new BrokerSession(
                broker.host(),
                connection,
                List.of(),
                () -> false,
                TIMINGS,
                wake,
                ends,
                new FormerQueue(config),
                new SubscriptionStates(Set.of(states::add), InstantSource.system()));
    }

    private Connection connection() {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, args) -> {
                    if (method.getName().equals("abort")) {
                        closed.incrementAndGet();
                    }
                    return method.getReturnType() == boolean.class ? true : null;
                });
    }

    private static BrokerAddress address(String user) {
        return new BrokerAddress("broker", 5672, user, new Secret("secret"));
    }
}
