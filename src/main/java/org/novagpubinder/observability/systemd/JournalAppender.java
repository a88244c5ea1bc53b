package org.novagpubinder.observability.systemd;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.Layout;
import java.io.IOException;

/**
 * Sends log events to journald, each value that a program may look for as a field of its own: INSTANCE, DOMAIN, OUTCOME,
 * REASONS, REQUEST_ID …; what cannot be sent goes to stderr, which is journald's too.
 */
public final class JournalAppender extends AppenderBase<ILoggingEvent> {
    private static final String IDENTIFIER = "nova-gpu-binder";

    private final String socket;
    private final Layout<ILoggingEvent> message;
    private final Appender<ILoggingEvent> otherwise;

    /**
     * An appender that is not started yet.
     *
     * @param socket journald's, /run/systemd/journal/socket
     * @param message makes MESSAGE
     * @param otherwise where events go that cannot be sent
     */
    public JournalAppender(String socket, Layout<ILoggingEvent> message, Appender<ILoggingEvent> otherwise) {
        this.socket = socket;
        this.message = message;
        this.otherwise = otherwise;
    }

    @Override
    protected void append(ILoggingEvent event) {
        try {
            UnixDatagram.send(socket, entry(event).bytes());
        } catch (IOException e) {
            otherwise.doAppend(event);
        }
    }

    private JournalEntry entry(ILoggingEvent event) {
        JournalEntry entry = new JournalEntry()
                .field("priority", Integer.toString(priority(event.getLevel())))
                .field("syslog_identifier", IDENTIFIER)
                .field("logger", event.getLoggerName())
                .field("thread_name", event.getThreadName());
        event.getMDCPropertyMap().forEach(entry::field);
        if (event.getKeyValuePairs() != null) {
            event.getKeyValuePairs().forEach(pair -> entry.field(pair.key, String.valueOf(pair.value)));
        }
        // the last: it is the one that may be long
        return entry.field("message", message.doLayout(event).strip());
    }

    /** syslog(3). */
    private static int priority(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> 3;
            case Level.WARN_INT -> 4;
            case Level.INFO_INT -> 6;
            default -> 7;
        };
    }
}
