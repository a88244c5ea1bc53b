package org.novagpubinder.domain.libvirt;

import jakarta.inject.Singleton;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;

/** How long libvirt's calls take, for threads that want to know of their own. */
@Singleton
public final class CallTimes {
    private final ThreadLocal<Map<String, Long>> ofThread = new ThreadLocal<>();

    /** From now on this thread's calls are timed. */
    public void begin() {
        ofThread.set(new LinkedHashMap<>());
    }

    public void end() {
        ofThread.remove();
    }

    /** The nanoseconds that this thread's calls have taken since it was last asked, together, by {@link Libvirt}'s names. */
    public Map<String, Long> taken() {
        Map<String, Long> calls = ofThread.get();
        if (calls == null || calls.isEmpty()) {
            return Map.of();
        }
        ofThread.set(new LinkedHashMap<>());
        return calls;
    }

    public Libvirt timed(Libvirt calls) {
        return (Libvirt) Proxy.newProxyInstance(
                Libvirt.class.getClassLoader(),
                new Class<?>[] {Libvirt.class},
                (self, method, arguments) -> timed(calls, method, arguments));
    }

    private LibvirtHold timed(LibvirtHold hold) {
        return new LibvirtHold(timed(hold.calls()), hold::close);
    }

    private Object timed(Libvirt calls, Method method, Object[] arguments) throws Throwable {
        long began = System.nanoTime();
        try {
            Object answer = method.invoke(calls, arguments);
            return answer instanceof Libvirt others
                    ? timed(others)
                    : answer instanceof LibvirtHold hold ? timed(hold) : answer;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            Map<String, Long> timed = ofThread.get();
            if (timed != null) {
                timed.merge(method.getName(), System.nanoTime() - began, Long::sum);
            }
        }
    }
}
