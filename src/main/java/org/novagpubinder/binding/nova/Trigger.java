package org.novagpubinder.binding.nova;

import org.novagpubinder.host.topology.Worded;

/** Why a domain is looked at; decides how much may be done to it. */
public enum Trigger implements Worded {
    /** Nova's {@code .end} notification: the task is over, the one restart may follow. */
    TASK_ENDED,
    /** libvirt's Defined, of a domain that Nova is about to start. */
    DEFINED,
    /** libvirt's Started: live pins at once; Nova may still be at work on the domain. */
    STARTED,
    /** Start of the daemon, a new connection, or the interval: whatever was missed. */
    SWEEP,
    /** An operator's {@code bind}. */
    COMMAND,
    /** An operator's {@code bind --restart}: vouches that Nova has no task on the instance. */
    COMMAND_WITH_RESTART;

    /** Whether a restart in the boot window may follow at all. */
    boolean allowsRestart() {
        return this == TASK_ENDED || this == COMMAND_WITH_RESTART;
    }

    /** Whether an operator has asked for the restart of this guest, whatever became of restarts before. */
    public boolean hasOperatorsWord() {
        return this == COMMAND_WITH_RESTART;
    }

    /** Whether an operator has asked. */
    public boolean isCommand() {
        return this == COMMAND || this == COMMAND_WITH_RESTART;
    }

    /** Whether the definition may be written: not while Nova is likely to write it. */
    public boolean allowsDefine() {
        return this != STARTED;
    }

    /** Whether it leaves a guest alone that an operator has released: nobody has asked for it since. */
    public boolean respectsRelease() {
        return this == DEFINED || this == STARTED || this == SWEEP;
    }
}
