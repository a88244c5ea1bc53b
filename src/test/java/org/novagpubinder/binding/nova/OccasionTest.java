package org.novagpubinder.binding.nova;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.notification.decode.InstanceEvent;
import org.novagpubinder.notification.decode.InstanceEvent.Action;

/** Which messages license a restart, and of which start. */
class OccasionTest {
    private static final Instant WALL = Instant.parse("2026-11-27T02:00:00Z");
    private static final Instant STEADY = Instant.parse("2026-11-20T00:00:00Z");

    private static Occasion ended(String name, Duration age) {
        return ended(Events.sent(name, Action.BIND, GUEST, "req-1", WALL.minus(age)), Events.HERE);
    }

    private static Occasion ended(InstanceEvent event, String host) {
        return Occasion.ended(event, host, STEADY.minusSeconds(60), WALL, STEADY);
    }

    @Test
    void anEndThatWasSentBeforeThisDaemonBeganLicensesNothing() {
        Occasion o = ended("instance.create.end", Duration.ofSeconds(61));
        assertThat(o.forbidsRestart().orElseThrow()).contains("since this daemon runs");
        assertThat(ended("instance.create.end", Duration.ofSeconds(60)).forbidsRestart())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create",
                "reboot",
                "power_on",
                "rebuild",
                "resize_finish",
                "resize_revert",
                "unshelve",
                "unrescue",
                "restore"
            })
    void theEndOfATaskThatStartsTheGuestLicensesTheRestartOfAnOlderProcess(String task) {
        Occasion o = ended("instance." + task + ".end", Duration.ofSeconds(2));
        assertThat(o.forbidsRestart()).isEmpty();
        assertThat(o.forbidsRestartOf(STEADY.minusSeconds(3))).isEmpty();
    }

    @Test
    void anEndThatWasSentBeforeTheProcessBeganLicensesNothing() {
        Occasion o = ended("instance.reboot.end", Duration.ofSeconds(2));
        assertThat(o.forbidsRestartOf(STEADY.minusSeconds(1)).orElseThrow()).contains("older than its QEMU process");
        assertThat(o.forbidsRestartOf(STEADY.minusSeconds(2)))
                .as("in doubt not")
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "instance.snapshot.end",
                "instance.interface_attach.end",
                "instance.volume_attach.end",
                "instance.resume.end",
                "instance.live_migration_post_dest.end",
                "instance.live_migration_rollback.end",
                "instance.resize_confirm.end",
                "instance.reboot.error",
                "instance.reboot.start"
            })
    void whatStartsNobodyOrFailedLicensesNothing(String event) {
        assertThat(ended(event, Duration.ZERO).forbidsRestart()).isPresent();
    }

    @Test
    void aMessageWithoutATimeOrOfAnotherHostsClockOrOfATimeToComeLicensesNothing() {
        InstanceEvent now = Events.sent("instance.create.end", Action.BIND, GUEST, "req-1", WALL);
        assertThat(ended(now, Events.HERE).forbidsRestart()).isEmpty();
        assertThat(ended(Events.sent(now, null), Events.HERE).forbidsRestart()).isPresent();
        assertThat(ended(now, "cmp-b").forbidsRestart()).isPresent();
        assertThat(ended(Events.sent(now, WALL.plusMillis(1)), Events.HERE).forbidsRestart())
                .isPresent();
    }

    @Test
    void whatIsOwedKeepsTheTimeOfTheMessageThatItIsOwedFor() {
        Occasion create = ended("instance.create.end", Duration.ofSeconds(2));
        Occasion later =
                Occasion.of(Trigger.TASK_ENDED).after(Occasion.of(Trigger.SWEEP).after(create));
        assertThat(later).isEqualTo(create);
        assertThat(Occasion.of(Trigger.TASK_ENDED)
                        .after(Occasion.of(Trigger.SWEEP))
                        .forbidsRestart())
                .isPresent();
    }

    @Test
    void anOperatorVouchesForIt() {
        Occasion o = Occasion.of(Trigger.COMMAND_WITH_RESTART);
        assertThat(o.forbidsRestart()).isEmpty();
        assertThat(o.forbidsRestartOf(STEADY)).isEmpty();
        assertThat(Occasion.of(Trigger.COMMAND).forbidsRestart()).isPresent();
    }
}
