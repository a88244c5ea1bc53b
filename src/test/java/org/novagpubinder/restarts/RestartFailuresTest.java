package org.novagpubinder.restarts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.novagpubinder.host.proc.HostBoot;
import org.novagpubinder.placement.model.Reason;
import org.novagpubinder.placement.model.Reason.Code;
import org.novagpubinder.testing.LogLines;

/** The file that the daemon and the commands share, and what is done when it is not as it should be. */
class RestartFailuresTest {
    private static final UUID ONE = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final UUID TWO = UUID.fromString("00000000-0000-4000-8000-000000000002");
    private static final UUID OTHER = UUID.fromString("00000000-0000-4000-8000-000000000003");
    private static final Instant NOW = Instant.parse("2026-11-27T10:00:00Z");

    @TempDir
    Path root;

    private Path directory;
    private RestartFailures failures;

    @BeforeEach
    void host() throws IOException {
        Files.createDirectories(root.resolve("proc/sys/kernel/random"));
        directory = root.resolve("run/nova-gpu-binder");
        boot("boot-1", 10_000);
        failures = at(NOW);
    }

    private void boot(String id, long uptime) throws IOException {
        Files.writeString(root.resolve("proc/sys/kernel/random/boot_id"), id + "\n");
        Files.writeString(root.resolve("proc/uptime"), uptime + ".00 1.00\n");
    }

    /** Another process, by whose clock it is this time. */
    private RestartFailures at(Instant now) {
        return at(now, RestartFailures.PATIENCE);
    }

    private RestartFailures at(Instant now, Duration patience) {
        return new RestartFailures(directory, new HostBoot(root), Clock.fixed(now, ZoneOffset.UTC), patience);
    }

    private Path file() {
        return directory.resolve("restarts.json");
    }

    private static Code code(Reason reason) {
        return reason.code();
    }

    @Test
    void nothingIsWrittenAsLongAsNothingFails() throws Exception {
        assertThat(failures.forbids(ONE)).isEmpty();
        failures.forget(ONE);
        assertThat(failures.allow(ONE)).isEmpty();

        assertThat(directory).doesNotExist();
    }

    @Test
    void theFileIsClosedToOthers() throws Exception {
        failures.failed(ONE, "instance-1", "no TPM");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
    }

    @Test
    void whatOneProcessWritesAnotherReads() throws Exception {
        failures.failed(ONE, "instance-1", "no\nTPM");
        RestartFailures command = at(NOW.plusSeconds(60));

        assertThat(command.standing()).isEqualTo(failures.standing());
        assertThat(command.allow(ONE)).map(FailedRestart::cause).hasValue("no TPM");
        assertThat(failures.forbids(ONE)).isEmpty();
    }

    @Test
    void whatIsLeftOfAnotherBootIsNothing() throws Exception {
        failures.failed(ONE, "instance-1", "no TPM");
        failures.failed(TWO, "instance-2", "no TPM");
        boot("boot-2", 20_000);

        assertThat(failures.standing()).isEqualTo(new RestartState(List.of(), null, List.of(), null, false));
        failures.failed(OTHER, "instance-3", "no TPM");
        assertThat(failures.forbids(ONE)).as("one of this boot").isEmpty();
    }

    @Test
    void aClockThatIsSetForwardDoesNotShortenTheHour() throws Exception {
        failures.failed(ONE, "instance-1", "no TPM");
        at(NOW.plusSeconds(86_400)).failed(TWO, "instance-2", "no TPM");

        assertThat(failures.forbids(OTHER)).map(RestartFailuresTest::code).hasValue(Code.RESTARTS_SUSPENDED);
    }

    @Test
    void aClockThatIsSetBackDoesNotLengthenIt() throws Exception {
        failures.failed(ONE, "instance-1", "no TPM");
        boot("boot-1", 13_600);
        at(NOW.minusSeconds(86_400)).failed(TWO, "instance-2", "no TPM");

        assertThat(failures.forbids(OTHER)).isEmpty();
        assertThat(failures.forbids(ONE)).map(RestartFailuresTest::code).hasValue(Code.RESTART_FAILED);
    }

