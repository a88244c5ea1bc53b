package org.novagpubinder.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.observability.systemd.JournalEntry;
import org.slf4j.Logger;
import org.slf4j.MDC;

/** The log as it is configured, on stderr and with a datagram socket in journald's place. */
class LogsTest {
    interface LibC extends Library {
        LibC INSTANCE = Native.load("c", LibC.class);

        int socket(int domain, int type, int protocol);

        int bind(int fd, Memory address, int length);

        int recv(int fd, Memory buffer, int length, int flags);

        int pipe(int[] both);

        int read(int fd, byte[] bytes, int most);

        int close(int fd);
    }

    @TempDir
    Path directory;

    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final LoggerContext context = new LoggerContext();
    private Logger logger;
    private String socket;
    private int journal;

    @BeforeEach
    void configured() throws Exception {
        context.setMDCAdapter(MDC.getMDCAdapter());
        new LogSetup().configure(context);
        OutputStreamAppender<ILoggingEvent> appender = (OutputStreamAppender<ILoggingEvent>)
                context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr");
        appender.setOutputStream(stderr);
        context.start();
        logger = context.getLogger("org.novagpubinder.binding.daemon.DecisionLog");
        socket = directory.resolve("socket").toString();
        byte[] name = socket.getBytes(StandardCharsets.UTF_8);
        Memory address = new Memory(110);
        address.clear();
        address.setShort(0, (short) 1);
        address.write(2, name, 0, name.length);
        journal = LibC.INSTANCE.socket(1, 2, 0);
        assertThat(LibC.INSTANCE.bind(journal, address, 2 + name.length + 1)).isZero();
    }

    @AfterEach
    void stop() {
        LibC.INSTANCE.close(journal);
        MDC.clear();
        context.stop();
    }

    private String journaled() {
        Memory buffer = new Memory(100_000);
        int dontWait = 0x40;
        int length = LibC.INSTANCE.recv(journal, buffer, 100_000, dontWait);
        assertThat(length).as("received").isNotNegative();
        return new String(buffer.getByteArray(0, length), StandardCharsets.UTF_8);
    }

    private String printed() {
        return stderr.toString(StandardCharsets.UTF_8);
    }

    @Test
    void onATerminalALineHasTimeLevelAndClass() {
        logger.warn("instance {}: misaligned", 7);

        assertThat(printed()).matches("\\d{4}-\\d\\d-\\d\\d [0-9:.]{12} WARN  DecisionLog instance 7: misaligned\n");
    }

    @Test
    void whatATenantNamedCanNeitherBreakALineNorSteerATerminal() {
        logger.info("domain {}", "x\nERROR all is lost\u001b[2J\u202e\u2028y");

        assertThat(printed()).endsWith("DecisionLog domain x?ERROR all is lost?[2J??y\n");
    }

    @Test
    void aDefectKeepsTheLinesOfItsStackButNotTheControlsOfItsMessage() {
        logger.error("failed", new IllegalStateException("a\u001b[31mb"));

        assertThat(printed())
                .contains("IllegalStateException: a?[31mb\n")
                .contains("\tat org.novagpubinder.observability.LogsTest");
    }

    @Test
    void inTheJournalEachValueIsAFieldOfItsOwn() {
        Logs.toJournal(context, socket);
        MDC.put("instance", "5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11");
        MDC.put("request_id", "req-1");

        logger.atWarn()
                .addKeyValue("domain", "instance-00000001")
                .addKeyValue("took_ms", 12)
                .log("instance 5b0d: deferred");

        assertThat(journaled().split("\n"))
                .contains(
                        "PRIORITY=4",
                        "SYSLOG_IDENTIFIER=nova-gpu-binder",
                        "LOGGER=org.novagpubinder.binding.daemon.DecisionLog",
                        "INSTANCE=5b0d1a9e-9a35-4c49-8e7c-2ac14dcb7d11",
                        "REQUEST_ID=req-1",
                        "DOMAIN=instance-00000001",
                        "TOOK_MS=12",
                        "MESSAGE=instance 5b0d: deferred");
        assertThat(printed()).isEmpty();
    }

