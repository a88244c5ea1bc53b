package org.novagpubinder.binding.work;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.domain.libvirt.CallTimes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the time of a binding goes: each libvirt call under its name, what is between them under the name of the stage. A
 * binding is one thread's; outside of one nothing is timed.
 */
@Singleton
public final class Stages {
    private static final Logger LOG = LoggerFactory.getLogger(Stages.class);
    private static final double MILLIS = 1e6;

    private final CallTimes calls;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final ThreadLocal<@Nullable Binding> ofThread = new ThreadLocal<>();

    /** Hears of each stage of each binding; must not block. */
    public interface Listener {
        void spent(String stage, long nanos);
    }

    private static final class Binding {
        private final StringBuilder text = new StringBuilder();
        private final UUID uuid;
        private final long began;
        private long last;

        Binding(UUID uuid, long began) {
            this.uuid = uuid;
            this.began = began;
            this.last = began;
        }
    }

    @Inject
    public Stages(CallTimes calls) {
        this.calls = calls;
    }

    /** From now on the listener hears it too. */
    public void hear(Listener listener) {
        listeners.add(listener);
    }

    /**
     * A binding begins on this thread.
     *
     * @param handedNanos when it was asked for, by {@link System#nanoTime}
     */
    public void begin(UUID uuid, long handedNanos) {
        ofThread.set(new Binding(uuid, handedNanos));
        calls.begin();
        done("queued");
    }

    /** This is done since the stage before, libvirt's calls aside. */
    public void done(String stage) {
        Binding binding = ofThread.get();
        if (binding == null) {
            return;
        }
        long now = System.nanoTime();
        long own = now - binding.last;
        for (Map.Entry<String, Long> call : calls.taken().entrySet()) {
            own -= call.getValue();
            spent(binding, call.getKey(), call.getValue());
        }
        spent(binding, stage, own);
        binding.last = now;
    }

    private void spent(Binding binding, String stage, long nanos) {
        listeners.forEach(listener -> listener.spent(stage, nanos));
        if (LOG.isDebugEnabled()) {
            binding.text.append(String.format(Locale.ROOT, ", %s %.2f", stage, nanos / MILLIS));
        }
    }

    /** The binding is over, well or not; its stages go to the log, level DEBUG. */
    public void end() {
        Binding binding = ofThread.get();
        ofThread.remove();
        calls.end();
        if (binding != null && LOG.isDebugEnabled()) {
            LOG.debug(String.format(
                    Locale.ROOT,
                    "instance %s: %.2f ms%s",
                    binding.uuid,
                    (binding.last - binding.began) / MILLIS,
                    binding.text));
        }
    }
}
