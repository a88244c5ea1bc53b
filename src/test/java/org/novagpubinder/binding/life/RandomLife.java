package org.novagpubinder.binding.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.codes;

import com.google.inject.Injector;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.decision.BindResult;
import org.novagpubinder.binding.nova.Occasion;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.policy.Flavor.ToldBy;
import org.novagpubinder.binding.restart.Recovery;
import org.novagpubinder.binding.restart.RestartWatch;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.LibvirtFailure;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.placement.model.Outcome;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.restarts.RestartFailures;

/**
 * One guest, and what happens to it, drawn from one seed. Whatever happens: a guest that Nova has started runs, or does so after
 * the next look; one that Nova has stopped stays off; and no start of Nova's is followed by more than one of the daemon's.
 */
final class RandomLife {
    private static final String IOTHREADS =
            "<iothreads>2</iothreads><iothreadids><iothread id='1'/><iothread id='5'/></iothreadids>";

    /** What happens. */
    interface Happening {
        void now() throws Exception;
    }

    final List<String> trail = new ArrayList<>();
    final Random random;
    final BinderRig rig;
    final RandomGuests guests;
    private final RandomNova nova;
    private final RandomFailures failures;
    private final Map<String, Happening> happenings = new LinkedHashMap<>();
    private final List<Injector> daemons = new ArrayList<>();

    /** As Nova, or an operator since, has defined it. */
    String novas;

    /** Whether somebody has changed what runs beside its definition, since its start. */
    boolean changedLive;

    /** What tells of the end of the task in which it was started. */
    private Occasion ended = Occasion.of(Trigger.TASK_ENDED);

    private Map<String, String> specs = Map.of();
    private int mostStarts;

    RandomLife(Path root, long seed) throws Exception {
        random = new Random(seed);
        guests = new RandomGuests(random);
        novas = guests.guestOfNovas();
        trail.add("seed " + seed + ": " + novas);
        rig = new BinderRig(root, random.nextInt(6) == 0 ? Restart.NEVER : Restart.BOOT_WINDOW).memory(memory());
        rig.tree
                .pci(
                        "0000:43:00.0",
                        d -> d.pciClass("030200").driver("nvidia").node(1).mdev(RandomGuests.VGPU, "nvidia-222"))
                .pci(
                        "0000:22:00.0",
                        d -> d.pciClass("030200").driver("vfio-pci").node(0))
                .pci(
                        "0000:44:00.0",
                        d -> d.pciClass("030200").driver("vfio-pci").node(1));
        nova = new RandomNova(this);
        failures = new RandomFailures(random, rig);
        happenings.putAll(nova.happenings());
        happenings.putAll(new RandomHost(this).happenings());
        happenings.putAll(bySomebodyElse());
        happenings.put("an operator allows restarts again", () -> daemons(RestartFailures.class)
                .allowAll());
        happenings.put("another daemon begins", this::anotherDaemon);
        happenings.put("the daemon is killed", this::killed);
        for (int i = 0; i < 8; i++) {
            happenings.put("libvirt fails, " + i, this::fails);
        }
        daemons.add(rig.get(Injector.class));
        rig.age(nova.age()).libvirt.running(novas);
        startedByNova();
        flavor();
    }

    /** Ends what its daemons do by themselves. */
    void close() {
        daemons.forEach(d -> d.getInstance(RestartWatch.class).close());
    }

    /** That of the daemon which is there now. */
    <T> T daemons(Class<T> type) {
        return daemons.get(daemons.size() - 1).getInstance(type);
    }

    /** Something happens. */
    void happens() throws Exception {
        String what = guests.any(happenings.keySet().toArray(String[]::new));
        trail.add(what);
        happenings.get(what).now();
    }

    /** The daemon looks at the guest, as it does on that occasion. */
    BindResult look(Trigger trigger) throws Exception {
        Occasion occasion = trigger == Trigger.TASK_ENDED ? ended : Occasion.of(trigger);
        // as BindingService does
        daemons(Recovery.class).finish(GUEST);
        BindResult result = daemons(Binder.class)
                .bind(GUEST, occasion, new Flavor("gpu.small", specs, ToldBy.NOTIFICATION))
                .orElseThrow();
        if (result.outcome() != Outcome.BOUND) {
            daemons(Recovery.class).finish(GUEST);
        }
        trail.add(
                occasion.trigger() + " " + specs + ": " + result.outcome() + " " + codes(result) + " " + result.done());
        startedAtMostOnce();
        return result;
    }

    boolean runs() throws LibvirtFailure {
        return rig.libvirt.find(GUEST).orElseThrow().active();
    }

    void itRuns() throws LibvirtFailure {
        assertThat(runs()).as("%s", trail).isTrue();
    }

    /** Nova has started it, and sends so. */
    void startedByNova() {
        ended = new Occasion(
                Trigger.TASK_ENDED, rig.get(InstantSource.class).instant().minusMillis(500));
        // should the daemon start it
        rig.age(0.1).memory(memory());
        mostStarts = rig.starts() + 1;
        changedLive = false;
        if (random.nextInt(6) == 0) {
            trail.add("it writes");
            rig.libvirt.writes(GUEST, 1 << 20);
            mostStarts--;
        }
    }

