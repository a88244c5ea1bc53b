package org.novagpubinder.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** The lines that an operator sees of some classes' logs, from level info on; from any thread. */
public final class LogLines implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<String> instances = new CopyOnWriteArrayList<>();
    private final List<Logger> loggers;
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.INFO)) {
                instances.add(event.getMDCPropertyMap().getOrDefault("instance", ""));
                lines.add(event.getLevel() + " " + event.getFormattedMessage());
            }
        }
    };

    private LogLines(List<Logger> loggers) {
        this.loggers = loggers;
        appender.setContext(loggers.get(0).getLoggerContext());
        appender.start();
        loggers.forEach(logger -> logger.addAppender(appender));
    }

    /** Listens to the logs of the classes of these names until closed. */
    public static LogLines of(String... classNames) {
        return new LogLines(Arrays.stream(classNames)
                .map(name -> (Logger) LoggerFactory.getLogger(name))
                .toList());
    }

    /** Level and message, in order. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** The instance by which journalctl finds each of them; empty if by none. */
    public List<String> instances() {
        return List.copyOf(instances);
    }

    /** Forgets them. */
    public void clear() {
        lines.clear();
        instances.clear();
    }

    @Override
    public void close() {
        loggers.forEach(logger -> logger.detachAppender(appender));
        appender.stop();
    }
}
