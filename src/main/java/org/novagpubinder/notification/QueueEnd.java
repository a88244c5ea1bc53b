package org.novagpubinder.notification;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Command;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.novagpubinder.notification.amqp.Inbound;

/**
 * Whether all has been read that a queue held when it was asked. The question goes over the channel on which the queue's
 * messages come: RabbitMQ answers in order there, so what it has sent before an answer has arrived before it.
 *
 * @param channel on which the queue is consumed
 * @param counts of that channel
 * @param asked the channel's one permit to ask
 */
record QueueEnd(Channel channel, String queue, Inbound inbound, Inbound.Counts counts, Semaphore asked) {
    private static final int UNKNOWN = -1;
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /**
     * Waits for that. Messages that come after the question are not waited for: of a queue that is never empty the end that
     * it had at first is reached all the same.
     *
     * @param until by {@link System#nanoTime}
     * @return false if it was not reached by then, or cannot be known
     */
    boolean reached(long until) throws InterruptedException {
        long end = Long.MAX_VALUE;
        try {
            while (true) {
                int waiting = waiting(until);
                // RabbitMQ's channel answers the first question before it sends what the queue has just given it
                boolean known = waiting(until) != UNKNOWN && waiting != UNKNOWN;
                end = known ? Math.min(end, inbound.sentOn(counts) + waiting) : end;
                long pause = Math.min(until, System.nanoTime() + AGAIN_NANOS);
                if (inbound.awaitRead(counts, end, pause)) {
                    return true;
                }
                if (System.nanoTime() >= until) {
                    return false;
                }
            }
        } catch (AlreadyClosedException | IOException | ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /** How many messages wait in the queue; {@link #UNKNOWN} if they are not all that we have not got. */
    private int waiting(long until) throws IOException, InterruptedException, ExecutionException, TimeoutException {
        AMQP.Queue.Declare question =
                new AMQP.Queue.Declare.Builder().queue(queue).passive(true).build();
        if (!asked.tryAcquire(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException("an earlier question is not answered");
        }
        // the client lets a second one wait for the first without a limit (AMQChannel.doEnqueueRpc)
        CompletableFuture<Command> coming = channel.asyncCompletableRpc(question);
        var unused = coming.whenComplete((answer, failure) -> asked.release());
        Command answer = coming.get(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        AMQP.Queue.DeclareOk now = (AMQP.Queue.DeclareOk) answer.getMethod();
        // another consumer has got some of them; and where a quorum queue's leader does not answer RabbitMQ says that
        // it
        // has neither messages nor consumers (rabbit_quorum_queue.erl, stat)
        return now.getConsumerCount() == 1 ? now.getMessageCount() : UNKNOWN;
    }
}