    @Test
    void aValueOfATenantCannotMakeUpAFieldOfTheJournal() {
        Logs.toJournal(context, socket);

        logger.atInfo().addKeyValue("domain", "x\nPRIORITY=0\nMESSAGE=forged").log("a line");

        // journald takes a value of several lines by its length: 8 bytes, the first of them tells it here
        assertThat(journaled()).contains("DOMAIN\n" + (char) 27 + "\0\0\0\0\0\0\0x\nPRIORITY=0\nMESSAGE=forged\n");
    }

    @Test
    void aVeryLongMessageIsCut() {
        Logs.toJournal(context, socket);

        logger.info("y".repeat(90_000));

        assertThat(journaled())
                .hasSizeLessThan(JournalEntry.MOST_BYTES + 100)
                .contains("PRIORITY=6")
                .endsWith("yyy\n");
    }

    @Test
    void withTheJournalGoneTheLineGoesToStderr() throws IOException {
        Logs.toJournal(context, directory.resolve("nobody").toString());

        logger.error("heard all the same");

        assertThat(printed()).contains("heard all the same");
    }

    @Test
    void aJournalThatDoesNotReadHoldsUpNobodyAndIsToldWhatItHasMissed() throws Exception {
        Logs.toJournal(context, socket);
        int most;
        try (InputStream length = Files.newInputStream(Path.of("/proc/sys/net/unix/max_dgram_qlen"))) {
            most = Integer.parseInt(new String(length.readNBytes(20), StandardCharsets.UTF_8).strip());
        }
        int more = most + 10;

        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            for (int i = 0; i < more; i++) {
                logger.warn("line {}", i);
            }
        });

        for (int i = 0; i < most; i++) {
            assertThat(journaled()).contains("MESSAGE=line " + i + "\n");
        }
        while (LibC.INSTANCE.recv(journal, new Memory(100_000), 100_000, 0x40) >= 0) {
            // the kernel takes one more than it says
        }
        logger.warn("reads again");
        assertThat(journaled()).contains("MESSAGE=reads again");
        assertThat(journaled()).containsPattern("MESSAGE=journald has not read for a while: (9|10) lines before");
    }

    @Test
    void aStderrThatNobodyReadsHoldsUpNobody() {
        int[] pipe = new int[2];
        assertThat(LibC.INSTANCE.pipe(pipe)).isZero();
        Logs.patiently(context, pipe[1]);

        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            for (int i = 0; i < 20_000; i++) {
                logger.warn("line {}", i);
            }
        });

        String read = read(pipe[0]);
        assertThat(read).contains("DecisionLog line 0\n").doesNotContain("line 19999");
        logger.warn("reads again");
        assertThat(read(pipe[0])).containsPattern("reads again\nnobody has read this for a while: [0-9]{4,} lines");
        logger.error("failed", new IllegalStateException("x".repeat(9_000)));
        assertThat(read(pipe[0])).contains("x".repeat(9_000)).endsWith("\n");
        LibC.INSTANCE.close(pipe[0]);
        LibC.INSTANCE.close(pipe[1]);
    }

    /** What is in the pipe. */
    private static String read(int fd) {
        byte[] most = new byte[1 << 20];
        int length = LibC.INSTANCE.read(fd, most, most.length);
        return new String(most, 0, length, StandardCharsets.UTF_8);
    }

    @Test
    void onlyAStderrThatIsTheJournalsCounts() throws IOException {
        Path file = Files.createFile(directory.resolve("stderr"));

        assertThat(Logs.identity(file)).matches("[0-9]+:[0-9]+");
        assertThat(Logs.identity(directory.resolve("none"))).isEmpty();
        // the unit's stderr is a file: JOURNAL_STREAM tells another inode
        Logs.toJournal(Map.of("JOURNAL_STREAM", Logs.identity(file)));
        assertThat(((LoggerContext) org.slf4j.LoggerFactory.getILoggerFactory())
                        .getLogger(Logger.ROOT_LOGGER_NAME)
                        .getAppender("journal"))
                .isNull();
    }
}
