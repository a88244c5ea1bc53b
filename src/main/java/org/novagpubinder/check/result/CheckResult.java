package org.novagpubinder.check.result;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.host.topology.Worded;
import org.novagpubinder.notification.amqp.BrokerTrouble;

/**
 * What a check found.
 *
 * @param state how it stands
 * @param text what was found, one line; holds no secret
 * @param remedy what to do: a sentence, and below it, line by line, what may be copied into a file or a shell; null if
 *     nothing is to be done
 */
public record CheckResult(
        State state, String text, @Nullable String remedy) {
    /** From good to bad. */
    public enum State implements Worded {
        OK,
        /** It could not be looked at, which is no fault. */
        UNKNOWN,
        WARNING,
        FAILURE;

        public boolean isNoFault() {
            return compareTo(WARNING) < 0;
        }
    }

    public static List<CheckResult> ok(String text) {
        return List.of(new CheckResult(State.OK, text, null));
    }

    /** What could not be looked at, and why. */
    public static List<CheckResult> unknown(String text) {
        return List.of(new CheckResult(State.UNKNOWN, text, null));
    }

    public static List<CheckResult> warning(String text, String remedy) {
        return List.of(new CheckResult(State.WARNING, text, remedy));
    }

    public static List<CheckResult> failure(String text, String remedy) {
        return List.of(new CheckResult(State.FAILURE, text, remedy));
    }

    /**
     * What a check finds. A broker's trouble on the way is found too; that which may only not be looked at is no fault.
     *
     * @throws Exception as {@link Check#run}
     */
    public static List<CheckResult> of(Check check) throws Exception {
        try {
            return check.run();
        } catch (BrokerTrouble e) {
            return e.isOnlyHidden()
                    ? unknown(e.text() + ": how it stands is not known")
                    : failure(e.text(), e.remedy());
        }
    }
}
