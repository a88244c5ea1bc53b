package org.novagpubinder.notification.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.Objects;

/** What is to be subscribed to is not there or refused; the message says what to do. The channel is closed by then. */
public final class SetupException extends Exception {
    /** Whether it comes by itself. */
    private final boolean expected;

    public SetupException(String message) {
        this(message, false);
    }

    private SetupException(String message, boolean expected) {
        super(message);
        this.expected = expected;
    }

    /** Nothing is wrong: what is to be subscribed to comes by itself. */
    public static SetupException notYet(String message) {
        return new SetupException(message, true);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    public boolean expected() {
        return expected;
    }

    /**
     * The broker's refusal, if that is why a call failed.
     *
     * @throws IOException the failure itself, if the connection did
     */
    public static AMQP.Channel.Close refusal(IOException e) throws IOException {
        if (e.getCause() instanceof ShutdownSignalException s && s.getReason() instanceof AMQP.Channel.Close close) {
            return close;
        }
        throw e;
    }
}
