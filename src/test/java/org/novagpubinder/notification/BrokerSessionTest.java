package org.novagpubinder.notification;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ChannelContinuationTimeoutException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Consumer;
import com.rabbitmq.client.ShutdownListener;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.novagpubinder.config.TestConfig;
import org.novagpubinder.notification.SubscriptionState.Kind;
import org.novagpubinder.notification.amqp.Inbound;
import org.novagpubinder.notification.amqp.QueueSource;
import org.novagpubinder.notification.amqp.SetupException;
import org.novagpubinder.notification.decode.NotificationDecoder;

/** How often a session asks the broker for what is not there: the broker writes a line for each such question. */
class BrokerSessionTest {
    private static final int LOOPS = 3;
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Timings TIMINGS =
            new Timings(NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, Duration.ZERO);

    private final Semaphore wake = new Semaphore(0);
    private final Connection connection = connection();
    private final Queue info = new Queue("info", true, true);
    private final Queue error = new Queue("error", false, false);
    private final NotificationCounters counters = new NotificationCounters();
    private boolean underway;
    private int losses;
    private int aborted;
    private final List<SubscriptionState> states = new ArrayList<>();
    /** After so many looks the broker ends the first queue's consumer; negative: never. */
    private int lostAfter = -1;

    private @Nullable Consumer consumer;

    @Test
    void aRefusedQueueIsNoLossThatIsLookedAtAtOnce() throws Exception {
        QueueConsumer missing = consumer(error);
        try {
            missing.attach(connection);
        } catch (SetupException e) {
            missing.detach();
        }
        assertThat(error.asked).isOne();
        assertThat(losses).isZero();

        QueueConsumer there = consumer(info);
        there.attach(connection);
        assertThat(losses).isZero();
        there.detach();
        assertThat(losses).isOne();
    }

    /**
     * A broker that does not answer for a queue, for the queue's node is down, takes no end of the channel either: another
     * channel of the same number would cost the whole connection ("second 'channel.open' seen").
     */
    @Test
    void aChannelOnWhichTheBrokerDoesNotAnswerIsLeftToIt() throws Exception {
        info.silent = true;
        run();
        assertThat(info.asked).isEqualTo(LOOPS);
        assertThat(aborted)
                .as("both ends of the one of the queue that is not there")
                .isEqualTo(2);
        assertThat(states).allSatisfy(state -> assertThat(state.detail()).contains("the broker does not answer"));
    }

    @Test
    void aQueueThatMayNeverBeThereIsAskedForOnceWhileNothingAnnouncesIt() throws Exception {
        run();
        assertThat(info.asked).isEqualTo(LOOPS);
        assertThat(error.asked).isOne();
    }

    @Test
    void itIsAskedForEachTimeWhileNovaIsAtSomethingThatMayFail() throws Exception {
        underway = true;
        run();
        assertThat(error.asked).isEqualTo(info.asked).isEqualTo(LOOPS);
    }

    /** What stood in a queue that was deleted is lost: whoever hears the states looks for it. */
    @Test
    void aQueueThatWasLostAndIsThereAgainAtOnceIsTold() throws Exception {
        lostAfter = 1;
        run();
        assertThat(states)
                .extracting(SubscriptionState::kind)
                .containsExactly(Kind.SUBSCRIBED, Kind.WAITING, Kind.SUBSCRIBED);
        assertThat(states.get(1).detail()).contains("queue 'info' was lost", "deleted");
    }

    /** It is looked for seldom: until then that it was lost is no news. */
    @Test
    void theLossOfAQueueThatMayNeverComeBackIsToldOnce() throws Exception {
        error.there = true;
        lostAfter = 1;
        run();
        assertThat(info.asked).isEqualTo(LOOPS);
        assertThat(states)
                .extracting(SubscriptionState::kind)
                .containsExactly(Kind.SUBSCRIBED, Kind.WAITING, Kind.SUBSCRIBED);
        assertThat(states.get(1).detail()).contains("queue 'error' was lost");
    }

    /** What it held may be gone, as it is if its node has lost power: RabbitMQ says nothing then for a minute. */
    @Test
    void aQueueThatMayNeverBeThereAndDidNotAnswerForAWhileIsTold() throws Exception {
        underway = true;
        error.there = true;
        error.silentAt = 2;
        run();
        assertThat(states)
                .extracting(SubscriptionState::kind)
                .containsExactly(Kind.SUBSCRIBED, Kind.SUBSCRIBED, Kind.IDLE, Kind.SUBSCRIBED);
        assertThat(states.get(1).detail()).contains("info").doesNotContain("error");
        assertThat(states.get(2).detail()).contains("a queue that was lost is read again");
    }

