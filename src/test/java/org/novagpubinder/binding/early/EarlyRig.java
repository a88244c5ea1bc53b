package org.novagpubinder.binding.early;

import static org.novagpubinder.binding.life.BinderRig.GUEST;
import static org.novagpubinder.binding.life.BinderRig.guest;
import static org.novagpubinder.binding.life.BinderRig.vfio;

import com.google.inject.Injector;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.binding.daemon.EventRouter;
import org.novagpubinder.binding.decision.BindingCounters;
import org.novagpubinder.binding.decision.BindingCounters.EarlyCount;
import org.novagpubinder.binding.decision.BindingCounters.EarlyResult;
import org.novagpubinder.binding.life.BinderRig;
import org.novagpubinder.binding.life.Events;
import org.novagpubinder.binding.life.Nova;
import org.novagpubinder.config.settings.BinderConfig.Restart;
import org.novagpubinder.domain.definition.DomainXml;
import org.novagpubinder.domain.libvirt.DomainEvent.Kind;
import org.novagpubinder.host.topology.IdSet;
import org.novagpubinder.notification.decode.InstanceEvent.Action;
import org.novagpubinder.placement.model.Tuning;
import org.novagpubinder.testing.ScriptedLibvirt;

/** A guest that Nova defines and starts, task by task. */
final class EarlyRig {
    static final IdSet NODE1 = IdSet.range(2, 3);
    static final String NOVAS = guest("", vfio());

    final BinderRig rig;
    final ScriptedLibvirt libvirt;
    final Nova nova;

    EarlyRig(Path root) {
        this(new BinderRig(root, Restart.BOOT_WINDOW, true).age(1).memory(Map.of(1, 200_000L)));
    }

    private EarlyRig(BinderRig rig) {
        this(rig, new Nova(rig));
    }

    private EarlyRig(BinderRig rig, Nova nova) {
        this.rig = rig;
        this.libvirt = rig.libvirt;
        this.nova = nova;
    }

    /** The same, heard by a daemon that begins now. */
    EarlyRig nextDaemon() {
        Injector daemon = rig.anotherDaemon();
        daemon.getInstance(EventRouter.class).begins();
        return new EarlyRig(rig, new Nova(daemon));
    }

    /** Nova begins such a task, its request req-1, and defines the guest. */
    void definesIn(String task) throws Exception {
        definesIn(task, "req-1");
    }

    void definesIn(String task, String request) throws Exception {
        nova.says(request, task + ".start");
        defines(NOVAS);
    }

    void defines(String definition) throws Exception {
        libvirt.define(definition);
        nova.libvirt(Kind.DEFINED);
    }

    void starts() throws Exception {
        libvirt.create(GUEST);
        nova.libvirt(Kind.RESUMED, Kind.STARTED);
    }

    Nova undefines() throws Exception {
        libvirt.deletes(GUEST);
        return nova.libvirt(Kind.UNDEFINED);
    }

    void undefinesRunning() throws Exception {
        libvirt.destroy(GUEST);
        libvirt.deletes(GUEST);
        nova.libvirt(Kind.STOPPED, Kind.UNDEFINED);
    }

    /** nova-compute's method has failed. */
    Nova fails(String method) throws InterruptedException {
        rig.get(EventRouter.class).handle(Events.failure(method, "req-1"), () -> {});
        return nova.libvirt();
    }

    /** An event of a task that has failed, with such an exception. */
    void fails(String request, String event, String fault) throws InterruptedException {
        fails(request, event, fault, null);
    }

    /** The same, which says that. */
    void fails(String request, String event, String fault, @Nullable String text) throws InterruptedException {
        rig.get(EventRouter.class)
                .handle(Events.of(Events.of(event, Action.IGNORE, GUEST, request), fault, text), () -> {});
        nova.libvirt();
    }

    String definition() throws Exception {
        return libvirt.inactiveXml(GUEST);
    }

    Tuning tuning() throws Exception {
        return new DomainXml().read(definition()).tuning();
    }

    long count(String operation, EarlyResult result) {
        return rig.get(BindingCounters.class).early().getOrDefault(new EarlyCount(operation, result), 0L);
    }

    long calls(String name) {
        return libvirt.calls().stream().filter(c -> c.startsWith(name)).count();
    }
}