    @Test
    void thatOneIsReleasedDoesNotMakeTheHostForgetThatItFailed() throws Exception {
        failures.failed(ONE, "instance-1", "no TPM");
        failures.allow(ONE);
        failures.failed(ONE, "instance-1", "still no TPM");

        assertThat(failures.forbids(OTHER)).isPresent();
    }

    @Test
    void aFileThatCannotBeUnderstoodForbidsEveryRestartUntilAnOperatorHasSeenIt() throws Exception {
        failures.failed(ONE, "instance-1", "no TPM");
        for (String text : new String[] {
            "",
            "{",
            "[]",
            "{\"version\":2,\"guests\":[],\"recent\":[]}",
            Files.readString(file()).substring(0, 60)
        }) {
            Files.writeString(file(), text);
            assertThat(at(NOW).forbids(OTHER)).as(text).hasValueSatisfying(reason -> {
                assertThat(reason.code()).isEqualTo(Code.RESTARTS_SUSPENDED);
                assertThat(reason.text()).contains(file().toString(), "cannot be read", "restarts --allow");
            });
            assertThatThrownBy(() -> at(NOW).allow(ONE)).hasMessageContaining(file().toString());
        }

        at(NOW).allowAll();

        assertThat(failures.forbids(OTHER)).isEmpty();
    }