    private void startedAtMostOnce() {
        assertThat(rig.starts()).as("started too often: %s", trail).isLessThanOrEqualTo(mostStarts);
    }

    /** Whether its definition has the mark of a restart: by that it would be started, should it go off. */
    boolean marked() throws Exception {
        return String.valueOf(rig.libvirt.record(GUEST)).contains("state=\"restarting\"");
    }

    /** Its definition has nothing of ours. */
    void isReleased() throws Exception {
        assertThat(tuning(rig.libvirt.inactiveXml(GUEST))).as("%s", trail).isEqualTo(tuning(novas));
        assertThat(rig.libvirt.record(GUEST)).as("%s", trail).isNull();
    }

    static Tuning tuning(String definition) throws Exception {
        return new DomainXml().read(definition).tuning();
    }

    void flavor() {
        specs = guests.extraSpecs();
    }

    /** Where the memory of its next process is. */
    Map<Integer, Long> memory() {
        return List.of(Map.of(0, 200_000L), Map.of(1, 200_000L), Map.of(0, 100_000L, 1, 100_000L))
                .get(random.nextInt(3));
    }

    private Map<String, Happening> bySomebodyElse() {
        Map<String, Happening> all = new LinkedHashMap<>();
        all.put("a vCPU is pinned", () -> changedLive(() -> rig.libvirt.pinVcpu(GUEST, 0, IdSet.of(0))));
        all.put(
                "a vCPU is pinned everywhere",
                () -> changedLive(() -> rig.libvirt.pinVcpu(GUEST, 0, IdSet.range(0, 3))));
        all.put("the emulator is pinned", () -> changedLive(() -> rig.libvirt.pinEmulator(GUEST, IdSet.of(0))));
        all.put("its record is another host's", this::foreign);
        all.put(
                "an iothread is plugged in",
                () -> changedLive(() -> {
                    rig.libvirt.live(GUEST, xml -> xml.replaceFirst("<iothreads>.*?</iothreads>", IOTHREADS));
                    rig.libvirt.plugsInIothread(GUEST, 5);
                }));
        all.put(
                "its definition loses its iothread",
                () -> changedLive(() -> changed(xml ->
                        xml.replaceFirst("<iothreads>.*?</iothreads>", "").replaceAll("<iothreadpin [^>]*/>", ""))));
        all.put("its definition is placed", () -> changedLive(() -> changed(RandomGuests::placed)));
        all.put("its host devices are unplugged", () -> {
            UnaryOperator<String> unplugged = xml -> xml.replaceAll("(?s)<hostdev .*?</hostdev>", "");
            rig.libvirt.live(GUEST, unplugged);
            changed(unplugged);
        });
        all.put(
                "its definition gets one vCPU",
                () -> changedLive(() -> changed(xml -> xml.replaceFirst("<vcpu[^>]*>\\d+<", "<vcpu>1<"))));
        return all;
    }

    private void changedLive(Happening how) throws Exception {
        changedLive = true;
        how.now();
    }

    private void foreign() throws Exception {
        String record = rig.libvirt.record(GUEST);
        // what stood before it there, and is not here, does not come back
        if (record != null && !novas.contains("renderD200")) {
            rig.libvirt.setRecord(GUEST, record.replace("host=\"cmp-a\"", "host=\"cmp-b\""));
        }
    }

    /** Somebody changes the definition. */
    private void changed(UnaryOperator<String> change) throws Exception {
        novas = change.apply(novas);
        rig.libvirt.redefines(GUEST, change.apply(rig.libvirt.inactiveXml(GUEST)));
    }

    private void anotherDaemon() {
        daemons(RestartWatch.class).close();
        daemons.add(rig.anotherDaemon());
        daemons(EventRouter.class).begins();
    }

    /** In the middle of a look; the next one begins within the minute for which it may finish what this one has begun. */
    private void killed() throws Exception {
        toBeRestarted();
        failures.beginKill();
        try {
            look(Trigger.TASK_ENDED);
        } catch (IllegalStateException e) {
            trail.add(e.getMessage());
        }
        failures.end();
        anotherDaemon();
        rig.passes(Duration.ofSeconds(random.nextInt(40)));
        look(Trigger.SWEEP);
        itRuns();
    }

    /** Nova starts it for a restart as often as not. */
    private void toBeRestarted() throws Exception {
        if (random.nextInt(3) > 0) {
            specs = Map.of("gpu_binder:policy", guests.any("preferred", "required"));
            if (random.nextBoolean()) {
                novas = guests.toBeRestarted();
                trail.add("rebuilt: " + novas);
            }
            rig.stops();
            nova.started(novas, 1);
            nova.heardOrNot(Trigger.STARTED);
        }
    }

    /** Calls of libvirt's fail; afterwards it runs, or is started by the next look. */
    private void fails() throws Exception {
        toBeRestarted();
        trail.add(failures.begin());
        try {
            look(Trigger.TASK_ENDED);
        } catch (LibvirtFailure e) {
            trail.add("which is told: " + e.getMessage());
        }
        failures.end();
        startedAtMostOnce();
        if (!runs()) {
            trail.add("it is off");
            rig.passes(Duration.ofSeconds(15));
            look(Trigger.SWEEP);
        }
        itRuns();
    }
}
