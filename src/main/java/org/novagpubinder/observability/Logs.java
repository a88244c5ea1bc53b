package org.novagpubinder.observability;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.novagpubinder.observability.systemd.JournalAppender;
import org.novagpubinder.observability.systemd.PatientOutput;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the log goes, and how much of it. */
public final class Logs {
    private static final String OURS = "org.novagpubinder";
    private static final String JOURNAL = "journal";
    private static final String SOCKET = "/run/systemd/journal/socket";
    private static final int STDERR_FD = 2;
    private static final Path STDERR_FILE = Path.of("/proc/self/fd/2");

    private Logs() {}

    /** Nothing of ours is logged, until {@link #debug} says otherwise: for a command whose results say it all. */
    public static void off() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(OURS).setLevel(Level.OFF);
        }
    }

    /** Whether what is done while nothing is wrong is logged as well; of our own classes, not of the libraries. */
    public static void debug(boolean on) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(OURS).setLevel(on ? Level.DEBUG : null);
        }
    }

    /**
     * From now on the log goes to journald with fields, if stderr goes there: systemd tells its device and inode in
     * JOURNAL_STREAM (systemd.exec(5)).
     */
    public static void toJournal(Map<String, String> environment) {
        String stream = environment.get("JOURNAL_STREAM");
        if (stream != null && stream.equals(identity(STDERR_FILE)) && Files.exists(Path.of(SOCKET))) {
            toJournal(LoggerFactory.getILoggerFactory(), SOCKET);
        }
    }

    /** From now on a stderr that nobody reads holds up nobody; journald never does. Needs JNA, and does nothing without. */
    public static void patiently() {
        try {
            patiently(LoggerFactory.getILoggerFactory(), STDERR_FD);
        } catch (LinkageError noJna) {
            LoggerFactory.getLogger(Logs.class).debug("a stderr that nobody reads would hold up the daemon", noJna);
        }
    }

    static void patiently(ILoggerFactory factory, int fd) {
        if (factory instanceof LoggerContext context
                && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(LogSetup.STDERR)
                        instanceof OutputStreamAppender<ILoggingEvent> stderr) {
            stderr.setOutputStream(new PatientOutput(fd));
        }
    }

    static void toJournal(ILoggerFactory factory, String socket) {
        if (!(factory instanceof LoggerContext context)) {
            return;
        }
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        Appender<ILoggingEvent> stderr = root.getAppender(LogSetup.STDERR);
        if (stderr == null) {
            return;
        }
        PatternLayout message = new PatternLayout();
        message.setContext(context);
        message.setPattern(LogSetup.MESSAGE);
        message.start();
        JournalAppender journal = new JournalAppender(socket, message, stderr);
        journal.setName(JOURNAL);
        journal.setContext(context);
        journal.start();
        root.detachAppender(stderr);
        root.addAppender(journal);
    }

    /** Device and inode, as JOURNAL_STREAM has them; empty if they cannot be told. */
    static String identity(Path file) {
        try {
            return Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino");
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }
}
