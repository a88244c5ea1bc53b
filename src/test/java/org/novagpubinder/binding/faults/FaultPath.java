package org.novagpubinder.binding.faults;

import static org.novagpubinder.binding.life.BinderRig.GUEST;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.novagpubinder.binding.apply.Binder;
import org.novagpubinder.binding.definition.RestartMark;
import org.novagpubinder.binding.inventory.Observer;
import org.novagpubinder.binding.inventory.Topologies;
import org.novagpubinder.binding.life.NovaSays;
import org.novagpubinder.binding.nova.Trigger;
import org.novagpubinder.binding.policy.Flavor;
import org.novagpubinder.binding.policy.Flavor.ToldBy;
import org.novagpubinder.binding.release.ReleaseService;
import org.novagpubinder.binding.release.Releaser;
import org.novagpubinder.domain.libvirt.Libvirt;

/** The ways in which the engine comes to work on a guest. */
enum FaultPath {
    /** libvirt's Started event, then the end of Nova's create. */
    CREATED {
        @Override
        void run(FaultScene s) throws Exception {
            s.actor().settles();
            s.hearsMessages();
        }
    },
    /** Nova's messages come a minute late, and libvirt's event was not heard: what can be done live, a move of memory included. */
    HEARD_LATE {
        @Override
        void prepare(FaultScene s) throws Exception {
            runsForAMinute(s);
        }

        @Override
        void run(FaultScene s) throws Exception {
            s.hearsMessages();
        }
    },
    /** A daemon begins beside a guest that has run for a minute. */
    SWEEP {
        @Override
        void prepare(FaultScene s) throws Exception {
            runsForAMinute(s);
            s.nextDaemon();
        }

        @Override
        void run(FaultScene s) throws Exception {
            s.actor().sweeps();
        }
    },
    /** The command {@code bind}. */
    BIND {
        @Override
        void prepare(FaultScene s) throws Exception {
            runsForAMinute(s);
            s.command();
        }

        @Override
        void run(FaultScene s) throws Exception {
            s.commands(() -> bind(s, Trigger.COMMAND));
        }
    },
    /** The command {@code bind --restart}, right after the start. */
    BIND_WITH_RESTART {
        @Override
        void prepare(FaultScene s) {
            s.host().libvirt.takeEvents();
            s.command();
        }

        @Override
        void run(FaultScene s) throws Exception {
            s.commands(() -> bind(s, Trigger.COMMAND_WITH_RESTART));
        }
    },
    /** The command {@code release} on a bound guest. */
    RELEASE {
        @Override
        void prepare(FaultScene s) throws Exception {
            CREATED.run(s);
            s.host().passes(Duration.ofMinutes(1));
            s.messages(List.of());
            s.command();
        }

        @Override
        void run(FaultScene s) throws Exception {
            TestDaemon command = s.actor();
            ReleaseService service = new ReleaseService(
                    command.get(Libvirt.class),
                    command.get(Observer.class),
                    command.get(Topologies.class),
                    command.get(Releaser.class),
                    command.get(RestartMark.class),
                    Duration.ZERO);
            s.commands(() -> service.one(GUEST));
        }
    },
    /** A daemon begins after one that was killed between destroy and create. */
    RECOVERY {
        @Override
        void prepare(FaultScene s) throws Exception {
            s.actor().points.killAfter("destroy");
            CREATED.run(s);
            if (s.actor().points.dead()) {
                s.host().libvirt.takeEvents();
                s.nextDaemon();
            } else {
                s.doesNotApply();
            }
        }

        @Override
        void run(FaultScene s) throws Exception {
            s.actor().sweeps();
            s.hearsMessages();
        }
    },
    /** The flavor of a bound guest says from now on that it is not to be bound. */
    OPT_OUT {
        @Override
        void prepare(FaultScene s) throws Exception {
            CREATED.run(s);
            s.host().passes(Duration.ofMinutes(1));
            s.messages(NovaSays.events(Map.of("gpu_binder:policy", "off"), "instance.power_on.end"));
        }

        @Override
        void run(FaultScene s) throws Exception {
            s.hearsMessages();
        }
    },
    /** Nova makes the guest anew, and a daemon binds it between Nova's define and Nova's start; so on the next three. */
    CREATING(true) {
        @Override
        void prepare(FaultScene s) throws Exception {
            wasHere(s);
            s.host().novaDeletes(GUEST);
            s.daemon().settles();
        }

        @Override
        void run(FaultScene s) throws Exception {
            s.novaStarts("create", false).run(true);
        }
    },
    /** The guest has ports: Nova starts it paused. */
    CREATING_WITH_PORTS(true) {
        @Override
        void prepare(FaultScene s) throws Exception {
            CREATING.prepare(s);
        }

        @Override
        void run(FaultScene s) throws Exception {
            s.novaStarts("create", true).run(false);
        }
    },
    REBUILDING(true) {
        @Override
        void prepare(FaultScene s) throws Exception {
            wasHere(s);
        }

        @Override
        void run(FaultScene s) throws Exception {
            s.novaStarts("rebuild", false).run(false);
        }
    },
    HARD_REBOOT(true) {
        @Override
        void prepare(FaultScene s) throws Exception {
            wasHere(s);
        }

        @Override
        void run(FaultScene s) throws Exception {
            s.novaStarts("reboot", false).run(true);
        }
    };

    private final boolean early;

    FaultPath() {
        this(false);
    }

    FaultPath(boolean early) {
        this.early = early;
    }

    /** Whether its daemons bind guests before Nova starts them. */
    boolean early() {
        return early;
    }

    /** It has run with its render node, which is so known to work. */
    private static void wasHere(FaultScene s) throws Exception {
        CREATED.run(s);
        runsForAMinute(s);
        s.daemon().sweeps();
    }

    /** Everything that comes before. */
    void prepare(FaultScene s) throws Exception {}

    /** The path, at whose calls faults happen. */
    abstract void run(FaultScene s) throws Exception;

    private static void runsForAMinute(FaultScene s) throws Exception {
        s.host().libvirt.takeEvents();
        s.host().libvirt.touches();
        s.host().passes(Duration.ofMinutes(1));
    }

    private static Object bind(FaultScene s, Trigger trigger) throws Exception {
        return s.actor()
                .get(Binder.class)
                .bind(GUEST, trigger, new Flavor("gpu.small", s.kind().extraSpecs(), ToldBy.NOTIFICATION));
    }
}
