package org.novagpubinder.notification.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.notification.decode.InstanceEvent.Format;
import org.novagpubinder.testing.Captures;
import org.novagpubinder.testing.Captures.Recorded;

/** All that was recorded from a real Nova, both formats. */
class RecordedNotificationsTest {
    private final NotificationDecoder decoder = new NotificationDecoder();

    @Test
    void everyRecordedMessageIsDecoded() throws DecodeException {
        List<Recorded> recorded = Captures.shared();

        assertThat(recorded).hasSizeGreaterThan(300);
        for (Recorded r : recorded) {
            InstanceEvent event = decoder.decode(r.bytes());
            assertThat(event.format())
                    .isEqualTo(r.routingKey().startsWith("versioned_") ? Format.VERSIONED : Format.UNVERSIONED);
            if (event.relevant()) {
                assertThat(event.host()).as(event.event()).isEqualTo("cmp-a");
                assertThat(event.uuid()).isNotNull();
            }
        }
    }

    @Test
    void bothFormatsTellTheSameStory() throws DecodeException {
        List<InstanceEvent> versioned = new ArrayList<>();
        List<InstanceEvent> unversioned = new ArrayList<>();
        for (Recorded r : Captures.shared()) {
            InstanceEvent event = decoder.decode(r.bytes());
            if (event.event().startsWith("instance.")) {
                (event.format() == Format.VERSIONED ? versioned : unversioned).add(event);
            }
        }

        assertThat(story(unversioned)).isEqualTo(story(versioned));
    }

    @Test
    void exactlyTheseEventsOfTheRecordingAreActedOn() throws DecodeException {
        Map<Action, Set<String>> expected = Map.of(
                Action.RESERVE, Set.of("instance.create.start"),
                Action.BIND,
                        Set.of(
                                "instance.create.end",
                                "instance.reboot.end",
                                "instance.power_on.end",
                                "instance.rebuild.end",
                                "instance.resize_finish.end",
                                "instance.resume.end"),
                Action.FORGET, Set.of("instance.create.error", "instance.delete.end"));
        List<InstanceEvent> events = new ArrayList<>();
        for (Recorded r : Captures.shared()) {
            events.add(decoder.decode(r.bytes()));
        }

        Map<Action, Set<String>> met = events.stream()
                .filter(InstanceEvent::relevant)
                .collect(Collectors.groupingBy(
                        InstanceEvent::action,
                        Collectors.mapping(InstanceEvent::event, Collectors.toCollection(TreeSet::new))));
        assertThat(met).isEqualTo(expected);
    }

    /** InstanceActionPayload 1.9, InstanceCreatePayload 1.13, InstanceUpdatePayload 2.1, and the like of 2026.1. */
    @Test
    void theNewestPayloadsTellWhatTheOldOnesTold() throws DecodeException {
        Map<String, InstanceEvent> events = new HashMap<>();
        for (Recorded r : Captures.kept("nova-2026.1")) {
            InstanceEvent event = decoder.decode(r.bytes());
            assertThat(event.format()).as(event.event()).isEqualTo(Format.VERSIONED);
            assertThat(event.uuid()).as(event.event()).isNotNull();
            assertThat(event.extraSpecsKnown()).as(event.event()).isTrue();
            assertThat(event.flavor()).as(event.event()).isNotNull();
            events.put(event.event(), event);
        }
        for (String end : List.of("create", "reboot", "power_on", "rebuild", "resize_finish", "resume")) {
            assertThat(events.get("instance." + end + ".end").action()).as(end).isEqualTo(Action.BIND);
            assertThat(events.get("instance." + end + ".end").host()).as(end).isEqualTo("cmp-a");
        }
        assertThat(events.get("instance.create.start").action()).isEqualTo(Action.RESERVE);
        assertThat(events.get("instance.create.end").domain()).startsWith("instance-");
        assertThat(events.get("instance.delete.end").action()).isEqualTo(Action.FORGET);
    }

    /** nova-compute sends them, but calls itself nova-api:HOST (nova/compute/utils.py:notify_about_share_attach_detach). */
    @Test
    void aTaskOnAShareIsOfThePayloadsHostWhoeverSaysThatItPublishesIt() throws DecodeException {
        List<InstanceEvent.Task> tasks = new ArrayList<>();
        for (Recorded r : Captures.kept("nova-share")) {
            InstanceEvent event = decoder.decode(r.bytes());
            assertThat(event.publisher()).isEqualTo("nova-api:compute");
            assertThat(event.host()).isEqualTo("compute");
            assertThat(event.publisherHost()).isEmpty();
            assertThat(event.uuid()).isNotNull();
            assertThat(event.action()).isEqualTo(Action.IGNORE);
            tasks.add(event.task().orElseThrow());
        }
        assertThat(tasks)
                .containsExactly(
                        new InstanceEvent.Task("share_attach", true),
                        new InstanceEvent.Task("share_attach", false),
                        new InstanceEvent.Task("share_attach", false),
                        new InstanceEvent.Task("share_detach", true),
                        new InstanceEvent.Task("share_detach", false),
                        new InstanceEvent.Task("share_detach", false));
    }

    private static List<String> story(List<InstanceEvent> events) {
        return events.stream()
                .map(e -> e.event() + " " + e.action() + " " + e.host() + " " + e.uuid() + " " + e.flavor())
                .sorted()
                .toList();
    }
}
