package org.novagpubinder.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** Nobody wants to read the log of a thousand daemons that are killed: neither their lines nor their threads' ends. */
public final class Quiet implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("org.novagpubinder");
    private final Level before = logger.getLevel();

    /** Quiet from now on until closed. */
    public Quiet() {
        logger.setLevel(Level.OFF);
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
            if (!CallPoints.isKill(e)) {
                e.printStackTrace();
            }
        });
    }

    @Override
    public void close() {
        logger.setLevel(before);
        Thread.setDefaultUncaughtExceptionHandler(null);
    }
}
