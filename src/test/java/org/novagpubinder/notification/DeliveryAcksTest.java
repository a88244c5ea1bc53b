package org.novagpubinder.notification;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DeliveryAcksTest {
    private static final int PREFETCH = 40;

    private final List<String> sent = new ArrayList<>();
    private final List<Runnable> due = new ArrayList<>();
    private boolean moreWait;
    private boolean lost;

    private final DeliveryAcks acks = new DeliveryAcks(
            (Channel) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Channel.class}, (self, method, arguments) -> {
                        if (lost) {
                            throw new IOException("connection reset");
                        }
                        sent.add(arguments[0] + ((boolean) arguments[1] ? " and before" : ""));
                        return null;
                    }),
            PREFETCH,
            () -> moreWait,
            soon -> due.add(soon));

    private List<Acknowledgement> arrive(int messages) {
        return LongStream.rangeClosed(1, messages).mapToObj(acks::arrived).toList();
    }

    @Test
    void aSingleMessageIsAcknowledgedAtOnce() {
        arrive(1).get(0).done();

        assertThat(sent).containsExactly("1 and before");
        assertThat(acks.outstanding()).isZero();
    }

    @Test
    void whileMoreWaitTheAcknowledgementsGoTogether() {
        List<Acknowledgement> messages = arrive(3);
        moreWait = true;
        messages.get(0).done();
        messages.get(1).done();
        assertThat(sent).isEmpty();

        moreWait = false;
        messages.get(2).done();

        assertThat(sent).containsExactly("3 and before");
    }

    @Test
    void ofManyNoneWaitsAnyLonger() {
        List<Acknowledgement> messages = arrive(DeliveryAcks.MOST);
        moreWait = true;

        messages.forEach(Acknowledgement::done);

        assertThat(sent).containsExactly(DeliveryAcks.MOST + " and before");
    }

    @Test
    void anEventThatIsStillHandledIsNotAcknowledgedByOthersBehindIt() {
        List<Acknowledgement> messages = arrive(4);
        moreWait = true;
        messages.get(0).done();
        messages.get(2).done();
        moreWait = false;

        messages.get(3).done();

        assertThat(sent).containsExactly("1 and before", "3", "4");
        assertThat(acks.outstanding()).isEqualTo(1);
        messages.get(1).done();
        assertThat(sent).endsWith("2 and before");
    }

    @Test
    void whatIsDoneIsAcknowledgedWhenTheLastOneInTheProcessIsHandedOn() {
        List<Acknowledgement> messages = arrive(2);
        moreWait = true;
        messages.get(0).done();
        moreWait = false;

        acks.settle();

        assertThat(sent).containsExactly("1 and before");
        assertThat(acks.outstanding()).isEqualTo(1);
    }

    @Test
    void anEventIsAcknowledgedOnce() {
        Acknowledgement message = arrive(1).get(0);

        message.done();
        message.done();

        assertThat(sent).hasSize(1);
    }

    @Test
    void otherHostsMessagesWaitForOthersButNotForEver() {
        acks.passed(1);
        acks.passed(2);
        assertThat(sent).isEmpty();
        assertThat(acks.outstanding()).isPositive();
        assertThat(due).hasSize(1);

        due.remove(0).run();
        assertThat(sent).containsExactly("2 and before");
        assertThat(acks.outstanding()).isZero();

        acks.passed(3);
        assertThat(due).as("the next one waits no longer").hasSize(1);
    }

    @Test
    void ofManyMessagesOfOtherHostsNoneWaitsAnyLonger() {
        LongStream.rangeClosed(1, DeliveryAcks.MOST).forEach(acks::passed);

        assertThat(sent).containsExactly(DeliveryAcks.MOST + " and before");
    }

    /** What the broker does not send before they are acknowledged must not wait for half a second each time. */
    @Test
    void whereTheBrokerWouldSendNoMoreNoneWaitsAnyLonger() {
        List<Acknowledgement> handled = arrive(PREFETCH - 2);
        acks.passed(PREFETCH - 1);
        assertThat(sent).isEmpty();

        acks.passed(PREFETCH);
        assertThat(sent).containsExactly(String.valueOf(PREFETCH - 1), String.valueOf(PREFETCH));
        assertThat(acks.outstanding()).isEqualTo(handled.size());
    }

    @Test
    void otherHostsMessagesAreAcknowledgedWithOneOfOursButNotOneThatIsStillHandled() {
        acks.passed(1);
        Acknowledgement ours = acks.arrived(2);
        acks.passed(3);
        due.remove(0).run();
        assertThat(sent).containsExactly("1 and before", "3");

        acks.passed(4);
        ours.done();
        assertThat(sent).containsExactly("1 and before", "3", "4 and before");
        assertThat(acks.outstanding()).isZero();
    }

    @Test
    void ofALostConnectionNothingIsOutstanding() {
        acks.passed(1);
        lost = true;

        arrive(2).forEach(Acknowledgement::done);

        assertThat(acks.outstanding()).isZero();
    }
}
