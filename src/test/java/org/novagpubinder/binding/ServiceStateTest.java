package org.novagpubinder.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.novagpubinder.notification.SubscriptionState;
import org.novagpubinder.notification.SubscriptionState.Kind;

/** "systemctl start" waits until the service is ready. */
class ServiceStateTest {
    private final List<ServiceStatus> told = new ArrayList<>();
    private final ServiceState state = new ServiceState(Set.of(new ServiceListener() {
        @Override
        public void changed(ServiceStatus status) {
            told.add(status);
        }
    }));

    private ServiceStatus last() {
        return told.get(told.size() - 1);
    }

    @Test
    void aHostWhereNovaHasSaidNothingYetIsReadyThoughHerQueueIsNotThere() {
        state.libvirtIs(true, "libvirt");
        state.changed(new SubscriptionState(Kind.EXPECTING, "no queue yet"));

        assertThat(last().ready()).isTrue();
        assertThat(last().subscribed()).isFalse();
        assertThat(last().words()).contains("no queue yet");
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"STOPPED", "DISCONNECTED", "WAITING"})
    void whatAnOperatorMustMendIsWaitedFor(Kind kind) {
        state.libvirtIs(true, "libvirt");
        state.changed(new SubscriptionState(kind, "trouble"));

        assertThat(last().ready()).isFalse();
    }

    @Test
    void withoutLibvirtNothingIsReady() {
        state.changed(new SubscriptionState(Kind.SUBSCRIBED, "subscribed"));

        assertThat(last().ready()).isFalse();
    }

    @Test
    void itStaysReadyWhenTheBrokerGoes() {
        state.libvirtIs(true, "libvirt");
        state.changed(new SubscriptionState(Kind.SUBSCRIBED, "subscribed"));
        state.changed(new SubscriptionState(Kind.DISCONNECTED, "lost"));

        assertThat(last().ready()).isTrue();
    }
}
