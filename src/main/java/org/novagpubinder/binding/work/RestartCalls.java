package org.novagpubinder.binding.work;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.libvirt.Libvirt;
import org.novagpubinder.domain.libvirt.LibvirtHold;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of a restart. libvirt answers keepalives while one hangs, so nothing ends it; and it must not be given up, for it
 * may take effect yet. Meanwhile the guest may be off and others wait for their restart: somebody has to be told.
 */
@Singleton
public final class RestartCalls {
    private static final Logger LOG = LoggerFactory.getLogger(RestartCalls.class);

    /** A guest of hundreds of GiB with a passed-through device is in create for a good part of it. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Duration patience;
    private final AtomicInteger unanswered = new AtomicInteger();

    @Inject
    public RestartCalls() {
        this(PATIENCE);
    }

    /** @param patience how long a call may take before somebody is told */
    public RestartCalls(Duration patience) {
        this.patience = patience;
    }

    /** The same way to libvirt, on which each call is told about that is not answered in time; holds that are got by it too. */
    public Libvirt watched(Libvirt libvirt, UUID uuid) {
        return (Libvirt) Proxy.newProxyInstance(
                Libvirt.class.getClassLoader(), new Class<?>[] {Libvirt.class}, (self, method, args) -> {
                    Object answer = make(uuid, method, libvirt, args);
                    return answer instanceof LibvirtHold hold
                            ? new LibvirtHold(watched(hold.calls(), uuid), hold::close)
                            : answer;
                });
    }

    private @Nullable Object make(UUID uuid, Method call, Libvirt libvirt, Object @Nullable [] args) throws Throwable {
        String name = call.getReturnType().equals(LibvirtHold.class) ? "connection" : call.getName();
        long began = System.nanoTime();
        CompletableFuture<Void> answer = new CompletableFuture<>();
        var told = answer.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).whenComplete((none, late) -> {
            if (late != null) {
                tell(name, uuid);
            }
        });
        try {
            return call.invoke(libvirt, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            if (!answer.complete(null)) {
                told.exceptionally(late -> null).join();
                answered(name, uuid, began);
            }
        }
    }

    private void tell(String name, UUID uuid) {
        unanswered.incrementAndGet();
        // in a thread that knows nothing of the guest
        LogContext.set(uuid, null);
        LOG.error(
                "instance {}: libvirt has not answered the {} of its restart for {} s: the guest may be off, or go off, and"
                        + " others wait for their restart (restarts_at_once). A guest with very much memory and a passed-through"
                        + " device may need longer. See: virsh domstate {} --reason, libvirtd's log and the guest's in"
                        + " /var/log/libvirt/qemu. If no virsh command is answered, libvirtd hangs: to restart it (virtqemud where"
                        + " it is modular) stops no guest, and nova-gpu-binder goes on with this one by itself",
                uuid,
                name,
                patience.toSeconds(),
                uuid);
        LogContext.clear();
    }

    private void answered(String name, UUID uuid, long began) {
        unanswered.decrementAndGet();
        LOG.warn(
                "instance {}: libvirt has answered the {} of its restart, after {} s",
                uuid,
                name,
                Duration.ofNanos(System.nanoTime() - began).toSeconds());
    }

    /** Calls that have not been answered in time, and are waited for. */
    public int unanswered() {
        return unanswered.get();
    }
}
