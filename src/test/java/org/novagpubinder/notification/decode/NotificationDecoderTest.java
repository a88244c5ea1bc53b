package org.novagpubinder.notification.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.notification.Messages;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.notification.decode.InstanceEvent.Format;
import org.novagpubinder.notification.decode.InstanceEvent.Initiator;
import org.novagpubinder.testing.Captures;

class NotificationDecoderTest {
    private final NotificationDecoder decoder = new NotificationDecoder();

    @Test
    void aVersionedCreateSaysEverything() throws DecodeException {
        InstanceEvent event = decoder.decode(Captures.own("instance.create.end").bytes());

        assertThat(event)
                .isEqualTo(new InstanceEvent(
                        "instance.create.end",
                        Format.VERSIONED,
                        "cmp-a",
                        "nova-compute:cmp-a",
                        UUID.fromString(Messages.UUID),
                        "instance-00000003",
                        Map.of("gpu_binder:policy", "required", "hw:cpu_policy", "shared", "hw:numa_nodes", "1"),
                        true,
                        "numa",
                        null,
                        null,
                        "req-e2aad343-70da-424e-b16b-139548873aa2",
                        Initiator.USER,
                        Action.BIND,
                        Instant.parse("2026-11-23T10:53:25.386661Z"),
                        null,
                        null));
    }

    @Test
    void anUnversionedCreateSaysNothingOfExtraSpecsAndDomain() throws DecodeException {
        InstanceEvent event =
                decoder.decode(Captures.own("compute.instance.create.end").bytes());

        assertThat(event)
                .isEqualTo(new InstanceEvent(
                        "instance.create.end",
                        Format.UNVERSIONED,
                        "cmp-a",
                        "compute.cmp-a",
                        UUID.fromString(Messages.UUID),
                        null,
                        Map.of(),
                        false,
                        "numa",
                        null,
                        null,
                        "req-e2aad343-70da-424e-b16b-139548873aa2",
                        Initiator.USER,
                        Action.BIND,
                        Instant.parse("2026-11-23T10:53:25.381516Z"),
                        null,
                        null));
    }

    @Test
    void whatNovaDoesOfHerOwnAccordIsToldFromWhatAUserAsksFor() throws DecodeException {
        assertThat(decoder.decode(Messages.changed("instance.create.end", m -> m.putNull("_context_user_id")))
                        .initiator())
                .isEqualTo(Initiator.NOVA);
        assertThat(decoder.decode(Messages.changed("instance.create.end", m -> m.remove("_context_user_id")))
                        .initiator())
                .isEqualTo(Initiator.UNKNOWN);
    }

    @Test
    void aMethodThatFailsIsToldInBothFormats() throws DecodeException {
        InstanceEvent versioned =
                decoder.decode(Captures.own("compute.exception").bytes());
        InstanceEvent unversioned =
                decoder.decode(Captures.own("suspend_instance").bytes());

        assertThat(versioned.failure()).isTrue();
        assertThat(unversioned.failure()).isTrue();
        assertThat(versioned.requestId()).isEqualTo(unversioned.requestId()).startsWith("req-");
        assertThat(versioned.host()).isEqualTo(unversioned.host()).isEqualTo("cmp-a");
        assertThat(decoder.decode(Captures.own("instance.create.end").bytes()).failure())
                .isFalse();
    }

    @Test
    void theEnvelopeMakesNoDifference() throws DecodeException {
        byte[] bare = Messages.changed("instance.create.end", m -> {});

        assertThat(decoder.decode(bare)).isEqualTo(decoder.decode(Messages.enveloped(bare)));
    }

    @Test
    void whileNovaDoesNotNameTheHostThePublisherDoes() throws DecodeException {
        InstanceEvent versioned =
                decoder.decode(Captures.own("instance.create.start").bytes());
        InstanceEvent unversioned =
                decoder.decode(Captures.own("compute.instance.create.start").bytes());

        assertThat(versioned.host()).isEqualTo("cmp-a");
        assertThat(unversioned.host()).isEqualTo("cmp-a");
        assertThat(versioned.action()).isEqualTo(Action.RESERVE);
    }

