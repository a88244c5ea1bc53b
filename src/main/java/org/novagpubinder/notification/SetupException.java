package org.novagpubinder.notification;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What is to be subscribed to is not there or refused; the message says what to do. The channel is closed by then. */
final class SetupException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean expected;

    SetupException(String message) {
        this(message, false);
    }

    private SetupException(String message, boolean expected) {
        super(message);
        this.expected = expected;
    }

    /** Nothing is wrong: Nova makes it with her first message. */
    static SetupException expected(String message) {
        return new SetupException(message, true);
    }

    /** Whether nothing is wrong. */
    boolean expected() {
        return expected;
    }

    /** The broker's refusal, if that is why a call failed; null if the connection did. */
    static AMQP.Channel.@Nullable Close refusal(IOException e) {
        return e.getCause() instanceof ShutdownSignalException s && s.getReason() instanceof AMQP.Channel.Close close
                ? close
                : null;
    }
}
