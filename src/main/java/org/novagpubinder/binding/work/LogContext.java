package org.novagpubinder.binding.work;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Whose work a thread does: every log line of it can be found by the instance, and by Nova's request. */
public final class LogContext {
    private static final String INSTANCE = "instance";
    private static final String REQUEST_ID = "request_id";

    private LogContext() {}

    /** From now on this thread's log lines are of that instance and request. */
    public static void set(UUID instance, @Nullable String requestId) {
        MDC.put(INSTANCE, instance.toString());
        if (requestId != null) {
            MDC.put(REQUEST_ID, requestId);
        }
    }

    /** From now on they are of none. */
    public static void clear() {
        MDC.remove(INSTANCE);
        MDC.remove(REQUEST_ID);
    }
}