    @Test
    void aHostMayHaveDotsAndColons() throws DecodeException {
        assertThat(decoder.decode(Messages.versioned("instance.unshelve.start", "fe80::1", null))
                        .host())
                .isEqualTo("fe80::1");
        assertThat(decoder.decode(Messages.unversioned("compute.instance.unshelve.start", "gpu-1.example.org", null))
                        .host())
                .isEqualTo("gpu-1.example.org");
    }

    @Test
    void theControllerThatSavesAnInstanceIsNotItsHost() throws DecodeException {
        // the recording's first instance.update: publisher nova-compute:ctl-a, payload host null
        InstanceEvent event = decoder.decode(Captures.own("instance.update").bytes());

        assertThat(event.publisher()).isEqualTo("nova-conductor:ctl-a");
        assertThat(event.host()).isNull();
        assertThat(decoder.decode(Messages.versioned("instance.update", "ctl-a", null))
                        .host())
                .isNull();
    }

    @Test
    void schedulersAndConductorsTasksAreIgnored() throws DecodeException {
        for (String type : new String[] {"scheduler.select_destinations.end", "compute_task.build_instances.error"}) {
            InstanceEvent event = decoder.decode(Captures.own(type).bytes());

            assertThat(event.event()).isEqualTo(type);
            assertThat(event.host()).isNull();
            assertThat(event.uuid()).isNull();
            assertThat(event.relevant()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "compute.instance.finish_resize.end, instance.resize_finish.end",
        "compute.instance.resize.prep.start, instance.resize_prep.start",
        "compute.instance.resize.confirm.end, instance.resize_confirm.end",
        "compute.instance.resize.revert.end, instance.resize_revert.end",
        "compute.instance.resize.end, instance.resize.end",
        "compute.instance.resize.error, instance.resize.error",
        "compute.instance.live_migration.pre.start, instance.live_migration_pre.start",
        "compute.instance.live_migration._post.end, instance.live_migration_post.end",
        "compute.instance.live_migration.post.dest.end, instance.live_migration_post_dest.end",
        "compute.instance.live_migration._rollback.end, instance.live_migration_rollback.end",
        "compute.instance.live_migration.rollback.dest.end, instance.live_migration_rollback_dest.end",
        "compute.instance.live.migration.abort.end, instance.live_migration_abort.end",
        "compute.instance.live.migration.force.complete.end, instance.live_migration_force_complete.end",
        "compute.instance.rebuild.scheduled, instance.rebuild_scheduled",
        "compute.instance.shelve_offload.end, instance.shelve_offload.end",
        "compute.instance.exists, instance.exists",
        "compute.instance., instance.",
        "compute.metrics.update, metrics.update",
        "compute_task.build_instances, compute_task.build_instances",
    })
    void unversionedNamesBecomeTheVersionedOnes(String unversioned, String versioned) throws DecodeException {
        assertThat(decoder.decode(Messages.unversioned(unversioned, "cmp-a", "cmp-a"))
                        .event())
                .isEqualTo(versioned);
    }

    @Test
    void aVersionedNameIsKeptAsItIs() throws DecodeException {
        // nova/notifications/objects/exception.py
        assertThat(decoder.decode(Messages.versioned("compute.exception", "cmp-a", "cmp-a"))
                        .event())
                .isEqualTo("compute.exception");
    }

    @ParameterizedTest
    @CsvSource({
        "create.start, RESERVE",
        "create.end, BIND",
        "create.error, FORGET",
        "reboot.start, IGNORE",
        "reboot.end, BIND",
        "reboot.error, IGNORE",
        "power_on.end, BIND",
        "power_off.end, IGNORE",
        "rebuild.end, BIND",
        "rebuild.error, IGNORE",
        "resize_prep.end, IGNORE",
        "resize.end, IGNORE",
        "resize_finish.end, BIND",
        "resize_confirm.end, IGNORE",
        "resize_revert.end, BIND",
        "rescue.end, IGNORE",
        "unrescue.end, BIND",
        "shelve.end, IGNORE",
        "shelve_offload.end, FORGET",
        "unshelve.start, IGNORE",
        "unshelve.end, BIND",
        "suspend.end, IGNORE",
        "resume.end, BIND",
        "pause.end, IGNORE",
        "unpause.end, IGNORE",
        "restore.end, BIND",
        "soft_delete.end, IGNORE",
        "delete.start, IGNORE",
        "delete.end, FORGET",
        "snapshot.end, IGNORE",
        "shutdown.end, IGNORE",
        "update, IGNORE",
        "live_migration_pre.start, RELEASE",
        "live_migration_pre.end, IGNORE",
        "live_migration_post.end, FORGET",
        "live_migration_post_dest.start, IGNORE",
        "live_migration_post_dest.end, BIND",
        "live_migration_rollback.end, BIND",
        "live_migration_rollback_dest.end, IGNORE",
    })
    void anEventLeadsToItsAction(String event, Action action) throws DecodeException {
        InstanceEvent decoded = decoder.decode(Messages.versioned("instance." + event, "cmp-a", "cmp-a"));

        assertThat(decoded.action()).isEqualTo(action);
        assertThat(decoded.relevant()).isEqualTo(action != Action.IGNORE);
    }

    @Test
    void aLiveMigrationIsPreparedByTheDestinationAndConcernsTheSource() throws DecodeException {
        InstanceEvent event = decoder.decode(Messages.versioned("instance.live_migration_pre.start", "to", "from"));

        assertThat(event.host()).isEqualTo("from");
        assertThat(event.sourceHost()).isEqualTo("from");
        assertThat(event.destinationHost()).isEqualTo("to");
    }

    @Test
    void aLiveMigrationEndsOnBothHosts() throws DecodeException {
        InstanceEvent left = decoder.decode(Messages.versioned("instance.live_migration_post.end", "from", "from"));
        InstanceEvent arrived =
                decoder.decode(Messages.unversioned("compute.instance.live_migration.post.dest.end", "to", "to"));

        assertThat(left.host()).isEqualTo("from");
        assertThat(left.sourceHost()).isEqualTo("from");
        assertThat(arrived.host()).isEqualTo("to");
        assertThat(arrived.destinationHost()).isEqualTo("to");
    }

    @Test
    void aResizeToAnotherHostMakesTheOldOneForget() throws DecodeException {
        InstanceEvent away = decoder.decode(Messages.versioned("instance.resize.end", "from", "to"));
        InstanceEvent here = decoder.decode(Messages.unversioned("compute.instance.resize.end", "from", "from"));

        assertThat(away.host()).isEqualTo("from");
        assertThat(away.destinationHost()).isEqualTo("to");
        assertThat(away.action()).isEqualTo(Action.FORGET);
        assertThat(here.host()).isEqualTo("from");
        assertThat(here.action()).isEqualTo(Action.IGNORE);
    }

    /** The destination rebuilds the guest while it is the source's still (manager.py, rebuild_instance). */
    @ParameterizedTest
    @CsvSource({"start, IGNORE", "end, BIND", "error, IGNORE"})
    void anEvacuationConcernsBothHosts(String phase, Action action) throws DecodeException {
        for (byte[] body : List.of(
                Messages.versioned("instance.rebuild." + phase, "to", "from"),
                Messages.unversioned("compute.instance.rebuild." + phase, "to", "from"))) {
            InstanceEvent event = decoder.decode(body);
            assertThat(List.of("from", "to", "other"))
                    .filteredOn(event::concerns)
                    .containsExactly("from", "to");
            assertThat(event.action()).isEqualTo(action);
        }
        InstanceEvent here = decoder.decode(Messages.versioned("instance.rebuild." + phase, "from", "from"));
        assertThat(List.of("from", "to")).filteredOn(here::concerns).containsExactly("from");
    }

    /** manager.py, _finish_snapshot_based_resize_at_dest. */
    @Test
    void aResizeToAnotherCellIsFinishedByTheDestination() throws DecodeException {
        InstanceEvent begun = decoder.decode(Messages.versioned("instance.resize_finish.start", "to", "from"));
        assertThat(List.of("from", "to")).filteredOn(begun::concerns).containsExactly("to");
    }

    @Test
    void aResizeThatIsRevertedMakesTheDestinationForget() throws DecodeException {
        InstanceEvent left = decoder.decode(Messages.versioned("instance.resize_revert.start", "from", "to"));
        InstanceEvent back = decoder.decode(Messages.unversioned("compute.instance.resize.revert.end", "from", "from"));
        InstanceEvent here = decoder.decode(Messages.unversioned("compute.instance.resize.revert.start", "to", "to"));

        assertThat(left.host()).isEqualTo("to");
        assertThat(left.action()).isEqualTo(Action.FORGET);
        assertThat(back.host()).isEqualTo("from");
        assertThat(back.action()).isEqualTo(Action.BIND);
        assertThat(here.action()).isEqualTo(Action.IGNORE);
    }

    @ParameterizedTest
    @CsvSource({
        "compute.instance.reboot.start, reboot, true",
        "compute.instance.snapshot.start, snapshot, true",
        "compute.instance.finish_resize.end, resize_finish, false",
        "compute.instance.live_migration._rollback.end, live_migration_rollback, false",
        "compute.instance.rebuild.error, rebuild, false",
        "compute.instance.live_migration.post.dest.start,, false",
        "compute.instance.live_migration.rollback.dest.start,, false",
        "compute.instance.volume.attach,, false",
        "compute.instance.update,, false",
        "compute.instance.exists,, false"
    })
    void aTaskOfNovasHasABeginningAndAnEnd(String event, String task, boolean begins) throws DecodeException {
        InstanceEvent decoded = decoder.decode(Messages.unversioned(event, "here", "here"));

        assertThat(decoded.task())
                .isEqualTo(task == null ? Optional.empty() : Optional.of(new InstanceEvent.Task(task, begins)));
    }

    @Test
    void noExtraSpecsIsNotTheSameAsNotSaid() throws DecodeException {
        InstanceEvent none = decoder.decode(Messages.changed(
                "instance.create.end",
                m -> Messages.data(m).withObject("/flavor/nova_object.data").putObject("extra_specs")));
        // nullable since FlavorPayload 1.3 (nova/notifications/objects/flavor.py)
        InstanceEvent unknown = decoder.decode(Messages.changed(
                "instance.create.end",
                m -> Messages.data(m).withObject("/flavor/nova_object.data").putNull("extra_specs")));

        assertThat(none.extraSpecs()).isEmpty();
        assertThat(none.extraSpecsKnown()).isTrue();
        assertThat(unknown.extraSpecs()).isEmpty();
        assertThat(unknown.extraSpecsKnown()).isFalse();
    }

    /** As Python reads them. */
    @Test
    void ofTwoEqualKeysTheLastCounts() throws Exception {
        String flavor = "\"flavor\":{\"nova_object.data\":{\"name\":\"%s\",\"extra_specs\":{\"%s\":\"1\"},"
                + "\"more\":{\"extra_specs\":{\"deep\":\"1\"}},\"extra_specs\":{\"%s\":\"2\"}}}";
        String message = "{\"event_type\":\"instance.create.end\",\"publisher_id\":\"nova-compute:us\",\"payload\":{"
                + "\"nova_object.data\":{\"uuid\":\"" + Messages.UUID + "\",\"host\":\"us\","
                + flavor.formatted("a", "b", "c") + "," + flavor.formatted("d", "e", "f") + "}}}";

        InstanceEvent event = decoder.decode(message.getBytes(StandardCharsets.UTF_8));

        assertThat(event.flavor()).isEqualTo("d");
        assertThat(event.extraSpecs()).isEqualTo(Map.of("f", "2"));
    }

    @Test
    void anEmptyTextIsNone() throws Exception {
        String message =
                "{\"event_type\":\"instance.create.end\",\"publisher_id\":\"\",\"payload\":{\"nova_object.data\":{"
                        + "\"uuid\":\"" + Messages.UUID + "\",\"host\":\"\"}}}";

        InstanceEvent event = decoder.decode(message.getBytes(StandardCharsets.UTF_8));

        assertThat(event.host()).isNull();
    }

    @Test
    void aFailureTellsTheExceptionInBothFormats() throws DecodeException {
        assertThat(decoder.decode(Captures.own("compute.exception").bytes()).fault())
                .isEqualTo("libvirtError");
        assertThat(decoder.decode(Captures.own("suspend_instance").bytes()).fault())
                .isEqualTo("libvirtError");
        assertThat(decoder.decode(Captures.own("instance.create.error").bytes()).fault())
                .isEqualTo("ImageUnacceptable");
        assertThat(decoder.decode(Captures.own("compute.instance.create.error").bytes())
                        .fault())
                .isEqualTo("ImageUnacceptable");
    }

    @Test
    void aFailureTellsWhatTheExceptionSaysInBothFormats() throws DecodeException {
        String mismatch = "Image content does not match disk_format";
        assertThat(decoder.decode(Captures.own("instance.create.error").bytes()).faultText())
                .contains(mismatch)
                .doesNotContain("ImageUnacceptable");
        assertThat(decoder.decode(Captures.own("compute.instance.create.error").bytes())
                        .faultText())
                .contains(mismatch);
        assertThat(decoder.decode(Captures.own("suspend_instance").bytes()).faultText())
                .contains("virgl is not yet migratable");
        assertThat(decoder.decode(Captures.own("compute.exception").bytes()).faultText())
                .contains("virgl is not yet migratable");

        for (String silent : List.of("libvirtError", "libvirtError()", "libvirtError('')", " ")) {
            assertThat(suspendFailsWith(silent).faultText()).as(silent).isNull();
        }
        assertThat(suspendFailsWith("libvirtError('" + "x".repeat(10_000) + ": the end')")
                        .faultText())
                .hasSize(8 << 10)
                .endsWith(": the end')");
    }

    private InstanceEvent suspendFailsWith(String exception) throws DecodeException {
        return decoder.decode(
                Messages.changed("suspend_instance", m -> ((ObjectNode) m.get("payload")).put("exception", exception)));
    }

    @Test
    void whatIsNoExceptionsNameTellsNothing() throws DecodeException {
        for (String odd : List.of("no name (at all)", "", "9lives", "line\nbreak")) {
            InstanceEvent event = decoder.decode(
                    Messages.changed("suspend_instance", m -> ((ObjectNode) m.get("payload")).put("exception", odd)));
            assertThat(event.fault()).as(odd).isNull();
            assertThat(event.libvirtMayHaveFailed()).as(odd).isTrue();
        }
    }

    /** Nova sends an object or null. */
    @Test
    void aFaultOfAnyOtherFormSpoilsNoMessage() throws DecodeException {
        for (String odd : List.of("[1, {\"exception\": \"X\"}]", "7", "{\"nova_object.data\": [\"X\"]}")) {
            InstanceEvent event = decoder.decode(Messages.changed(
                    "instance.create.error", m -> Messages.data(m).set("fault", json(odd))));
            assertThat(event.uuid()).as(odd).isNotNull();
            assertThat(event.fault()).as(odd).isNull();
        }
    }

    @Test
    void aLongFaultIsNamedAllTheSame() throws DecodeException {
        String long4k = "x".repeat(5_000);
        for (String text : List.of("Gone('" + long4k + "')", "{'message': '" + long4k + "', 'class': 'Gone'}")) {
            assertThat(decoder.decode(Messages.changed(
                                    "suspend_instance", m -> ((ObjectNode) m.get("payload")).put("exception", text)))
                            .fault())
                    .isEqualTo("Gone");
        }
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