    /** Such as a missing permission to read, which shows only then. */
    @Test
    void whyTheBrokerRefusesAConsumerIsTold() throws Exception {
        info.refusal = "ACCESS_REFUSED - read access to queue 'info' refused";
        run();
        assertThat(states).isNotEmpty().allSatisfy(state -> assertThat(state.detail())
                .contains("ACCESS_REFUSED - read access"));
    }

    /** Else a queue that was long before a loss would seem to be so as long as the broker is away. */
    @Test
    void afterASessionNobodyKnowsHowManyMessagesWait() throws Exception {
        run();
        assertThat(info.asked).isPositive();
        assertThat(counters.waiting()).isEmpty();
    }

    private void run() throws InterruptedException {
        new BrokerSession(
                        "broker",
                        connection,
                        List.of(consumer(info), consumer(error)),
                        () -> underway,
                        TIMINGS,
                        wake,
                        () -> {
                            // as a loss does
                            wake.release();
                            if (info.asked == lostAfter) {
                                lostAfter = -1;
                                cancel();
                            }
                            return info.asked >= LOOPS;
                        },
                        new FormerQueue(TestConfig.of().broker()),
                        new SubscriptionStates(Set.of(states::add), InstantSource.system()))
                .run();
    }

    private void cancel() {
        try {
            Objects.requireNonNull(consumer).handleCancel("tag");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private QueueConsumer consumer(Queue queue) {
        DeliveryHandler deliveries = new DeliveryHandler(
                "host",
                new NotificationDecoder(),
                (event, ack) -> ack.done(),
                counters,
                InstantSource.system(),
                new MessagesInHand(null));
        return new QueueConsumer(queue, 1, deliveries, new Inbound(), Runnable::run, () -> losses++);
    }

    private static final class Queue implements QueueSource {
        private final String name;
        private final boolean needed;
        private boolean there;
        private int asked;
        private boolean silent;
        /** Does not answer this question; 0 for none. */
        private int silentAt;

        @Nullable
        private String refusal;

        Queue(String name, boolean needed, boolean there) {
            this.name = name;
            this.needed = needed;
            this.there = there;
        }

        @Override
        public String queue() {
            return name;
        }

        @Override
        public boolean needed() {
            return needed;
        }

        @Override
        public int prepare(Channel channel) throws SetupException, IOException {
            asked++;
            if (silent || asked == silentAt) {
                throw new ChannelContinuationTimeoutException(null, null, 1, null);
            }
            if (refusal != null) {
                throw new IOException(new ShutdownSignalException(
                        false,
                        false,
                        new AMQP.Channel.Close.Builder()
                                .replyCode(AMQP.ACCESS_REFUSED)
                                .replyText(refusal)
                                .classId(60)
                                .methodId(20)
                                .build(),
                        null));
            }
            if (!there) {
                channel.abort();
                throw SetupException.notYet("no queue " + name);
            }
            return 0;
        }
    }

    private Connection connection() {
        return fake(
                Connection.class, Map.of("isOpen", (self, args) -> true, "createChannel", (self, args) -> channel()));
    }

    /** One whose end the listeners hear, also those that come after it, as the client has it. */
    private Channel channel() {
        List<ShutdownListener> listeners = new ArrayList<>();
        boolean[] closed = {false};
        ShutdownSignalException cause = new ShutdownSignalException(false, false, null, null);
        return fake(
                Channel.class,
                Map.of(
                        "isOpen", (self, args) -> !closed[0],
                        "getChannelNumber", (self, args) -> 1,
                        "basicConsume",
                                (self, args) -> {
                                    consumer = (Consumer) args[2];
                                    return "tag";
                                },
                        "basicQos", (self, args) -> "",
                        "addShutdownListener",
                                (self, args) -> {
                                    ShutdownListener listener = (ShutdownListener) args[0];
                                    listeners.add(listener);
                                    if (closed[0]) {
                                        listener.shutdownCompleted(cause);
                                    }
                                    return "";
                                },
                        "abort",
                                (self, args) -> {
                                    aborted++;
                                    if (!closed[0]) {
                                        closed[0] = true;
                                        listeners.forEach(l -> l.shutdownCompleted(cause));
                                    }
                                    return "";
                                }));
    }

    private static <T> T fake(Class<T> type, Map<String, BiFunction<Object, Object[], Object>> methods) {
        Object proxy = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            BiFunction<Object, Object[], Object> does = methods.get(method.getName());
            Object result = does == null ? null : does.apply(self, args);
            return method.getReturnType() == void.class ? null : result;
        });
        return type.cast(proxy);
    }
}
