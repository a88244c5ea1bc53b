package org.novagpubinder.observability;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;

/**
 * How events are logged until {@link Logs} says otherwise: one line each on stderr. logback finds it by its service file; the
 * same as an XML file would take a twentieth of a start's CPU time.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
    static final String STDERR = "stderr";

    /** Names that tenants and operators have chosen must neither break a line nor steer a terminal. */
    static final String MESSAGE = "%replace(%msg){'[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]', '?'}%n"
            + "%replace(%rEx{short}){'[\\p{Cc}\\p{Cf}&&[^\\n\\t]]', '?'}";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        PatternLayoutEncoder line = new PatternLayoutEncoder();
        line.setContext(context);
        line.setCharset(StandardCharsets.UTF_8);
        line.setPattern("%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %logger{0} " + MESSAGE);
        line.start();
        ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
        stderr.setContext(context);
        stderr.setName(STDERR);
        stderr.setTarget("System.err");
        stderr.setEncoder(line);
        stderr.start();
        // it logs each failed TLS handshake with a stack trace; the subscription says the same in one line
        context.getLogger("com.rabbitmq.client.impl.SocketFrameHandler").setLevel(Level.OFF);
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(stderr);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