    @Test
    void whatFailsBesideAFileThatCannotBeReadIsRememberedAllTheSame() throws Exception {
        Files.createDirectories(directory);
        Files.writeString(file(), "{");
        failures.failed(ONE, "instance-1", "no TPM");
        Files.delete(file());

        assertThat(failures.forbids(ONE)).map(RestartFailuresTest::code).hasValue(Code.RESTART_FAILED);
        assertThat(file()).as("written as soon as it can be").exists();
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsToldOnceAndThisProcessRemembers() throws Exception {
        // root may write into any directory, so something else is in its place
        Files.createDirectories(directory.getParent());
        Files.writeString(directory, "");
        try (LogLines log = LogLines.of(RestartFailures.class.getName())) {
            // reading it says that it is no directory
            failures.failed(ONE, "instance-1", "no TPM");
            failures.failed(TWO, "instance-2", "no TPM");

            assertThat(log.lines().stream().filter(line -> line.contains("remembered by this process alone")))
                    .singleElement()
                    .satisfies(line -> assertThat(line).startsWith("ERROR").contains(file().toString()));
        }
        assertThat(failures.forbids(OTHER)).isPresent();
        assertThatThrownBy(() -> failures.allowAll()).hasMessageContaining("cannot be changed");

        Files.delete(directory);
        assertThat(failures.forbids(OTHER)).map(RestartFailuresTest::code).hasValue(Code.RESTARTS_SUSPENDED);
        assertThat(at(NOW).standing().guests()).extracting(FailedRestart::uuid).containsExactly(ONE, TWO);
    }

    @Test
    void aStartThatGoesWellDoesNotMakeItForgetWhoseStartHasFailedWhileNothingCanBeWritten() throws Exception {
        Files.createDirectories(directory.getParent());
        Files.writeString(directory, "");
        failures.startFailed(ONE, "instance-1", "Nova's rebuild", true);
        failures.startFailed(TWO, "instance-2", "Nova's create", false);
        failures.startWon();
        Files.delete(directory);

        assertThat(failures.remembered(ONE)).isPresent();
        assertThat(failures.standing().starts()).as("one has started since").isEmpty();

        failures.startFailed(OTHER, "instance-3", "Nova's create", false);
        RestartState next = at(NOW).standing();
        assertThat(next.guests()).extracting(FailedRestart::uuid).containsExactly(ONE);
        assertThat(next.starts()).extracting(FailedRestart::uuid).containsExactly(OTHER);
    }

    @Test
    void aReadOnlyDirectoryIsNoLicence() throws Exception {
        assumeFalse(System.getProperty("user.name").equals("root"), "root may write into any directory");
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
        failures.failed(ONE, "instance-1", "no TPM");
        failures.failed(TWO, "instance-2", "no TPM");

        assertThat(failures.forbids(ONE)).map(RestartFailuresTest::code).hasValue(Code.RESTART_FAILED);
        assertThat(failures.forbids(OTHER)).map(RestartFailuresTest::code).hasValue(Code.RESTARTS_SUSPENDED);
    }

    @Test
    void whatAnOperatorHasReleasedIsNotWrittenAfterwards() throws Exception {
        Files.createDirectories(directory.resolve("restarts.json.new"));
        failures.failed(ONE, "instance-1", "no TPM");
        assertThat(file()).doesNotExist();
        Files.delete(directory.resolve("restarts.json.new"));
        boot("boot-1", 10_060);

        at(NOW).allowAll();

        assertThat(failures.forbids(ONE)).isEmpty();
        assertThat(at(NOW).standing().guests()).isEmpty();
    }

    @Test
    void whoHoldsTheLockTooLongIsNotWaitedFor() throws Exception {
        failures = at(NOW, Duration.ofMillis(50));
        Files.createDirectories(directory);
        try (FileChannel held = FileChannel.open(
                directory.resolve("restarts.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(held.lock().isValid()).isTrue();
            failures.failed(ONE, "instance-1", "no TPM");
            assertThat(failures.forbids(ONE)).isPresent();
            assertThat(file()).doesNotExist();
        }
        failures.forbids(ONE);
        assertThat(file()).exists();
    }

    @Test
    void anInterruptDoesNotLoseIt() throws Exception {
        Thread.currentThread().interrupt();
        failures.failed(ONE, "instance-1", "no TPM");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(at(NOW).forbids(ONE)).isPresent();
    }

    @Test
    void moreGuestsThanItHoldsSuspendAllInsteadOfLicensingTheOldest() {
        RestartMemory memory = RestartMemory.EMPTY;
        for (int i = 0; i <= RestartMemory.MOST_GUESTS; i++) {
            memory = memory.failed(new FailedRestart(new UUID(1, i), "g", "no TPM", NOW, Duration.ofHours(2L * i)));
            assertThat(memory.suspension() == null).as("guest %d", i).isEqualTo(i < RestartMemory.MOST_GUESTS);
        }
        assertThat(memory.guests()).hasSize(RestartMemory.MOST_GUESTS);
        assertThat(memory.of(new UUID(1, 0))).isPresent();
    }

    @Test
    void theFailedStartsOfTwoGuestsInARowEndBindingBeforeTheStartAndNoRestarts() throws Exception {
        failures.startFailed(ONE, "instance-1", "Nova's create", false);
        failures.startFailed(ONE, "instance-1", "Nova's create", false);
        assertThat(at(NOW).forbidsBeforeStart(OTHER)).as("one guest is no row").isEmpty();
        failures.startWon();
        failures.startFailed(TWO, "instance-2", "Nova's rebuild", true);
        assertThat(at(NOW).forbidsBeforeStart(OTHER))
                .as("one has started since")
                .isEmpty();

        failures.startFailed(ONE, "instance-1", "Nova's create", false);
        RestartFailures next = at(NOW);
        assertThat(next.forbidsBeforeStart(OTHER)).hasValueSatisfying(why -> assertThat(why)
                .contains("instance-2", "Nova's rebuild", "restarts --allow"));
        assertThat(next.suspended()).isEmpty();
        assertThat(next.forbids(ONE)).as("Nova has given it up").isEmpty();
        assertThat(next.forbids(TWO)).map(RestartFailuresTest::code).hasValue(Code.RESTART_FAILED);

        next.allowAll();
        assertThat(failures.forbidsBeforeStart(TWO)).isEmpty();
    }

    @Test
    void aDirectoryThatIsClearedAwayIsNoOperatorsWord() throws Exception {
        failures.failed(ONE, "instance-1", "no TPM");
        Files.delete(file());
        Files.delete(directory.resolve("restarts.lock"));
        Files.delete(directory);

        assertThat(failures.forbids(ONE)).map(RestartFailuresTest::code).hasValue(Code.RESTART_FAILED);
        assertThat(at(NOW).remembered(ONE)).as("the next daemon reads it").isPresent();

        at(NOW).allowAll();
        assertThat(failures.forbids(ONE)).as("an operator's word is one").isEmpty();
        Files.delete(file());
        assertThat(failures.forbids(ONE)).isEmpty();
    }
}
