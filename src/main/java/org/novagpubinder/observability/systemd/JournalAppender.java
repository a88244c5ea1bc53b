package org.novagpubinder.observability.systemd;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.Layout;
import java.io.IOException;
import java.time.Duration;

/**
 * Sends log events to journald, each value that a program may look for as a field of its own: INSTANCE, DOMAIN, OUTCOME,
 * REASONS, REQUEST_ID …; what cannot be sent goes to stderr, which is journald's too. What journald does not read is lost.
 */
public final class JournalAppender extends AppenderBase<ILoggingEvent> {
    private static final String IDENTIFIER = "nova-gpu-binder";

    /** Its queue holds hundreds of lines: what a burst of ours fills it with is read within that. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final String socket;
    private final Layout<ILoggingEvent> message;
    private final Appender<ILoggingEvent> otherwise;

    /** Lines since journald was last known to read. */
    private long lost;

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
            // one that hangs, for its disk does, must not keep a guest off whose start is to be logged
            UnixDatagram.send(socket, entry(event).bytes(), lost == 0 ? PATIENCE : Duration.ZERO);
            if (lost > 0) {
                long lines = lost;
                lost = 0;
                UnixDatagram.send(socket, gap(lines).bytes(), PATIENCE);
            }
        } catch (UnixDatagram.FullException e) {
            lost++;
        } catch (IOException e) {
            otherwise.doAppend(event);
        }
    }

    private static JournalEntry gap(long lines) {
        return begun(Level.WARN)
                .field(
                        "message",
                        "journald has not read for a while: " + lines + " lines before the last one are missing");
    }

    private static JournalEntry begun(Level level) {
        return new JournalEntry()
                .field("priority", Integer.toString(priority(level)))
                .field("syslog_identifier", IDENTIFIER);
    }

    private JournalEntry entry(ILoggingEvent event) {
        JournalEntry entry = begun(event.getLevel())
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
