package org.novagpubinder.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Nobody wants to read the log of a thousand daemons that are killed: neither their lines nor their threads' ends. */
public final class Quiet implements AutoCloseable {
    private static final String ALL = "org.novagpubinder";

    private final Logger logger = (Logger) LoggerFactory.getLogger(ALL);
    private final Level before = logger.getLevel();
    private final LogLines lines = LogLines.of(ALL);

    /** Quiet from now on until closed. */
    public Quiet() {
        this(Level.OFF);
    }

    private Quiet(Level level) {
        logger.setLevel(level);
        logger.setAdditive(false);
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
            if (!CallPoints.isKill(e)) {
                e.printStackTrace();
            }
        });
    }

    /** The same, but warnings and errors are kept for {@link #lines}. */
    public static Quiet butWarnings() {
        return new Quiet(Level.WARN);
    }

    /** Warnings and errors so far. */
    public List<String> lines() {
        return lines.lines();
    }

    /** Forgets them. */
    public void clear() {
        lines.clear();
    }

    @Override
    public void close() {
        lines.close();
        logger.setLevel(before);
        logger.setAdditive(true);
        Thread.setDefaultUncaughtExceptionHandler(null);
    }
}
