package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.novagpubinder.binding.nova.NovaTasks;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.release.Releaser;
import org.novagpubinder.notification.decode.InstanceEvent.Action;

/** What Nova does with the guest of a {@link RandomLife}. Of libvirt's events and Nova's messages some are lost. */
final class RandomNova {
    private final RandomLife life;
    private final Random random;
    private final BinderRig rig;

    RandomNova(RandomLife life) {
        this.life = life;
        this.random = life.random;
        this.rig = life.rig;
    }

    Map<String, RandomLife.Happening> happenings() {
        Map<String, RandomLife.Happening> all = new LinkedHashMap<>();
        all.put("its flavor is another", life::flavor);
        all.put("it is started from its definition", () -> startsFrom(rig.libvirt.inactiveXml(GUEST)));
        all.put("a hard reboot", () -> startsFrom(life.novas));
        all.put("Nova defines it", () -> {
            rig.libvirt.redefines(GUEST, life.novas);
            life.look(Trigger.TASK_ENDED);
        });
        all.put("a stop, and a start", this::isOffForAWhile);
        all.put("a rescue", this::rescue);
        all.put("a live migration that is rolled back", this::migration);
        return all;
    }

    private void startsFrom(String definition) throws Exception {
        rig.stops();
        started(definition, age());
        heardOrNot(Trigger.STARTED);
        heardOrNot(Trigger.TASK_ENDED);
    }

    int age() {
        return random.nextBoolean() ? 1 : 60;
    }

    /** It is started from that definition, and is this old at the next look, s. */
    void started(String definition, int age) throws Exception {
        rig.passes(Duration.ofSeconds(20));
        rig.age(age).memory(life.memory());
        rig.libvirt.redefines(GUEST, definition);
        rig.libvirt.starts(GUEST);
        life.startedByNova();
    }

    /** An event or a message comes, or is lost. */
    void heardOrNot(Trigger trigger) throws Exception {
        if (random.nextInt(4) > 0) {
            life.look(trigger);
        } else {
            life.trail.add("no " + trigger);
        }
    }

    private void isOffForAWhile() throws Exception {
        int request = life.trail.size();
        hears("power_off.start", request);
        rig.stops();
        hears("power_off.end", request);
        for (int looks = random.nextInt(3); looks > 0; looks--) {
            life.look(Trigger.SWEEP);
            assertThat(life.runs()).as("Nova has stopped it: %s", life.trail).isFalse();
            rig.passes(Duration.ofSeconds(10));
        }
        hears("power_on.start", request + 1);
        started(random.nextBoolean() ? life.novas : rig.libvirt.inactiveXml(GUEST), age());
        heardOrNot(Trigger.STARTED);
        hears("power_on.end", request + 1);
        heardOrNot(Trigger.TASK_ENDED);
    }

    /** Nova keeps what runs, starts the guest with the disk of a rescue image, and later starts what it has kept. */
    private void rescue() throws Exception {
        String kept = rig.libvirt.liveXml(GUEST).replaceFirst("<domain id='1' ", "<domain ");
        if (life.changedLive || life.novas.contains("current='1'")) {
            // what somebody has changed in what runs would be Nova's afterwards; and the scripted libvirt tells no pins
            // of
            // vCPUs that are not plugged in
            return;
        }
        String rescue = life.novas.replace("instances/x/root", "instances/x/disk.rescue");
        rig.stops();
        started(rescue, age());
        heardOrNot(Trigger.STARTED);
        heardOrNot(Trigger.SWEEP);
        assertThat(rig.libvirt.inactiveXml(GUEST))
                .as("a rescue is Nova's: %s", life.trail)
                .isEqualTo(rescue);
        startsFrom(kept);
    }

    /** What leaves is as Nova has defined it; as it stays here it is bound again. */
    private void migration() throws Exception {
        boolean mayGoOff = life.marked();
        life.daemons(Releaser.class).release(GUEST);
        if (!mayGoOff) {
            life.isReleased();
        }
        heardOrNot(Trigger.TASK_ENDED);
    }

    private void hears(String event, int request) {
        life.trail.add(event);
        life.daemons(NovaTasks.class)
                .heard(
                        GUEST,
                        Events.sent("instance." + event, Action.IGNORE, GUEST, "req-" + request, rig.wall.instant()));
    }
}
