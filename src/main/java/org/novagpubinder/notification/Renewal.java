package org.novagpubinder.notification;

/** What became of the brokers' addresses and logins that were read again while the subscription runs. */
public enum Renewal {
    /** They are the same. */
    SAME,
    /** They are others, and are taken. */
    TAKEN,
    /** They are others, and no broker accepts them: the connection that stands is kept. */
    KEPT
}
